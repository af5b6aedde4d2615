from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.channels.made import MadeChannel
from bot.storage.channels import made
from bot.storage.engine.database import open_database
from bot.storage.knowledge import fits
from knowledge.base import KnowledgeBase
from tests.bot.cli.conftest import shop_manual
from tests.fakes import MORNING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bot.cli.conftest import Xiaoer

OPEN = "2026-11-23T10:00"
CLOSED = "2026-11-23T22:00"


def asked(xiaoer: Xiaoer, *words: str) -> dict[str, Any]:
    result = xiaoer("ask", *words, "--json")
    assert result.exit_code == 0, result.stderr
    told: dict[str, Any] = json.loads(result.stdout)
    return told


async def _fitted_by_a_server(url: str) -> None:
    base = KnowledgeBase.build(revision=1, manual=shop_manual())
    async with open_database(url) as database:
        assert await database.write(fits.claim, base.fit_key, node="server")
        await database.write(fits.keep, base.fit_key, base.fitted(), at=MORNING)


@pytest.mark.usefixtures("stocked")
class TestTheShopsOwnManual:
    def test_json_has_the_decision_the_texts_and_the_why(self, xiaoer: Xiaoer) -> None:
        told = asked(xiaoer, "新疆包邮吗", "--at", OPEN)
        assert list(told) == ["decision", "entry", "also", "confidence", "texts", "candidates", "why"]
        assert (told["decision"], told["entry"], told["confidence"]) == ("answer", "postage", 1.0)
        assert told["texts"] == ["新疆满199元包邮。"]
        assert {"entry": "postage", "confidence": 1.0}.items() <= told["candidates"][0].items()
        assert told["why"]["named"] == {"region": "新疆"}
        assert told["why"]["revision"] == 1
        assert told["why"]["local_time"] == "2026-11-23T10:00:00+08:00"
        assert told["why"]["rules"][-1]["rule"] == "answer"

    def test_people_read_what_is_said_and_why(self, xiaoer: Xiaoer) -> None:
        said = xiaoer("ask", "新疆包邮吗", "--at", OPEN).stdout
        assert said.startswith("answer · postage 运费多少 · 1.00\n")
        assert "Says\n  - 新疆满199元包邮。\n" in said
        assert "\n  →  answer " in said
        assert "revision 1 of the manual" in said

    def test_people_read_what_each_kind_of_evidence_added(self, xiaoer: Xiaoer) -> None:
        said = xiaoer("ask", "要不要付运费", "--at", OPEN).stdout
        heading, best = said[said.index("Could be meant") :].splitlines()[1:3]
        kinds, figures = heading.split(), [float(each) for each in best.split()[: heading.split().index("entry")]]
        assert kinds[:3] == ["confidence", "characters", "meanings"]
        assert kinds[len(figures) - 1] == "sum"
        assert sum(figures[1:-1]) == pytest.approx(figures[-1], abs=0.04)

    def test_of_several_questions_each_has_its_own_account(self, xiaoer: Xiaoer) -> None:
        told = asked(xiaoer, "新疆包邮吗？什么时候发货？你们几个人", "--at", OPEN)
        assert [part["text"] for part in told["why"]["parts"]] == ["新疆包邮", "什么时候发货", "你们几个人"]
        assert [part["decision"] for part in told["why"]["parts"]] == ["answer", "answer", "hand_over"]
        assert [part["named"] for part in told["why"]["parts"]] == [{"region": "新疆"}, {}, {}]
        assert [part["remembered"].get("last_entry") for part in told["why"]["parts"]] == [None, "postage", "dispatch"]
        assert [part["candidates"][0]["entry"] for part in told["why"]["parts"][:2]] == ["postage", "dispatch"]
        said = xiaoer("ask", "新疆包邮吗？什么时候发货？", "--at", OPEN).stdout
        assert said.startswith("answer · postage 运费多少 + dispatch 什么时候发货 · 1.00\n")
        assert "\nQuestion 2: answer · dispatch " in said
        assert "remembered: region=新疆、last_entry=postage" in said

    def test_the_matcher_of_a_running_server_answers_unless_the_quick_one_is_wanted(
        self, xiaoer: Xiaoer, stocked: str
    ) -> None:
        before = xiaoer("ask", "新疆包邮吗")
        assert "the quick matcher" in before.stdout
        assert "Note: the quick matcher answers" in before.stderr
        asyncio.run(_fitted_by_a_server(stocked))
        assert asked(xiaoer, "新疆包邮吗")["why"]["refined"] is True
        assert asked(xiaoer, "新疆包邮吗", "--quick")["why"]["refined"] is False
        assert "the quick matcher" in xiaoer("ask", "新疆包邮吗", "--quick").stdout
        assert xiaoer("ask", "新疆包邮吗").stderr == ""

    def test_several_bubbles_stand_apart(self, xiaoer: Xiaoer) -> None:
        said = xiaoer("ask", "怎么退货").stdout
        assert "  - 签收7天内可以退货。\n  - 在订单里点申请退货就行。\n" in said

    def test_what_nobody_can_answer_goes_to_a_person_or_waits_for_one(self, xiaoer: Xiaoer) -> None:
        assert asked(xiaoer, "Ποῦ εἶναι", "--at", OPEN)["decision"] == "hand_over"
        told = asked(xiaoer, "Ποῦ εἶναι", "--at", CLOSED, "--channel", "market")
        assert told["decision"] == "away"
        assert "明天09:00" in told["texts"][0]
        assert told["why"]["open"] is False

    def test_people_read_that_nothing_came_near(self, xiaoer: Xiaoer) -> None:
        said = xiaoer("ask", "Ποῦ εἶναι", "--at", OPEN).stdout
        assert said.startswith("hand_over\n")
        assert "Could be meant\n  (nothing)\n" in said
        assert "Wording" not in said

    def test_an_offset_behind_the_time_counts(self, xiaoer: Xiaoer) -> None:
        told = asked(xiaoer, "什么时候发货", "--at", "2026-11-23T02:00:00+00:00")
        assert told["why"]["local_time"] == "2026-11-23T10:00:00+08:00"

    def test_product_and_region_choose_the_answer(self, xiaoer: Xiaoer) -> None:
        product = shop_manual().products[0]
        told = asked(xiaoer, "有什么尺码", "--product", product.id)
        assert told["texts"] == [f"这款尺码：{product.attributes['尺码']}。"]
        assert asked(xiaoer, "要不要运费", "--region", "乌鲁木齐")["texts"] == ["新疆满199元包邮。"]
        assert asked(xiaoer, "要不要运费")["texts"] == ["江浙沪包邮。"]

    def test_a_product_or_region_nobody_knows_is_named_and_left_out(self, xiaoer: Xiaoer) -> None:
        result = xiaoer("ask", "要不要运费", "--product", "hat-9", "--region", "Atlantis")
        assert result.exit_code == 0
        assert "江浙沪包邮。" in result.stdout
        assert "no product hat-9" in result.stderr
        assert ", ".join(product.id for product in shop_manual().products) in result.stderr
        assert "Atlantis is no province or city we know" in result.stderr

    def test_unseen_characters_do_not_stand_in_the_way(self, xiaoer: Xiaoer) -> None:
        assert asked(xiaoer, "什么时候\u200b发货\udc80\x07")["entry"] == "dispatch"


def test_two_close_entries_become_a_choice(xiaoer: Xiaoer, stocked_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIAOER_DATABASE_URL", f"sqlite:///{stocked_file}")
    told = asked(xiaoer, "怎么洗", "--at", OPEN)
    assert (told["decision"], told["entry"]) == ("clarify", None)
    first, second = sorted(told["texts"][0].split("\n")[1:3], key=lambda choice: choice[3:])
    assert (first[3:], second[3:]) == ("毛巾怎么洗", "茶杯怎么洗")


def test_without_a_database_the_starter_manual_answers_and_nothing_is_made(xiaoer: Xiaoer, tmp_path: Path) -> None:
    told = asked(xiaoer, "新疆包邮吗", "--order-status", "paid", "--channel", "my-shop", "--quick")
    assert (told["decision"], told["entry"]) == ("answer", "postage-remote")
    assert told["why"]["revision"] == 0
    result = xiaoer("ask", "新疆包邮吗")
    assert "the starter manual, the refined matcher" in result.stdout
    assert result.stderr == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((" \u200b",), "nothing is asked"),
        (("在吗", "--at", "tomorrow"), '"tomorrow" is no time; write it like 2026-11-22T22:30'),
        (("在吗", "--order-status", "lost"), "'lost' is not one of"),
        ((), "Missing argument"),
    ],
)
def test_mistakes_in_use_are_told(xiaoer: Xiaoer, words: tuple[str, ...], sentence: str) -> None:
    result = xiaoer("ask", *words)
    assert result.exit_code == 2
    assert sentence in " ".join(result.stderr.split())


def test_nothing_of_the_web_is_loaded_for_a_question() -> None:
    told = "import sys, bot.cli.ask; print([each for each in ('aiohttp', 'jinja2', 'alembic') if each in sys.modules])"
    assert subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True).stdout == "[]\n"


OWN_SITE = """[shop]
name = "清风茶舍"
hosts = ["tea.example"]

[[channels]]
name = "site"
platform = "web"
origins = ["https://shop.example"]

[[channels]]
name = "market"
platform = "webhook"
secret = "whsec_bXkgc2hvcCBhbmQgbm9ib2R5IGVsc2Uga25vd3M="
reply_url = "https://market.example/replies"
"""


@pytest.mark.parametrize("host", ["tea.example", "shop.example"])
def test_links_to_the_shops_own_sites_count_as_for_buyers(xiaoer: Xiaoer, tmp_path: Path, host: str) -> None:
    (tmp_path / "config.toml").write_text(OWN_SITE, encoding="utf-8")
    link = f"https://{host}/item/sweater"
    strange = asked(xiaoer, "https://strange.example/item/sweater", "--at", OPEN)
    assert asked(xiaoer, link, "--at", OPEN)["why"]["rules"][-1] != strange["why"]["rules"][-1]


def test_on_the_shops_own_site_nobody_is_said_to_come(xiaoer: Xiaoer, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(OWN_SITE, encoding="utf-8")
    on_site, on_market = (asked(xiaoer, "转人工", "--channel", each, "--at", OPEN) for each in ("site", "market"))
    assert on_site["texts"] != on_market["texts"]
    assert "排" in "".join(on_market["texts"])
    assert "排" not in "".join(on_site["texts"])


def test_a_site_that_an_owner_added_in_the_console_counts_as_one_of_the_file(xiaoer: Xiaoer, stocked: str) -> None:
    link, words = "https://console.example/item/sweater", ("转人工", "--channel", "window", "--at", OPEN)
    before = [asked(xiaoer, link, "--at", OPEN)["why"]["rules"][-1], asked(xiaoer, *words)["texts"]]
    asyncio.run(_window_added(stocked))
    after = [asked(xiaoer, link, "--at", OPEN)["why"]["rules"][-1], asked(xiaoer, *words)["texts"]]
    assert ["排" in "".join(texts) for texts in (before[1], after[1])] == [True, False]
    assert after[0] != before[0]


async def _window_added(url: str) -> None:
    window = MadeChannel(name="window", platform="web", settings={"origins": ["https://console.example"]})
    async with open_database(url) as database:
        await database.write(made.add, window, seal=None, staff_id=1, at=MORNING)
