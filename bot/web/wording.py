"""Says the account of a decision in the reader's language.

The rules explain themselves in English, the manual's conditions in Chinese; two books of patterns translate.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from bot.web.pages import Language

_VARIABLE = re.compile(r"\\\{(\w+)\\\}")
_ENTRY = "entry"
_REMEMBERED_ENTRIES = ("last_entry", "wanted")


@dataclass(frozen=True, slots=True)
class Book:
    """Patterns with {variables}, the longest first, and how each reads in the other language."""

    patterns: tuple[tuple[re.Pattern[str], str], ...]

    def turn(self, sentence: str, variable: Callable[[str, str], str]) -> str:
        """Return the sentence in the other language, or as it is when the book does not know it."""
        for pattern, reading in self.patterns:
            found = pattern.fullmatch(sentence)
            if found is not None:
                return reading.format_map({name: variable(name, value) for name, value in found.groupdict().items()})
        return sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What is needed to say a decision in both languages. `title_of` gives an entry's title, or its id."""

    rules: Mapping[str, str]
    reasons: Book
    conditions: Book
    title_of: Callable[[str], str]

    def say(self, decision: bytes, language: Language) -> bytes:
        """Return the JSON of a decision in the reader's language, with the title of its entry added."""
        told = orjson.loads(decision)
        told["title"] = self._title(told)
        told["why"] |= self._account(told["why"], told["candidates"], language)
        for part in told["why"].get("parts", ()):
            part.update(self._account(part, part["candidates"], language), title=self._title(part))
        return orjson.dumps(told)

    def _title(self, told: Mapping[str, Any]) -> str | None:
        entries = [entry for entry in (told.get("entry"), *told.get("also", ())) if entry]
        return "、".join(map(self.title_of, entries)) or None

    def _account(
        self, account: Mapping[str, Any], candidates: Iterable[Mapping[str, Any]], language: Language
    ) -> dict[str, Any]:
        """What of the account of one question reads otherwise in that language, and titles for remembered entries."""
        remembered = {
            name: self.title_of(value) if name in _REMEMBERED_ENTRIES else value
            for name, value in account.get("remembered", {}).items()
        }
        if language == "zh":
            return {"rules": [self._rule(each) for each in account["rules"]], "remembered": remembered}
        titles = {each["entry"]: each["title"] for each in candidates}
        rules = [_english_rule(each, titles) for each in account["rules"]]
        return {"rules": rules, "answer": self._answer(account["answer"]), "remembered": remembered}

    def reason(self, sentence: str) -> str:
        """Return the reason of a rule in Chinese."""
        return "；".join(self.reasons.turn(part, self._titled) for part in sentence.split("; "))

    def condition(self, sentence: str) -> str:
        """Return the conditions of an answer, or why they do not hold, in English."""
        if sentence.startswith("第") and "）：" in sentence:
            return self.conditions.turn(sentence, lambda _, value: self.condition(value))
        parts = re.split(r"[，；]", sentence) if sentence != "也符合，但优先级较低" else [sentence]
        return ", ".join(self.conditions.turn(part, self._options) for part in parts)

    def _rule(self, tried: Mapping[str, Any]) -> dict[str, Any]:
        rule, reason = tried["rule"], tried["reason"]
        return {**tried, "rule": self.rules.get(rule, rule), "reason": self.reason(reason)}

    def _answer(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        rule = self.condition(answer["rule"]) if answer["rule"] else ""
        return {"rule": rule, "lost": [self.condition(each) for each in answer["lost"]]}

    def _titled(self, name: str, value: str) -> str:
        return f"「{self.title_of(value)}」" if name == _ENTRY else value

    def _options(self, _: str, value: str) -> str:
        return " or ".join(self.conditions.turn(option, lambda _, inner: inner) for option in value.split("或"))


def _english_rule(tried: Mapping[str, Any], titles: Mapping[str, str]) -> dict[str, Any]:
    """The rule as it stands, its entries called by their titles."""
    reason = re.sub(
        r"[\w-]+", lambda found: f"“{titles[found[0]]}”" if found[0] in titles else found[0], tried["reason"]
    )
    return {**tried, "rule": tried["rule"].capitalize(), "reason": reason}


def load_wording(title_of: Callable[[str], str]) -> Wording:
    """Read both books from the package."""
    chinese, english = (_read(language) for language in ("zh", "en"))
    return Wording(
        rules=chinese["rules"],
        reasons=_book(chinese["reasons"].items()),
        conditions=_book(english["conditions"].items()),
        title_of=title_of,
    )


def _read(language: Language) -> dict[str, dict[str, str]]:
    return tomllib.loads((files("bot.web") / "translations" / f"why.{language}.toml").read_text("utf-8"))


def _book(readings: Iterable[tuple[str, str]]) -> Book:
    longest_first = sorted(readings, key=lambda each: -len(each[0]))
    return Book(tuple((_pattern(sentence), reading) for sentence, reading in longest_first))


def _pattern(sentence: str) -> re.Pattern[str]:
    return re.compile(_VARIABLE.sub(r"(?P<\1>.+?)", re.escape(sentence)), re.DOTALL)
