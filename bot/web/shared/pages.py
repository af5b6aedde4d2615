"""Templates, words in two languages and static files: read once when the program starts, then kept in memory."""

from __future__ import annotations

import gzip
import hashlib
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from bot.dialogue.reasons import fault_words
from bot.web.shared.scripts import without_what_is_for_readers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from importlib.resources.abc import Traversable

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
HTML_LANGUAGE: Mapping[Language, str] = {"zh": "zh-CN", "en": "en"}

_CONTENT_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".png": "image/png"}
_TABLE_PART = re.compile(r"<(tr|th|td)\b")
_A_YEAR = "public, max-age=31536000, immutable"
_SAFE_ORIGIN = re.compile(r"https?://[A-Za-z0-9.*_\[\]:-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticFile:
    body: bytes
    squeezed: bytes
    content_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """What the pages are made of. `version` changes whenever a static file does, and is part of their address."""

    environment: Environment
    words: Mapping[Language, Mapping[str, str]]
    """Language → "section.key" → words with {variables}."""
    static: Mapping[str, StaticFile]
    version: str

    def render(self, template: str, *, language: Language, root: str = "", **values: object) -> str:
        """Fill a template. Besides its values it sees `say(key, …)`, `words(…)`, `static(path)` and `language`.

        `root` leads from the page's own address to ours, so that every address holds below whatever path a proxy
        puts us: "" for /try, "../" for /chat/site.
        """

        def say(key: str, **variables: object) -> str:
            return self.say(language, key, **variables)

        def words(*sections: str) -> dict[str, str]:
            return self.section(language, *sections)

        return self.environment.get_template(template).render(
            say=say,
            words=words,
            static=lambda path: root + self.static_path(path),
            root=root,
            language=language,
            html_language=HTML_LANGUAGE[language],
            **values,
        )

    def say(self, language: Language, key: str, **variables: object) -> str:
        """One sentence in a language, its variables filled."""
        return self.words[language][key].format_map(variables)

    def section(self, language: Language, *sections: str) -> dict[str, str]:
        """All words of some sections, for a page's own script."""
        wanted = tuple(f"{section}." for section in sections)
        return {key: text for key, text in self.words[language].items() if key.startswith(wanted)}

    def static_path(self, path: str) -> str:
        """A static file's address from our root; a misspelt one is an error here rather than a page without style."""
        if path not in self.static:
            raise KeyError(f"there is no static file {path!r} in bot/web/static")
        return f"static/{self.version}/{path}"


@cache
def load_pages() -> Pages:
    """Read templates, words and static files from the package, once in a process."""
    static = {path: _static_file(path, file.read_bytes()) for path, file in _walk(files("bot.web") / "static")}
    environment = Environment(
        loader=PackageLoader("bot.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["labelled"] = labelled
    return Pages(
        environment=environment,
        words={language: _words(language) for language in LANGUAGES},
        static=static,
        version=_version(static),
    )


def labelled(rows: str, heads: Sequence[str | tuple[str, str]]) -> Markup:
    """The rows of a table with what each part is; each cell has the words of its head, for where no head is shown."""
    words = [head if isinstance(head, str) else head[0] for head in heads]
    column = 0

    def tell(part: re.Match[str]) -> str:
        nonlocal column
        if part[1] == "tr":
            column = 0
            return '<tr role="row"'
        column += 1
        role = "rowheader" if part[1] == "th" else "cell"
        return f'<{part[1]} role="{role}" data-label="{escape(words[column - 1])}"'

    return Markup(_TABLE_PART.sub(tell, rows))  # noqa: S704 - the rows were escaped as they were written


def static_routes(pages: Pages) -> list[web.RouteDef]:
    """The one route that serves styles, scripts and icons."""

    async def static(request: web.Request) -> web.StreamResponse:
        file = pages.static.get(request.match_info["path"])
        if file is None:
            raise web.HTTPNotFound(text="no such file")
        return _serve(request, file, forever=request.match_info["version"] == pages.version)

    return [web.get("/static/{version}/{path:.+}", static)]


def language_of(request: web.Request) -> Language:
    """The language a page is asked for in: `?lang=en`, and Chinese whenever it is anything else."""
    return "en" if request.query.get("lang") == "en" else "zh"


def page(
    html: str, *, status: int = 200, framed_by: tuple[str, ...] = (), more: str = "form-action 'none'"
) -> web.Response:
    """A page with its guards: nothing from other hosts, no inline script, framed by nobody but `framed_by` origins.

    `more` says what else it may do: a chat window sends no forms.
    """
    ancestors = " ".join(origin for origin in framed_by if _SAFE_ORIGIN.fullmatch(origin)) or "'none'"
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
        f"base-uri 'none'; {more}; require-trusted-types-for 'script'; "
        f"frame-ancestors {ancestors}"
    )
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store", **PLAIN_GUARDS}
    return web.Response(text=html, status=status, content_type="text/html", charset="utf-8", headers=headers)


PLAIN_GUARDS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
"""Headers that every answer of these pages carries."""


def _serve(request: web.Request, file: StaticFile, *, forever: bool) -> web.Response:
    squeeze = "gzip" in request.headers.get("Accept-Encoding", "")
    headers = {"Cache-Control": _A_YEAR if forever else "no-cache", "Vary": "Accept-Encoding", **PLAIN_GUARDS}
    if squeeze:
        headers["Content-Encoding"] = "gzip"
    body = file.squeezed if squeeze else file.body
    return web.Response(body=body, content_type=file.content_type, charset="utf-8", headers=headers)


def _walk(folder: Traversable, under: str = "") -> Iterator[tuple[str, Traversable]]:
    for item in sorted(folder.iterdir(), key=lambda each: each.name):
        if item.is_dir():
            yield from _walk(item, f"{under}{item.name}/")
        else:
            yield f"{under}{item.name}", item


def _static_file(path: str, body: bytes) -> StaticFile:
    content_type = _CONTENT_TYPES[f".{path.rpartition('.')[2]}"]
    if path.endswith(".js"):
        body = without_what_is_for_readers(body.decode()).encode()
    return StaticFile(body=body, squeezed=gzip.compress(body, mtime=0), content_type=content_type)


def _words(language: Language) -> dict[str, str]:
    """All words of a language: each file of its folder holds sections of its own, and `fault` says what keeps sends."""
    words = {f"fault.{code}": text for code, text in fault_words(language).items()}
    for _, file in _walk(files("bot.web") / "translations" / language):
        for section, keys in tomllib.loads(file.read_text("utf-8")).items():
            words |= {f"{section}.{key}": text for key, text in keys.items()}
    return words


def _version(static: Mapping[str, StaticFile]) -> str:
    digest = hashlib.sha256()
    for path, file in sorted(static.items()):
        digest.update(path.encode() + b"\0" + file.body)
    return digest.hexdigest()[:12]
