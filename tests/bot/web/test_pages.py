from __future__ import annotations

import dataclasses
import posixpath
import re
from typing import TYPE_CHECKING, get_args

import pytest
from aiohttp import web

from bot.domain.desk.conversations import SYSTEM_LINES, Unable, Verb
from bot.storage.desk.clicks import BESIDE_OTHERS
from bot.web.shared.pages import load_pages, page, static_routes
from knowledge.entities.extract import Named
from knowledge.matching.matcher import KINDS

if TYPE_CHECKING:
    from aiohttp.pytest_plugin import AiohttpClient

    from bot.web.shared.pages import Pages

SCRIPT_LIMIT_BYTES = 60_000
"""Of a page, as its scripts stand in the files: what it loads before anybody asks for more."""
USED_KEYS = re.compile(
    r"""(?:say|words|this\.words|knows)\(\s*(?:this\.words,\s*)?["'`]([a-z]+\.[a-z_0-9]+)["'`]\s*[,)]"""
)


def _is_page(template: str) -> bool:
    """Parts of pages begin with an underscore."""
    return template.endswith(".html") and not template.rpartition("/")[2].startswith("_")


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


def test_the_desk_has_words_for_all_that_happens_there_and_for_nothing_else() -> None:
    words = load_pages().words["zh"]

    def said(section: str) -> set[str]:
        names = (key.removeprefix(f"{section}.") for key in words if key.startswith(f"{section}."))
        return {name for name in names if not name.startswith(("do_", "hint_"))}

    assert said("unable") == set(get_args(Unable))
    assert said("line") == set(SYSTEM_LINES)
    assert said("verb") | set(BESIDE_OTHERS) == set(get_args(Verb))


def test_every_kind_of_evidence_has_a_name() -> None:
    pages = load_pages()

    for kind in KINDS:
        assert f"why.part_{kind}" in pages.words["en"]
        assert f'"{kind}"' in pages.static["try/why.js"].body.decode()


def test_everything_that_a_message_may_name_has_a_name() -> None:
    pages = load_pages()

    for field in dataclasses.fields(Named):
        assert f"why.{field.name}" in pages.words["zh"]


@pytest.mark.parametrize("template", load_pages().environment.list_templates(filter_func=_is_page))
def test_the_scripts_of_a_page_stay_small(template: str) -> None:
    pages = load_pages()
    sizes = {path: len(body) for path, body in _scripts_of(pages, template).items()}

    assert sum(sizes.values()) < SCRIPT_LIMIT_BYTES, sizes


def test_a_conversation_with_all_that_it_may_show_stays_small() -> None:
    pages = load_pages()
    comes_by_itself = [f"inbox/{name}.js" for name in ("room", "beside", "picture", "channels", "past")]
    scripts = _scripts_of(pages, "inbox/page.html") | _with_imports(pages, comes_by_itself)

    assert sum(map(len, scripts.values())) <= SCRIPT_LIMIT_BYTES


def test_every_script_is_of_a_page() -> None:
    pages = load_pages()
    used = [
        _scripts_of(pages, template, also_later=True)
        for template in pages.environment.list_templates(filter_func=_is_page)
    ]

    assert {path for path in pages.static if path.endswith(".js")} == set().union(*used)


def _scripts_of(pages: Pages, template: str, *, also_later: bool = False) -> dict[str, bytes]:
    """All that a page loads: the scripts it names, and what those import; with what they load once somebody asks."""
    loader = pages.environment.loader
    assert loader is not None
    templates, scripts = [template], []
    while templates:
        source = loader.get_source(pages.environment, templates.pop())[0]
        templates += re.findall(r"{% (?:extends|include|import|from) \"([^\"]+)\"", source)
        scripts += [path for path in pages.static if path.endswith(".js") and re.search(rf"[\"']{path}[\"']", source)]
    return _with_imports(pages, scripts, also_later=also_later)


def _with_imports(pages: Pages, scripts: list[str], *, also_later: bool = False) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    while scripts:
        path = scripts.pop()
        if path not in found:
            found[path] = pages.static[path].body
            imports = r"(?:from|import\() ?" if also_later else "from "
            imported = re.findall(rf'{imports}"(\.[^"]+)"', found[path].decode())
            scripts += [posixpath.normpath(posixpath.join(posixpath.dirname(path), each)) for each in imported]
    return found


def test_pages_name_no_other_host() -> None:
    pages = load_pages()

    for path, file in pages.static.items():
        if file.content_type == "image/png":
            continue
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
