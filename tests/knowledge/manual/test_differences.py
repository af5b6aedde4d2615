from __future__ import annotations

from dataclasses import replace

from knowledge.manual.differences import Difference, changes
from knowledge.manual.entry import Answer, Entry, Fact, Line, Manual, Product

COURIER = Entry(
    id="courier",
    group="shipping",
    title="发什么快递",
    questions=("发什么快递",),
    answers=(Answer(bubbles=("中通。",)),),
)
WHEN = replace(COURIER, id="when", title="什么时候发货", questions=("什么时候发货", "几时发"))
BEFORE = Manual(
    entries=(COURIER, WHEN),
    facts=(Fact(name="courier", title="快递", value="中通"),),
    products=(Product(id="cup", title="茶杯"),),
    lines=(Line(id="welcome", title="欢迎", bubbles=("您好。",)),),
)
SAME = Difference(added=(), changed=(), removed=())


def test_equal_manuals_do_not_differ_whatever_their_order() -> None:
    found = changes(BEFORE, replace(BEFORE, entries=(WHEN, COURIER)))
    assert (found.entries, found.facts, found.products, found.lines) == (SAME, SAME, SAME, SAME)
    assert not any((found.entries, found.facts, found.products, found.lines))
    assert (found.questions_before, found.questions_after) == (3, 3)


def test_what_came_changed_and_went_is_named() -> None:
    after = Manual(
        entries=(replace(COURIER, questions=("发什么快递", "用哪家")), replace(WHEN, id="dispatch")),
        facts=(Fact(name="courier", title="快递", value="圆通"),),
        products=(),
        lines=(*BEFORE.lines, Line(id="farewell", title="再见", bubbles=("再见。",))),
    )
    found = changes(BEFORE, after)
    assert found.entries == Difference(added=("dispatch",), changed=("courier",), removed=("when",))
    assert found.facts == Difference(added=(), changed=("courier",), removed=())
    assert found.products == Difference(added=(), changed=(), removed=("cup",))
    assert found.lines == Difference(added=("farewell",), changed=(), removed=())
    assert (found.questions_before, found.questions_after) == (3, 4)
