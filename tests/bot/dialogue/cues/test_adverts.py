from __future__ import annotations

import pytest

from bot.dialogue.cues.adverts import is_advertisement, leads_outside


@pytest.mark.parametrize(
    "words",
    [
        "我们专业刷单，诚信合作，加V：abc12345",
        "店铺代运营，提升排名，需要联系",
        "兼职日结300，有兴趣加QQ123456",
        "你好，我司专业承接淘宝代运营，欢迎咨询",
        "亲，需要空包吗",
        "贷款秒批无需征信",
        "https://shop.example/abc 免费领取",
        "直播带货合作有兴趣吗",
        "做主图视频的，需要可以联系我",
        "提供一手货源，一件代发",
        "加我微信 abc12345",
        *(
            "贵店流量上不去？保上热门",
            "我们是做短视频的 看看合作",
            "销量冲到1000",
            "快递代打0.9元一单",
            "扫码入群领现金",
        ),
        *(
            "高价收购天猫店铺",
            "招募大学生兼职",
            "帮你们刷好评",
            "老板需要美工吗",
            "要不要找主播带货？",
            "您好，缺达人推广吗",
        ),
        *("我是天猫平台客服，您的商品已下架，点链接处理", "我们是消保中心的专员 请缴纳保证金"),
        *("贵店资质异常，请尽快扫码认证", "您的店铺将被冻结，需联系官方核实"),
        *("老板 我们公司想在你家店里投点广告", "你好可以给你们打个广告吗"),
    ],
)
def test_an_advertisement_is_known_by_two_signs(words: str) -> None:
    assert is_advertisement(words)


@pytest.mark.parametrize(
    "words",
    [
        "能加微信吗",
        "可以微信付款吗",
        "你们家微信公众号是啥",
        "真空包装的吗",
        "空包邮寄吗",
        "可以免费换吗",
        "支持代发货吗",
        "能开发票吗",
        "我想和你们合作",
        "微波炉能用吗",
        "有佣金吗",
        "",
        *(
            "能代发吗",
            "一件代发怎么弄",
            "有合作吗",
            "还招代理吗",
            "怎么加盟",
            "你们招客服吗",
            "招不招主播",
            "可以做礼品代发吗",
        ),
        *("你们是刷单的吧", "销量是不是刷的", "评价都是刷好评刷出来的吧", "你们店有刷单吗", "QQ上说你们刷单返钱"),
        *("主图那款有吗", "主图视频里那双有货吗", "模特穿几码", "需要拍视频吗", "要不要下载软件", "需要模特同款"),
        *(
            "58元一单包邮吗",
            "直播带货那个价还有吗",
            "我是主播要样品",
            "领红包在哪领",
            "卡片上说扫码领红包 真假",
            "收到空包裹",
        ),
        *("我们做酒店的，要一百个杯子", "我们公司想合作采购", "流量卡有吗", "账号怎么换手机号", "学生兼职能优惠吗"),
        *("https://item.taobao.com/item.htm?id=600000000001 需要合作吗", "https://item.jd.com/1.html 专业相机包吗"),
        *("我找了淘宝客服 他们说你们违规", "你们店违规了 我要举报", "您的店铺认证了吗", "我是平台介入的那个买家"),
        *("我是在淘宝下单的，链接打不开", "您的店铺在哪，要联系谁退货吗"),
        "你们是不是打广告骗人的",
        "你们打的广告跟实物不一样",
        "想问下你们广告里那款毛衣多少钱",
        "能不能别给我打广告了",
    ],
)
def test_a_buyers_question_is_no_advertisement(words: str) -> None:
    assert not is_advertisement(words)


def test_the_tone_of_an_offer_that_others_have_sent_as_well_is_an_advertisement() -> None:
    words = "老板您好，欢迎了解我们的新服务"
    assert not is_advertisement(words)
    assert not is_advertisement(words, said_by_others=1)
    assert is_advertisement(words, said_by_others=2)
    assert not is_advertisement("我上周买的那件毛衣到现在还没有发货", said_by_others=9)


@pytest.mark.parametrize(
    "words",
    ["能加微信吗", "加个微信发你看", "有群吗", "发我个微信", "手机号给我", "私聊我", "上https://shop.example/x 聊"],
)
def test_a_way_around_the_platform_is_seen(words: str) -> None:
    assert leads_outside(words)


@pytest.mark.parametrize(
    "words",
    ["微信能付款吗", "加微波炉吗", "让快递员打电话给我", "包邮吗", "你家微信公众号是啥", "https://m.tb.cn/h.6xYz 这个"],
)
def test_what_stays_on_the_platform(words: str) -> None:
    assert not leads_outside(words)
