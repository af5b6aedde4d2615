from __future__ import annotations

import ast
import re
from importlib.resources import files

import orjson
import pytest

from bot.domain.rules import RULES
from bot.web.wording import load_wording
from knowledge.answering import answer, in_words
from knowledge.entry import Circumstances
from knowledge.manual import starter_manual
from tests.fakes import MORNING

HAN = re.compile(r"[\u4e00-\u9fff]")
TITLES = {"postage-remote": "偏远地区的运费", "free-postage": "包不包邮"}


def _title(entry: str) -> str:
    return TITLES.get(entry, entry)


def _reasons() -> list[str]:
    """Every reason that decide.py can give, with a figure in place of each variable."""
    tree = ast.parse((files("bot") / "domain" / "decide.py").read_text("utf-8"))
    said = [node.value for node in ast.walk(tree) if isinstance(node, ast.Return) and node.value is not None]
    said += [node.value for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg in {"reason", "why"}]
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    said += [call.args[1] for call in calls if call.func.id in {"_quiet", "_hand_over"} and len(call.args) > 1]  # type: ignore[attr-defined]
    texts = [_spelled(node) for node in said]
    return sorted({part for text in texts if text and " " in text for part in text.split("; ") if part != "X"})


def _spelled(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join("X" if isinstance(part, ast.FormattedValue) else _spelled(part) for part in node.values)
    return ""


def test_every_rule_has_a_chinese_name() -> None:
    wording = load_wording(_title)

    assert {name for name, _ in RULES} <= wording.rules.keys()


def test_every_reason_that_the_rules_can_give_reads_in_chinese() -> None:
    wording = load_wording(_title)
    reasons = _reasons()

    assert len(reasons) > 30
    for reason in reasons:
        said = wording.reason(reason)
        assert HAN.search(said), reason
        assert not re.search(r"[a-z]{3,}", said), said


def test_entries_are_called_by_their_titles() -> None:
    wording = load_wording(_title)

    said = wording.reason("0.97, an answer needs 0.80; 0.35 ahead of free-postage")

    assert said == "把握 0.97，回答要 0.80；比「包不包邮」高 0.35"


def test_a_reason_that_the_book_does_not_know_stays_as_it_is() -> None:
    assert load_wording(_title).reason("something quite new") == "something quite new"


@pytest.mark.parametrize("region", [None, "新疆", "浙江"])
def test_every_condition_of_the_starter_manual_reads_in_english(region: str | None) -> None:
    wording, manual = load_wording(_title), starter_manual()
    circumstances = Circumstances(local_time=MORNING, region=region)

    for entry in manual.entries:
        chosen = answer(manual, entry, circumstances)
        for sentence in (chosen.rule, *chosen.lost):
            said = re.sub(r"“.*?”|exactly the words .*?[):]", "", wording.condition(sentence))
            left = HAN.findall(said.replace(region or "-", ""))
            assert not left, (sentence, said)
        assert wording.condition(in_words(entry.answers[0].when))


DECISION = {
    "decision": "answer",
    "entry": "postage-remote",
    "why": {
        "rules": [{"rule": "answer", "won": True, "reason": "0.97, an answer needs 0.80"}],
        "answer": {"rule": "收货地是偏远地区", "lost": ["第1条（默认）：也符合，但优先级较低"]},
    },
}


def test_a_decision_is_told_in_chinese_with_the_title_of_its_entry() -> None:
    told = orjson.loads(load_wording(_title).say(orjson.dumps(DECISION), "zh"))

    assert told["title"] == "偏远地区的运费"
    assert told["why"]["rules"] == [{"rule": "有把握就回答", "won": True, "reason": "把握 0.97，回答要 0.80"}]
    assert told["why"]["answer"]["rule"] == "收货地是偏远地区"


def test_a_decision_is_told_in_english() -> None:
    told = orjson.loads(load_wording(_title).say(orjson.dumps(DECISION), "en"))

    assert told["why"]["rules"][0]["rule"] == "answer"
    assert told["why"]["answer"] == {
        "rule": "ships to remote regions",
        "lost": ["No. 1 (default): holds too, with lower precedence"],
    }


def test_a_decision_without_an_entry_or_an_answer_is_told_too() -> None:
    quiet = {"decision": "stay_quiet", "entry": None, "why": {"rules": [], "answer": {"rule": "", "lost": []}}}

    for language in ("zh", "en"):
        told = orjson.loads(load_wording(_title).say(orjson.dumps(quiet), language))
        assert told["title"] is None
