"""Links to a product, and the texts that the platforms' apps make around them when a buyer shares one."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from knowledge.phrases.phrase import Phrase

_LINK = Phrase("link", "link")
_AROUND = Phrase("link", "around")
_TITLE = re.compile(r"「([^「」]+)」")
_ID = re.compile(r"[?&](?:id|goods_id|item_id|itemid|skuid|sku_id|product_id)=([\w-]+)|/(\d{5,})\.html", re.IGNORECASE)


_REST = r"(?:[/?#][^\s\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]*)?"
_LAST_STEP = re.compile(r"/([\w-]+)(?:\.html?)?/?(?:[?#].*)?$")


class LinkedProduct(NamedTuple):
    """What a link, and the app's text around it, say of a product; empty where they say nothing."""

    product_id: str
    title: str


@cache
def _own_link(hosts: tuple[str, ...]) -> re.Pattern[str]:
    """A link to one of these hosts or below; not to one that only begins or ends like it."""
    names = "|".join(map(re.escape, hosts))
    return re.compile(
        rf"(?:https?://|(?<![\w@.-]))(?:[\w-]+\.)*(?:{names})(?::\d{{1,5}})?(?![\w.@:-]){_REST}", re.IGNORECASE
    )


def without_product_links(text: str, own_hosts: tuple[str, ...] = ()) -> str:
    """The text without links to a shop platform or the shop's own hosts, and without what an app writes around one.

    A product's title stays.
    """
    if "." not in text:  # every host has one, and most messages have none
        return text
    said = _LINK.pattern.sub(" \ue000 ", text)
    if own_hosts:
        said = _own_link(own_hosts).sub(" \ue000 ", said)
    return text if said == text else " ".join(_AROUND.pattern.sub(" ", said).split())


def linked_product(text: str, own_hosts: tuple[str, ...] = ()) -> LinkedProduct | None:
    """The product that the first link to a shop platform, or to the shop itself, leads to; None without such a link.

    At the shop itself the last step of the way may be its id.
    """
    link, own = _LINK.pattern.search(text), None
    if link is None and own_hosts:
        link = own = _own_link(own_hosts).search(text)
    if link is None:
        return None
    named, titled = _ID.search(link[0]), _TITLE.search(text)
    product_id = (named[1] or named[2]) if named else ""
    if own and not named and (step := _LAST_STEP.search(link[0].partition("//")[2])):
        product_id = step[1]
    return LinkedProduct(product_id, titled[1].strip() if titled else "")
