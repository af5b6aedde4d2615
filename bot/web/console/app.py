"""What makes the console an app on a phone: its manifest, its worker, and the page for when the shop is out of reach.

These are asked for before anybody is signed in, and say nothing but the shop's name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson
from aiohttp import web

from bot.web.shared.console import chosen_language
from bot.web.shared.pages import PLAIN_GUARDS
from bot.web.shared.signed_in import ConsoleRoute

if TYPE_CHECKING:
    from bot.web.shared.console import Console

SHEETS = ("tokens.css", "base.css", "button.css", "empty.css", "console/frame.css")
ICONS = (("192", "192x192", "any"), ("512", "512x512", "any"), ("maskable", "512x512", "maskable"))
FRESH = {"Cache-Control": "no-cache", **PLAIN_GUARDS}


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """The console as an app."""

    console: Console

    async def manifest(self, request: web.Request) -> web.Response:
        pages, language = self.console.pages, chosen_language(request)
        body = {
            "name": self.console.shop_name,
            "short_name": pages.say(language, "site.name"),
            "start_url": "inbox",
            "scope": "./",
            "display": "standalone",
            "background_color": "#f6f8f8",
            "theme_color": "#0f766e",
            "icons": [
                {
                    "src": f"../{pages.static_path(f'icons/{name}.png')}",
                    "sizes": sizes,
                    "type": "image/png",
                    "purpose": use,
                }
                for name, sizes, use in ICONS
            ],
        }
        return web.Response(body=orjson.dumps(body), content_type="application/manifest+json", headers=FRESH)

    async def worker(self, request: web.Request) -> web.Response:
        pages, root = self.console.pages, request.path.removesuffix("console/worker.js")
        kept = [root + pages.static_path(sheet) for sheet in SHEETS]
        offline = f"{root}console/offline?lang={chosen_language(request)}"
        script = pages.render("console/worker.js", language="en", version=pages.version, offline=offline, kept=kept)
        return web.Response(text=script, content_type="text/javascript", charset="utf-8", headers=FRESH)

    async def offline(self, request: web.Request) -> web.Response:
        return self.console.page(request, "console/offline.html", at="inbox", visitor=None)


def app_routes(console: Console) -> list[ConsoleRoute]:
    app = App(console=console)
    return [
        ConsoleRoute(method="GET", path="/console/manifest.webmanifest", handler=app.manifest, right=None),
        ConsoleRoute(method="GET", path="/console/worker.js", handler=app.worker, right=None),
        ConsoleRoute(method="GET", path="/console/offline", handler=app.offline, right=None),
    ]
