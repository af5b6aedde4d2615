"""A small shop at ten on a working day, and what it answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from knowledge.answers.choose import Chosen, answer
from knowledge.manual.entry import Answer, Circumstances, Entry, Fact, Manual, Product, When

SHANGHAI = ZoneInfo("Asia/Shanghai")
AT_TEN = Circumstances(local_time=datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI))

SHOP = Manual(
    facts=(
        Fact(name="dispatch_cutoff", title="截单", value="16:00"),
        Fact(name="remote_regions", title="偏远", value="新疆、西藏"),
        Fact(name="ships_from", title="发货地", value="浙江杭州"),
        Fact(name="delivery_days_same_province", title="省内", value="1"),
        Fact(name="delivery_days_ordinary", title="普通", value="3"),
        Fact(name="delivery_days_remote", title="偏远", value="7"),
        Fact(name="warranty", title="质保", value="一般一年"),
        Fact(name="unset", title="没填", value=" "),
    ),
    products=(
        Product(id="cup", title="保温杯", attributes={"warranty": "两年", "colour": " "}),
        Product(id="sock", title="袜子"),
    ),
)
POSTAGE = Manual(
    facts=(
        *SHOP.facts,
        Fact(name="free_postage_over", title="包邮", value="59"),
        Fact(name="remote_free_postage_over", title="偏远包邮", value="199"),
        Fact(name="bulk_from", title="团购", value="20"),
    )
)


def entry_of(*whens: When) -> Entry:
    answers = tuple(Answer(bubbles=(str(place),), when=when) for place, when in enumerate(whens, 1))
    return Entry(id="e", group="g", title="t", questions=("q",), answers=(*answers, Answer(bubbles=("default",))))


def filled(bubble: str, *, manual: Manual = SHOP, **changes: object) -> Chosen:
    """What becomes of that bubble, the only answer there is."""
    entry = Entry(id="e", group="g", title="t", questions=("q",), answers=(Answer(bubbles=(bubble,)),))
    return answer(manual, entry, replace(AT_TEN, **changes))  # type: ignore[arg-type]  # as above
