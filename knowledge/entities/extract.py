"""What a buyer's message names: place, product, courier, order, parcel, sum, number, size and day.

Only what is plainly named counts, so that a wrong figure never chooses an answer. A message that asks several things is
split before: each part is read by itself.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.entities.couriers import courier_in
from knowledge.entities.dates import days_in
from knowledge.entities.measurements import height_in, in_centimetres, weight_in
from knowledge.entities.money import quantity_in, sum_in
from knowledge.entities.names import buyers_place, product_and_name
from knowledge.entities.numbers import numbers_in
from knowledge.entities.orders import order_number_in, parcel_number_in
from knowledge.language.normalisation import LONGEST, fold

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from knowledge.entities.numbers import Number
    from knowledge.manual.entry import Product

_THING_CHARACTERS = 2
"""This many characters behind a number tell one thing from another: 30个大果 from 30个."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a message names; None for all that it does not. Figures carry their unit in their name.

    `courier` is one of `COURIERS`. Days stay in words ("明天", "周五前", "双十一"): which dates they are, a clock says.
    `day` is the one that is asked about, `paid_on` the one on which the buyer pays, or on which it is sent so as to
    arrive on the other: "周六下单周三前能到吗".
    """

    region: str | None = None
    city: str | None = None
    product_id: str | None = None
    courier: str | None = None
    order_number: str | None = None
    parcel_number: str | None = None
    amount_yuan: Decimal | None = None
    quantity: int | None = None
    height_cm: int | None = None
    weight_kg: float | None = None
    day: str | None = None
    paid_on: str | None = None


def notice(text: str, *, products: Sequence[Product]) -> Named:
    """Everything a message names. `text` is as typed. Pure; never raises; some tens of microseconds when short."""
    typed, folded = unicodedata.normalize("NFKC", text[:LONGEST]), fold(text)
    product_id, name = product_and_name(folded, products)
    said = folded.replace(name, " ") if name else folded  # "云南普洱茶包邮吗" names no province
    place, measured = buyers_place(said, products=products), in_centimetres(said)
    numbers, days = numbers_in(measured), days_in(said)
    height_cm = height_in(measured, numbers)
    return Named(
        region=place.region if place else None,
        city=place.city if place else None,
        product_id=product_id,
        courier=courier_in(said),
        order_number=order_number_in(typed),
        parcel_number=parcel_number_in(typed),
        amount_yuan=sum_in(typed, numbers),
        quantity=quantity_in([number for number in numbers if not _is_of_goods(number, products)]),
        height_cm=height_cm,
        weight_kg=weight_in(measured, numbers, height_cm),
        day=days.asked,
        paid_on=days.paid,
    )


def _is_of_goods(number: Number, products: Sequence[Product]) -> bool:
    """Whether a number with the words behind it stands in what is known of a product: "30个大果" is a kind of fruit."""
    thing = number.text + number.after[:_THING_CHARACTERS]
    return len(number.after) >= _THING_CHARACTERS and any(
        thing in known
        for product in products
        for known in (product.title, *product.aliases, *product.attributes.values())
    )
