"""The question is about one of these products, or about any that is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.answers.conditions.condition import Cell, Condition, Rank, either
from knowledge.manual.entry import ANY
from knowledge.reasons.faults import fault
from knowledge.reasons.reason import because

if TYPE_CHECKING:
    from collections.abc import Iterator

    from knowledge.answers.conditions.condition import Shop
    from knowledge.manual.entry import Circumstances, Manual, When
    from knowledge.reasons.faults import Fault
    from knowledge.reasons.reason import Reason


def _said(when: When) -> Reason:
    if ANY in when.products:
        return because("product_is_known")
    return because("product_is", products=either(sorted(when.products)))


def _against(when: When, _: Manual, circumstances: Circumstances) -> Reason | None:
    if circumstances.product_id is None:
        return because("product_unknown")
    return None if {circumstances.product_id, ANY} & when.products else because("another_product")


def _errors(when: When, shop: Shop) -> Iterator[Fault]:
    known = {product.id for product in shop.manual.products} | {ANY}
    return (fault("condition_no_product", product=product) for product in sorted(when.products - known))


PRODUCTS = Condition(
    cells=(Cell(field="products", form="products"),),
    rank=Rank.PRODUCT,
    said=_said,
    against=_against,
    is_exact=lambda when, circumstances: circumstances.product_id in when.products,
    errors=_errors,
)
