"""Links to a product, and the texts that the platforms' apps make around them when a buyer shares one."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

_HOSTS = (
    r"(?:[\w-]+\.)*(?:taobao\.com|tmall\.com|tmall\.hk|tb\.cn|1688\.com|jd\.com|3\.cn|jd\.hk|yangkeduo\.com|pinduoduo\.com|pinduoduo\.net|"
    r"jinritemai\.com|douyin\.com|iesdouyin\.com|kuaishou\.com|kwaixiaodian\.com|xiaohongshu\.com|xhslink\.com|weidian\.com|youzan\.com|vip\.com)"
)
_LINK = re.compile(
    rf"(?:https?://|(?<![\w@.])){_HOSTS}(?![\w.])(?:[/?#][^\s\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]*)?", re.IGNORECASE
)
_AROUND = re.compile(
    r"【(?:淘宝|天猫|京东|拼多多|抖音|快手|小红书|微店)】(?:[^\n「」]{1,12}(?=\uE000))?|"
    r"(?<![a-zA-Z\d])[A-Z]{1,2}\d{3,4}(?![a-zA-Z\d])|"
    r"(?:点击|长按|复制)(?:这|此|本)?(?:条|段)?(?:链接|信息|内容|文字).{0,30}?(?:打开|购买|查看)|"
    r"或者?\s*\S{0,6}搜索直接打开|[「」\uE000]"
)
"""A link has become a single character by then, of those that mean nothing."""
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
    said = _LINK.sub(" \ue000 ", text)
    if own_hosts:
        said = _own_link(own_hosts).sub(" \ue000 ", said)
    return text if said == text else " ".join(_AROUND.sub(" ", said).split())


def linked_product(text: str, own_hosts: tuple[str, ...] = ()) -> LinkedProduct | None:
    """The product that the first link to a shop platform, or to the shop itself, leads to; None without such a link.

    At the shop itself the last step of the way may be its id.
    """
    link, own = _LINK.search(text), None
    if link is None and own_hosts:
        link = own = _own_link(own_hosts).search(text)
    if link is None:
        return None
    named, titled = _ID.search(link[0]), _TITLE.search(text)
    product_id = (named[1] or named[2]) if named else ""
    if own and not named and (step := _LAST_STEP.search(link[0].partition("//")[2])):
        product_id = step[1]
    return LinkedProduct(product_id, titled[1].strip() if titled else "")
