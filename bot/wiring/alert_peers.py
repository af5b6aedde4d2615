"""The configuration's alerts, ready to use: where people of the shop are told, and in which words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.alerts import KINDS, load_kind
from adapters.contract import BadSettings, Problem
from bot.config import BadConfig
from bot.domain.alerts import Peer, Telling

if TYPE_CHECKING:
    from bot.config import AlertPeer, Config
    from knowledge.reasons.sentences import Language


def open_alerts(config: Config) -> dict[str, Peer]:
    """Make every peer's messenger. Raises `BadConfig` with the problems of all of them."""
    peers, problems = dict[str, Peer](), list[Problem]()
    for number, each in enumerate(config.alerts, 1):
        try:
            peers[each.name] = _peer(each)
        except BadSettings as bad:
            problems += [Problem(f"alerts[{number}].{p.field}", p.problem) for p in bad.problems]
    if problems:
        raise BadConfig(tuple(problems))
    return peers


def telling_of(config: Config, language: Language) -> Telling:
    """How alerts are put into words in this shop."""
    return Telling(language=language, zone=config.shop.timezone, desk_url=config.server.public_url.rstrip("/"))


def _peer(given: AlertPeer) -> Peer:
    if given.kind not in KINDS:
        raise BadSettings((Problem("kind", f"there is no kind {given.kind!r}; there are: {', '.join(KINDS)}"),))
    messenger = load_kind(given.kind).configure(given.settings)
    return Peer(name=given.name, messenger=messenger, events=given.events, language=given.language)
