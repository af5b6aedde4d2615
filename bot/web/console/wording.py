"""Says the account of a decision in the reader's language."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import orjson

from bot.dialogue.reasons import in_words
from knowledge.reasons.reason import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.web.shared.pages import Language

_REMEMBERED_ENTRIES = ("last_entry", "wanted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What is needed to say a decision in both languages. `title_of` gives an entry's title, or its id."""

    stages: Mapping[str, str]
    rules: Mapping[str, str]
    title_of: Callable[[str], str]

    def say(self, decision: bytes, language: Language) -> bytes:
        """Return the JSON of a decision in the reader's language, with the title of its entry added."""
        told = orjson.loads(decision)
        told["title"] = self._title(told)
        told["why"] |= self._account(told["why"], language)
        for part in told["why"].get("parts", ()):
            part.update(self._account(part, language), title=self._title(part))
        return orjson.dumps(told)

    def _title(self, told: Mapping[str, Any]) -> str | None:
        entries = [entry for entry in (told.get("entry"), *told.get("also", ())) if entry]
        return "、".join(map(self.title_of, entries)) or None

    def _account(self, account: Mapping[str, Any], language: Language) -> dict[str, Any]:
        """The reasons of the account of one question in words, and titles for remembered entries."""
        remembered = {
            name: self.title_of(value) if name in _REMEMBERED_ENTRIES else value
            for name, value in account.get("remembered", {}).items()
        }
        rules = [self._rule(each, language) for each in account["rules"]]
        return {"rules": rules, "answer": self._answer(account["answer"], language), "remembered": remembered}

    def _rule(self, tried: Mapping[str, Any], language: Language) -> dict[str, Any]:
        stage, rule = tried["stage"], tried["rule"]
        if language == "zh":
            stage, rule = self.stages[stage], self.rules[rule]
        named = {"stage": stage.capitalize(), "rule": rule.capitalize()}
        return {**tried, **named, "reason": self._words(tried["reason"], language)}

    def _answer(self, answer: Mapping[str, Any], language: Language) -> dict[str, Any]:
        rule = self._words(answer["rule"], language) if answer["rule"] else ""
        return {"rule": rule, "lost": [self._words(each, language) for each in answer["lost"]]}

    def _words(self, reason: Mapping[str, Any], language: Language) -> str:
        return in_words(Reason.from_plain(reason), language, self.title_of)


def load_wording(title_of: Callable[[str], str]) -> Wording:
    """Read the names of the stages and rules from the package."""
    told = tomllib.loads((files("bot.web") / "translations" / "why.zh.toml").read_text("utf-8"))
    return Wording(stages=told["stages"], rules=told["rules"], title_of=title_of)
