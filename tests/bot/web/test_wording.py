from __future__ import annotations

import ast
import re
from importlib.resources import files

import orjson
import pytest

from bot.domain.rules.judge import RULES
from bot.web.pages import LANGUAGES
from bot.web.wording import load_wording
from knowledge.answering import answer
from knowledge.conditions import in_words
from knowledge.entry import Circumstances
from knowledge.manual import starter_manual
from tests.fakes import MORNING

HAN = re.compile(r"[\u4e00-\u9fff]")
WORD = re.compile(r"[a-z]{3,}")
TITLES = {"postage-remote": "偏远地区的运费", "free-postage": "包不包邮"}


def _title(entry: str) -> str:
    return TITLES.get(entry, entry)


class _Sentences(ast.NodeVisitor):
    """Every sentence in a source file that is no docstring, with X for each variable."""

    def __init__(self) -> None:
        self.found: set[str] = set()

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        parts = [part.value if isinstance(part, ast.Constant) else "X" for part in node.values]
        self._note("".join(map(str, parts)))

    def visit_Constant(self, node: ast.Constant) -> None:
        self._note(str(node.value))

    def _note(self, text: str) -> None:
        self.found |= {part for part in text.split("; ") if " " in part and WORD.search(part) and part.isascii()}


def _reasons() -> set[str]:
    sentences = _Sentences()
    domain = files("bot") / "domain"
    for file in (*(domain / "rules").iterdir(), domain / "rulings.py", domain / "decide.py"):
        if file.name.endswith(".py"):
            sentences.visit(ast.parse(file.read_text("utf-8")))
    return sentences.found - {name for name, _ in RULES} - {"left over"}


def test_every_rule_has_a_chinese_name() -> None:
    wording = load_wording(_title)

    assert {name for name, _ in RULES} <= wording.rules.keys()


def test_every_reason_that_the_rules_can_give_reads_in_chinese() -> None:
    wording = load_wording(_title)
    reasons = _reasons()

    assert len(reasons) > 30
    for reason in sorted(reasons):
        said = wording.reason(reason)
        assert HAN.search(said), reason
        assert not WORD.search(said), said


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


TRIED = [{"rule": "answer", "won": True, "reason": "0.97, an answer needs 0.80; 0.35 ahead of free-postage"}]
ANSWER = {"rule": "收货地是偏远地区", "lost": ["第1条（默认）：也符合，但优先级较低"]}
DECISION = {
    "decision": "answer",
    "entry": "postage-remote",
    "candidates": [
        {"entry": "postage-remote", "title": "偏远地区的运费"},
        {"entry": "free-postage", "title": "包不包邮"},
    ],
    "why": {
        "rules": TRIED,
        "answer": ANSWER,
    },
}


def test_a_decision_is_told_in_chinese_with_the_title_of_its_entry() -> None:
    told = orjson.loads(load_wording(_title).say(orjson.dumps(DECISION), "zh"))

    assert told["title"] == "偏远地区的运费"
    assert told["why"]["rules"] == [
        {"rule": "有把握就回答", "won": True, "reason": "把握 0.97，回答要 0.80；比「包不包邮」高 0.35"}
    ]
    assert told["why"]["answer"]["rule"] == "收货地是偏远地区"


def test_a_decision_is_told_in_english_with_titles_for_entries() -> None:
    told = orjson.loads(load_wording(_title).say(orjson.dumps(DECISION), "en"))

    assert told["why"]["rules"] == [
        {"rule": "Answer", "won": True, "reason": "0.97, an answer needs 0.80; 0.35 ahead of “包不包邮”"}
    ]
    assert told["why"]["answer"] == {
        "rule": "ships to remote regions",
        "lost": ["No. 1 (default): holds too, with lower precedence"],
    }


def test_each_of_several_questions_is_told_in_the_readers_language() -> None:
    account = {"rules": TRIED, "answer": ANSWER, "remembered": {"region": "新疆"}}
    part = {"decision": "answer", "entry": "free-postage", "candidates": [], **account}
    why = {"rules": TRIED, "answer": ANSWER, "parts": [part], "remembered": {"last_entry": "free-postage"}}
    several = orjson.dumps({**DECISION, "also": ["free-postage"], "why": why})
    chinese, english = (orjson.loads(load_wording(_title).say(several, language)) for language in ("zh", "en"))

    assert chinese["title"] == "偏远地区的运费、包不包邮"
    assert chinese["why"]["remembered"] == {"last_entry": "包不包邮"}
    assert chinese["why"]["parts"][0]["title"] == "包不包邮"
    assert chinese["why"]["parts"][0]["remembered"] == {"region": "新疆"}
    assert chinese["why"]["parts"][0]["rules"] == chinese["why"]["rules"]
    assert english["why"]["parts"][0]["answer"] == english["why"]["answer"]


def test_a_decision_without_an_entry_or_an_answer_is_told_too() -> None:
    quiet: dict[str, object] = {
        "decision": "stay_quiet",
        "entry": None,
        "candidates": [],
        "why": {"rules": [], "answer": {"rule": "", "lost": []}},
    }

    for language in LANGUAGES:
        told = orjson.loads(load_wording(_title).say(orjson.dumps(quiet), language))
        assert told["title"] is None
        assert told["why"]["answer"] == {"rule": "", "lost": []}
