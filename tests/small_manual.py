"""A manual of a few entries, so that a bot starts at once and every story knows which words mean what.

Its questions are matched as whole sentences; how well other wordings are understood is for tests/knowledge. The bot's
own lines, the facts and the products are those of the starter manual.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from knowledge.manual.entry import Answer, Entry, Product, When
from knowledge.manual.files import starter_manual

if TYPE_CHECKING:
    from knowledge.manual.entry import Manual


def small_entry(entry_id: str, title: str, asked: str, *answers: str | Answer, **more: bool) -> Entry:
    """An entry whose examples are separated by "|", with plain answers or full ones."""
    full = [Answer(bubbles=(each,)) if isinstance(each, str) else each for each in answers]
    return Entry(id=entry_id, group="test", title=title, questions=tuple(asked.split("|")), answers=tuple(full), **more)


ENTRIES = (
    small_entry("dispatch", "什么时候发货", "什么时候发货|几时能寄出去|多久可以发出", "下单后48小时内发货。"),
    small_entry("courier", "发什么快递", "发什么快递|用哪家物流|是中通吗", "默认发中通。"),
    small_entry(
        "postage",
        "运费多少",
        "新疆包邮吗|邮费怎么算|要不要运费",
        "江浙沪包邮。",
        Answer(bubbles=("新疆满199元包邮。",), when=When(regions=frozenset({"新疆"}))),
    ),
    small_entry(
        "return",
        "怎么退货",
        "怎么退货|不想要了怎么退|退货流程",
        Answer(bubbles=("签收7天内可以退货。", "在订单里点申请退货就行。", "退货地址会在审核后发给您。")),
    ),
    small_entry("cup-care", "茶杯怎么洗", "怎么洗|茶杯怎么洗|杯子能用洗碗机吗", "茶杯可以用洗碗机。"),
    small_entry("towel-care", "毛巾怎么洗", "怎么洗|毛巾怎么洗|毛巾能机洗吗", "毛巾请冷水手洗。"),
    small_entry("group-buy", "团购", "我要团购|团购怎么弄|公司团购", "团购由同事为您报价。", hands_over=True),
    small_entry(
        "size",
        "尺码",
        "有什么尺码|尺码多大|尺寸是多少",
        "您问的是哪一款呢？",
        Answer(bubbles=("这款尺码：{尺码}。",), when=When(products=frozenset({"*"}))),
        needs_product=True,
    ),
    small_entry(
        "secret-word",
        "暗号",
        "接头暗号是什么|今天的口令|口令是什么",
        "没有口令。",
        Answer(bubbles=("宝塔镇河妖。",), when=When(words=frozenset({"天王盖地虎"}))),
    ),
    small_entry("delivery", "几天到", "几天能送到|路上要多久|什么时候能收到", "到{region}要{delivery_days}天。"),
    small_entry("greeting", "打招呼", "你好|在吗|您好", "您好，请说。"),
    small_entry("farewell", "道谢、再见", "谢谢|再见|好的谢谢", "不客气。"),
    small_entry("human", "找人工客服", "人工|转人工|我想直接跟店主说", "好的。", hands_over=True),
)
PRODUCTS = (
    Product(id="pillow-1", title="云朵枕", attributes={"尺码": "48×74厘米"}),
    Product(id="lamp-1", title="星河灯"),
)
NONSENSE = "Ποῦ εἶναι"
MORE_NONSENSE = "Τί ὥρα"
"""Nothing in the manual comes near these: they share no letter with it."""


def small_manual() -> Manual:
    return dataclasses.replace(starter_manual(), entries=ENTRIES, products=PRODUCTS)
