from __future__ import annotations

import re

import orjson
import pytest

from bot.dialogue.policy.judge import FALLBACK, STAGES
from bot.dialogue.reasons import in_words
from bot.web.console.wording import load_wording
from bot.web.shared.pages import LANGUAGES
from knowledge.answers.choose import answer
from knowledge.manual.entry import Circumstances
from knowledge.manual.files import starter_manual
from knowledge.reasons.reason import because
from tests.fakes import MORNING

HAN = re.compile(r"[\u4e00-\u9fff]")
TITLES = {"postage-remote": "偏远地区的运费", "free-postage": "包不包邮"}


def _title(entry: str) -> str:
    return TITLES.get(entry, entry)


def test_every_stage_and_rule_has_a_chinese_name() -> None:
    stages, wording = (*STAGES, FALLBACK), load_wording(_title)
    assert {stage.name for stage in stages} <= wording.stages.keys()
    assert {name for stage in stages for name, _ in stage.rules} <= wording.rules.keys()


@pytest.mark.parametrize("region", [None, "新疆", "浙江"])
def test_every_condition_of_the_starter_manual_reads_in_english(region: str | None) -> None:
    manual = starter_manual()
    circumstances = Circumstances(local_time=MORNING, region=region)

    for entry in manual.entries:
        chosen = answer(manual, entry, circumstances)
        for reason in (chosen.rule, *chosen.lost):
            said = re.sub(r"“.*?”|exactly the words .*?[):]", "", in_words(reason, "en"))
            left = HAN.findall(said.replace(region or "-", ""))
            assert not left, (reason, said)


SURE = because("answer_needs", confidence="0.97", needed="0.80").and_also(
    because("ahead_of", margin="0.35", entry="free-postage")
)
LOST = because("lost", number=1, conditions=because("default"), failure=because("lower_precedence"))
TRIED = [{"stage": "answer", "rule": "answer", "won": True, "reason": SURE.to_plain()}]
ANSWER = {"rule": because("region_is", regions=because("remote")).to_plain(), "lost": [LOST.to_plain()]}
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
        {
            "stage": "直接回答",
            "rule": "有把握就回答",
            "won": True,
            "reason": "把握 0.97，回答要 0.80；比「包不包邮」高 0.35",
        }
    ]
    assert told["why"]["answer"]["rule"] == "收货地是偏远地区"


def test_a_decision_is_told_in_english_with_titles_for_entries() -> None:
    told = orjson.loads(load_wording(_title).say(orjson.dumps(DECISION), "en"))

    assert told["why"]["rules"] == [
        {
            "stage": "Answer",
            "rule": "Answer",
            "won": True,
            "reason": "0.97, an answer needs 0.80; 0.35 ahead of “包不包邮”",
        }
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
        "why": {"rules": [], "answer": {"rule": None, "lost": []}},
    }

    for language in LANGUAGES:
        told = orjson.loads(load_wording(_title).say(orjson.dumps(quiet), language))
        assert told["title"] is None
        assert told["why"]["answer"] == {"rule": "", "lost": []}
