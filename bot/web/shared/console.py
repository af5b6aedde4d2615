"""The frame of every page of the console: where one can go, who is signed in, and the language they chose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from bot.web.shared.pages import HTML_LANGUAGE, LANGUAGES, page

if TYPE_CHECKING:
    from datetime import tzinfo

    from aiohttp import web

    from bot.web.shared.doors import Doors
    from bot.web.shared.pages import Language, Pages

LANGUAGE_COOKIE = "xiaoer_language"
LANGUAGE_SECONDS = 400 * 24 * 3600
"""Browsers keep no cookie longer."""
MAY_ALSO = "form-action 'self'; manifest-src 'self'; worker-src 'self'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A page that the navigation leads to: `name` is its word in section `places`, its icon and its mark in `at`.

    Whoever lacks `right` does not see it.
    """

    name: str
    path: str
    right: str


AT_HAND = 5
"""How many places a phone has room for; the others are in the menu."""
PLACES: tuple[Place, ...] = (
    Place(name="inbox", path="console/inbox", right="see"),
    Place(name="phrases", path="console/phrases", right="see"),
    Place(name="drafts", path="console/knowledge/drafts", right="edit_manual"),
    Place(name="supervisor", path="console/supervisor", right="supervise"),
    Place(name="ratings", path="console/ratings", right="see"),
    Place(name="try", path="console/try", right="see"),
    Place(name="failed", path="console/failed", right="supervise"),
    Place(name="staff", path="console/staff", right="manage"),
    Place(name="settings", path="console/settings/channels", right="manage"),
    Place(name="audit", path="console/audit", right="manage"),
)
"""The pages there are, in the order of the navigation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Whoever is signed in, as far as the frame of a page shows it. `proof` goes with every form."""

    name: str
    rights: frozenset[str]
    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """Makes the pages of the console. `places` are those there are, in the order of the navigation."""

    pages: Pages
    doors: Doors
    shop_name: str
    places: tuple[Place, ...]
    zone: tzinfo = UTC
    """The shop's: whatever moment a page shows is said in it."""

    def page(
        self,
        request: web.Request,
        template: str,
        *,
        at: str,
        visitor: Visitor | None,
        status: int = 200,
        **values: object,
    ) -> web.Response:
        """Fill a template that extends `console/_layout.html`; `at` is the name of its place, or of none of them.

        Without a visitor there is no navigation: they are at the door.
        """
        language = chosen_language(request)
        html = self.pages.render(
            template,
            language=language,
            root=self.root(request),
            shop_name=self.shop_name,
            at=at,
            visitor=visitor,
            places_at_hand=AT_HAND,
            places=[] if visitor is None else [each for each in self.places if each.right in visitor.rights],
            other_language=self._other_language(request, language),
            shop_time=lambda moment: moment.astimezone(self.zone).strftime("%Y-%m-%d %H:%M"),
            **values,
        )
        return self.remember(request, page(html, status=status, more=MAY_ALSO))

    def root(self, request: web.Request) -> str:
        """What leads from the page's own address to ours: "../" for /console/inbox."""
        return "../" * self.below_root(request).count("/")

    def below_root(self, request: web.Request) -> str:
        """The page's path below ours, whether a proxy took the path of the public address away or not."""
        path, before = request.rel_url.raw_path, self.doors.path
        return (path.removeprefix(before) if path.startswith(f"{before}/console") else path).removeprefix("/")

    def remember(self, request: web.Request, response: web.Response) -> web.Response:
        """Keep the language that was just chosen by a link."""
        if request.query.get("lang") in LANGUAGES:
            response.set_cookie(
                LANGUAGE_COOKIE,
                chosen_language(request),
                path=f"{self.doors.path}/console",
                max_age=LANGUAGE_SECONDS,
                secure=self.doors.is_https(request),
                httponly=True,
                samesite="Lax",
            )
        return response

    def _other_language(self, request: web.Request, language: Language) -> dict[str, str]:
        """The link to this page in the language that it is not in."""
        (other,) = (each for each in LANGUAGES if each != language)
        query = {**request.query, "lang": other}
        return {"address": f"?{urlencode(query)}", "lang": HTML_LANGUAGE[other]}


def chosen_language(request: web.Request) -> Language:
    """The language of a page of the console: as its link says, else as it was chosen last; Chinese at first."""
    asked = request.query.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    return "en" if asked == "en" else "zh"
