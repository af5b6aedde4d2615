from __future__ import annotations

import pytest

from bot.dialogue.cues.links import linked_product, without_product_links

SHARED = (
    "【淘宝】7天无理由退货 https://m.tb.cn/h.6xYzAbC CZ3457 「围巾女秋冬款」\n点击链接直接打开 或者 淘宝搜索直接打开"
)


@pytest.mark.parametrize(
    ("words", "said", "product_id"),
    [
        ("https://item.taobao.com/item.htm?spm=a1z10&id=600000000001 这个有货吗", "这个有货吗", "600000000001"),
        ("这款https://item.jd.com/100000000001.html能退吗", "这款 能退吗", "100000000001"),
        ("http://mobile.yangkeduo.com/goods.html?goods_id=12345", "", "12345"),
        ("detail.tmall.com/item.htm?id=7", "", "7"),
        ("看下 https://3.cn/1-abcDE", "看下", ""),
    ],
)
def test_a_products_link_says_which_one_and_the_words_stay(words: str, said: str, product_id: str) -> None:
    assert without_product_links(words) == said
    linked = linked_product(words)
    assert linked is not None
    assert linked.product_id == product_id
    assert linked.title == ""


def test_what_the_app_writes_around_a_shared_link_is_not_the_buyers() -> None:
    linked = linked_product(SHARED)
    assert linked is not None
    assert linked.title == "围巾女秋冬款"
    assert without_product_links(SHARED) == "围巾女秋冬款"
    assert without_product_links(f"{SHARED} 有货吗") == "围巾女秋冬款 有货吗"


@pytest.mark.parametrize(
    "words",
    [
        "https://t.cn/A6xyz 领红包",
        "https://taobao.com.example/x",
        "淘宝上买的",
        "「好看」M码 CZ3457",
        "mytaobao.com是你们吗",
        "",
    ],
)
def test_other_links_and_words_stay_as_they_are(words: str) -> None:
    assert linked_product(words) is None
    assert without_product_links(words) == words
