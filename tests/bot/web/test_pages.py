from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from bot.web.shared.pages import load_pages, page, static_routes
from knowledge.entities.extract import Named
from knowledge.matching.matcher import KINDS

if TYPE_CHECKING:
    from aiohttp.pytest_plugin import AiohttpClient

SCRIPT_LIMIT_BYTES = 60_000
USED_KEYS = re.compile(
    r"""(?:say|words|this\.words|knows)\(\s*(?:this\.words,\s*)?["'`]([a-z]+\.[a-z_0-9]+)["'`]\s*[,)]"""
)


def test_both_languages_say_the_same_things() -> None:
    words = load_pages().words

    assert words["zh"].keys() == words["en"].keys()


def test_both_languages_use_the_same_variables() -> None:
    words = load_pages().words

    for key, chinese in words["zh"].items():
        assert set(re.findall(r"{\w+}", chinese)) == set(re.findall(r"{\w+}", words["en"][key])), key


def test_nothing_is_left_untranslated() -> None:
    words = load_pages().words
    examples = {key for key in words["en"] if ".example_" in key}  # buyers' questions stay as buyers type them

    for key in words["en"].keys() - examples - {"site.language", "site.language_label"}:
        assert not re.search(r"[\u4e00-\u9fff]", words["en"][key]), key
        assert re.search(r"[\u4e00-\u9fff]", words["zh"][key]) or words["zh"][key] != words["en"][key], key


def test_every_word_that_a_template_or_a_script_asks_for_exists() -> None:
    pages = load_pages()
    loader = pages.environment.loader
    assert loader is not None
    sources = [loader.get_source(pages.environment, name)[0] for name in pages.environment.list_templates()]
    sources += [file.body.decode() for path, file in pages.static.items() if path.endswith(".js")]

    asked = {key for source in sources for key in USED_KEYS.findall(source)}

    assert len(asked) > 40
    assert asked - {"why.head_"} <= pages.words["zh"].keys()


def test_every_kind_of_evidence_has_a_name() -> None:
    pages = load_pages()

    for kind in KINDS:
        assert f"why.part_{kind}" in pages.words["en"]
        assert f'"{kind}"' in pages.static["try/why.js"].body.decode()


def test_everything_that_a_message_may_name_has_a_name() -> None:
    pages = load_pages()

    for field in dataclasses.fields(Named):
        assert f"why.{field.name}" in pages.words["zh"]


def test_all_scripts_together_stay_small() -> None:
    scripts = [file.body for path, file in load_pages().static.items() if path.endswith(".js")]

    assert sum(map(len, scripts)) < SCRIPT_LIMIT_BYTES


def test_pages_name_no_other_host() -> None:
    pages = load_pages()

    for path, file in pages.static.items():
        hosts = set(re.findall(r"(?:https?:)?//([\w.-]+\.\w+)", file.body.decode()))
        assert hosts <= {"www.w3.org"}, path  # the name of SVG, never fetched


def test_a_misspelt_static_file_is_an_error_when_the_page_is_made() -> None:
    with pytest.raises(KeyError, match=r"there is no static file 'chat.cs'"):
        load_pages().static_path("chat.cs")


def test_the_page_allows_nothing_inline_and_no_frames() -> None:
    policy = page("<p>hello</p>").headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert policy.endswith("frame-ancestors 'none'")


def test_the_page_may_be_framed_by_the_named_origins_only() -> None:
    framed = page("", framed_by=("https://shop.example", "https://evil.example; script-src *"))

    assert framed.headers["Content-Security-Policy"].endswith("frame-ancestors https://shop.example")


async def test_static_files_are_kept_for_a_year_under_their_version(aiohttp_client: AiohttpClient) -> None:
    pages = load_pages()
    app = web.Application()
    app.add_routes(static_routes(pages))
    client = await aiohttp_client(app)

    async with client.get(pages.static_path("tokens.css")) as answer:
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Encoding"] == "gzip"
        assert await answer.read() == pages.static["tokens.css"].body
    async with client.get("/static/an-older-one/tokens.css", headers={"Accept-Encoding": "identity"}) as answer:
        assert answer.headers["Cache-Control"] == "no-cache"
        assert "Content-Encoding" not in answer.headers
        assert await answer.read() == pages.static["tokens.css"].body
    async with client.get(f"/static/{pages.version}/../pages.py") as answer:
        assert answer.status == 404
