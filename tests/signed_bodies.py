"""Strange bodies that are signed as a platform signs: recorded ones, changed at random, and plain garbage."""

from __future__ import annotations

import contextlib
import json
import random
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapters import load_platform
from adapters.clean import is_clean_id
from adapters.contract import BadPayload, BadSignature, Request
from bot.errors import in_short
from bot.storage.packing import EVENT_KINDS, pack_event, unpack_event
from tests.fakes import FakeClock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapters.contract import Adapter, Inbound
    from tests.platform_shop import PlatformShop

PAYLOADS = Path(__file__).parent / "adapters"
IDS = {b"100000000000000": "phone_number_id", b"200000000000000": "page_id"}
"""What stands for the shop in recorded bodies, and the setting that names it."""
ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    2**31,
    2**63,
    1.5,
    "",
    " ",
    "\x00",
    "\ud83d",
    "长" * 30_000,
    "\u202e\u200b",
    "ａ",
    [],
    {},
    [[]],
    {"": {}},
    ["x"] * 300,
    "https://img.shop.example/" + "x" * 5_000,
    "9" * 400,
    "1970-01-01T00:00:00Z",
)


_ELEMENT = re.compile(rb"<((?!xml)\w+)>(.*?)</\1>", re.DOTALL)


@dataclass
class Found:
    """What became of many bodies: how they were taken, and everything that must not be."""

    taken: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def fuzz(kind: type[PlatformShop], *, bodies: int, seed: int) -> Found:
    """Bring so many bodies to the adapter's door."""
    shop = kind(url="", clock=FakeClock(), unused=None)  # type: ignore[arg-type]  # it is never opened
    settings = {**shop.own_settings, "api_url": shop.recorder.url, "allow_private_api_url": True}
    shop.recorder.closes()
    adapter = load_platform(kind.platform_name).configure(channel="tea", settings=settings)
    found, dice = Found(), random.Random(seed)  # noqa: S311 - repeatable, protects nothing
    folder = PAYLOADS / kind.platform_name.replace("-", "_") / "payloads"
    recorded = [as_for(shop, path.read_bytes()) for path in sorted(folder.iterdir())]
    for body in strange(recorded, bodies, dice):
        posted = shop.signed_body(body)
        headers = {name.lower(): value for name, value in posted.headers.items()}
        _judge(adapter, Request(query=posted.query, headers=headers, body=posted.body), shop, found, body)
    return found


def as_for(shop: PlatformShop, body: bytes) -> bytes:
    """The recorded body, if it were for this shop."""
    for theirs, ours in IDS.items():
        body = body.replace(theirs, str(shop.own_settings.get(ours, "")).encode() or theirs)
    return body


def strange(recorded: list[bytes], count: int, dice: random.Random) -> Iterator[bytes]:
    """Mostly recorded bodies with one to five values that are others, or some bytes that are."""
    for _ in range(count):
        body = dice.choice(recorded)
        if dice.random() < 0.7 and body.lstrip().startswith(b"<"):
            yield _ELEMENT.sub(lambda found: _bent(found, dice), body)
            continue
        if dice.random() < 0.7:
            with contextlib.suppress(ValueError):
                value = json.loads(body)
                for _ in range(dice.randint(1, 5)):
                    value = _changed(value, dice)
                yield json.dumps(value, ensure_ascii=dice.random() < 0.5).encode("utf-8", "surrogatepass")
                continue
        yield _torn(body, dice)


def _changed(value: Any, dice: random.Random) -> Any:
    """The same value with something odd in one place of it."""
    if isinstance(value, dict) and value and dice.random() < 0.9:
        name = dice.choice(list(value))
        if dice.random() < 0.1:
            return {key: each for key, each in value.items() if key != name}
        return {**value, name: _changed(value[name], dice)}
    if isinstance(value, list) and value and dice.random() < 0.9:
        place = dice.randrange(len(value))
        return [*value[:place], _changed(value[place], dice), *value[place + 1 :]]
    return dice.choice(ODD)


def _bent(found: re.Match[bytes], dice: random.Random) -> bytes:
    """Most elements stay as they are; some lose their words, get others, or are gone."""
    if dice.random() < 0.8:
        return found[0]
    words = (b"", b"0", b"-1", b"9" * 40, b"a" * 30_000, b"<a><b>1</b></a>", b"&lt;", b"event", "\u202e\ufffd".encode())
    return dice.choice((b"", b"<%b>%b</%b>" % (found[1], dice.choice(words), found[1])))


def _torn(body: bytes, dice: random.Random) -> bytes:
    """The same bytes with some of them lost, repeated or others."""
    torn = bytearray(body)
    for _ in range(dice.randint(1, 8)):
        place = dice.randrange(len(torn)) if torn else 0
        what = dice.randrange(4)
        if what == 0:
            torn[place : place + dice.randint(1, 40)] = b""
        elif what == 1:
            torn[place:place] = bytes(dice.randrange(256) for _ in range(dice.randint(1, 8)))
        elif what == 2:
            torn[place:place] = torn[: dice.randint(1, 60)]
        else:
            torn = torn[:place]
    return bytes(torn)


def _judge(adapter: Adapter, request: Request, shop: PlatformShop, found: Found, body: bytes) -> None:
    try:
        received = adapter.receive(request, now=shop.clock.now())
        for event in received.events:
            _look_at(event)
    except BadPayload:
        found.taken["not understood"] += 1
    except BadSignature:
        found.taken["not signed"] += 1
    except Exception as problem:  # noqa: BLE001 - whatever it is, is what is looked for
        found.wrong.append(f"{in_short(problem)}: {problem!r:.200} at {body[:500]!r}")
    else:
        found.taken["read" if received.events else "nothing said"] += 1


def _look_at(event: Inbound) -> None:
    """What the database and the pages need of an event, whoever made it."""
    assert is_clean_id(event.external_id), event.external_id
    assert is_clean_id(event.conversation_id), event.conversation_id
    assert event.sent_at is None or event.sent_at.tzinfo is not None
    kind = EVENT_KINDS[type(event.event)]
    assert unpack_event(kind, pack_event(event.event)) == event.event
