from __future__ import annotations

import pytest

from bot.domain.tempers import is_calm, is_upset, looks_furious
from knowledge.text import fold


@pytest.mark.parametrize(
    "words",
    [
        *("联系你们也不理", "客服怎么不回消息", "说话不算数"),
        *("我要投诉你们", "再不发货我就打12315", "找12345热线了", "再不处理我找平台了", "申请平台介入", "我要曝光你们"),
        *(
            "给你们差评",
            "不给退我就打差评",
            "不投诉不行了",
            "不给差评才怪",
            "别逼我投诉",
            "再不发我就报警",
            "已经报警了",
        ),
        *(
            "你们是骗子吧",
            "被骗了",
            "你们家是黑店吗",
            "太坑了吧",
            "又被坑了",
            "假一赔三，赔钱",
            "什么态度啊",
            "气死我了",
        ),
        *("这不是骗钱吗", "你们不就是坑人吗", "不是骗子是什么", "难道不是欺骗吗", "服务好个屁 态度真差"),
        *("垃圾", "太垃圾了", "什么破快递", "滚", "妈的 怎么还没到", "真他妈慢", "这tm也叫发货", "都特么三天了"),
        *(
            "操你妈",
            "草尼马",
            "你全家死光 死全家",
            "傻逼店",
            "煞笔",
            "一群sb",
            "狗屁客服",
            "放你的屁",
            "你们有病吧",
            "脑残",
        ),
        *(
            "这衣服垃圾",
            "那质量真垃圾",
            "你们是猪吗",
            "能不能说人话",
            "听不懂人话",
            "你这答非所问的",
            "别磨磨叽叽的",
            "装死吗",
        ),
        *("没人理我", "怎么没有人管我", "不退就是坑人", "不发货就是骗人"),
    ],
)
def test_anger_and_threats_are_heard(words: str) -> None:
    assert is_upset(fold(words))
    assert not is_calm(fold(words))


@pytest.mark.parametrize(
    "words",
    [
        *("包邮吗", "微信号abc12345", "订单号1231500012345", "能给个好评吗", "评价怎么样", "质量好不好", "操作难吗"),
        *("我妈的生日快到了", "我妈的身高一米六", "他妈的尺码怎么选", "他妈说颜色不对", "给他妈妈买", "智障人士能用吗"),
        *("tmall有店吗", "usb接口吗", "草莓味的", "废物回收箱有吗", "月季有病斑吗", "滚筒洗衣机能洗吗", "宝宝放屁多吗"),
        *("这个能装垃圾吗", "这厨房垃圾", "你们是猪肉馅吗", "三天没人理 快寄", "有人管吗"),
    ],
)
def test_what_only_looks_like_anger_is_none(words: str) -> None:
    assert not is_upset(fold(words))


@pytest.mark.parametrize(
    "words",
    [
        *("垃圾桶有吗", "烟雾报警灵吗", "快没电会报警不", "找平台付款安全吗", "音质垃圾不"),
        *("会不会有差评", "差评多不多", "看到差评说会掉毛", "有没有人投诉过你们", "假一赔十吗", "是正品不？假一赔十不"),
        *("怕被骗", "担心又是骗子", "不会骗人吧", "不坑我吧", "不会是骗人的吧", "你们没骗我", "别坑我呀", "防骗"),
        *("会不会是涂层骗人的", "可别是骗子吧", "该不会是坑人的", "不好吃就是坑人吧", "不会是假皮骗人的吧"),
        *("我可不想投诉你们", "不会打差评的放心", "我不是来投诉的"),
        *("客服小姐姐态度真好", "服务很周到", "质量挺不错", "给你们五星好评"),
    ],
)
def test_praise_worry_and_denial_are_calm(words: str) -> None:
    assert not is_upset(fold(words))
    assert is_calm(fold(words))


@pytest.mark.parametrize(
    ("words", "furious"), [("😡😡", True), ("还没发货[发怒]", True), ("😊", False), ("怒江包邮吗", False)]
)
def test_faces_of_anger(words: str, *, furious: bool) -> None:
    assert looks_furious(words) is furious
