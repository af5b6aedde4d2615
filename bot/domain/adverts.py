"""Who sells something to the shop rather than asks it something, and who wants to go on outside the platform."""

from __future__ import annotations

import re

_CONTACT = re.compile(
    r"(?:加|\+|＋|(?<![你我他她大人商店卖买这那一专])家|jia)(?:我|你们?|下|一下|个|一个)*(?:的)?"
    r"(?:v信|vx|wx|v(?![a-z])|微信?(?!波|型|弹|米|尘|量|风)|薇信?|威信|围信|徽信|扣扣|qq|q群|企鹅|群)|"
    r"(?:微信|薇信|vx|v信|qq|扣扣)(?:号|:|：)?[a-z0-9_-]{5,}|https?://|www\.|t\.me/|(?:私|戳)(?:我|聊)"
)
_WITH_ADDRESS = re.compile(
    r"(?:加|\+|＋|jia)(?:我|下|一下|个)*(?:的)?(?:v信|vx|wx|v|微信?|薇信?|威信|围信|扣扣|qq|企鹅)(?:号|:|：|\s)*[a-z0-9_-]{5,}"
)
_TRADE = re.compile(
    r"刷单|补单|刷销量|刷好评|刷信誉|礼品单|(?<!真)空包(?!装|邮|子)|代运营|淘宝客|淘客|引流|涨粉|代刷|代发货源|一手货源|货源对接|直播带货合作|"
    r"店铺(?:转让|升级|诊断|推广|装修|运营)|推广(?:服务|合作|引流)|直通车(?:代|优化|托管)|提升(?:排名|权重|销量)|网店(?:运营|托管)|"
    r"日结|日赚|躺赚|(?<!不)放款|秒批|(?<!查)征信|发票代开|代开发票|网赚|博彩|时时彩|股票群|返佣|佣金(?:高|日结)|免费试用名额|打字员|诚招代理|"
    r"真人测评|代写(?:好评|买家秀)|做(?:主图|详情页?|视频|设计|推广|运营|快递|物流)+的|详情页(?:设计|制作|装修)|美工(?:外包|设计|服务)|产品拍摄|商品拍摄|爆款打造|代打包|云仓|"
    r"仓储代发|快递代发|粉丝群推广|店铺贷|企业贷|信用卡(?:套现|代还)"
)
_OFFER = re.compile(
    r"我们是|我司|专业|合作|提供|承接|承包|欢迎(?:咨询|了解|来电|添加)|需要(?:的)?(?:可以|请)?(?:联系|加|私)|有需要|有兴趣|感兴趣|"
    r"需要.{0,8}[吗么]|联系(?:我|电话|方式)|诚招|招聘|兼职|免费|诚信|价格(?:优惠|美丽)|一单\d"
)
_OUTSIDE = re.compile(
    r"(?:手机|电话)号(?:发|给)我|(?:发|给)我(?:个|一个)?(?:微信|电话号|手机号)|(?:有没有|有)(?:粉丝|买家)?群[吗么]?$"
)
MANY_OTHERS = 2
_ASKS = ("吗", "么", "?", "？", "不", "嘛")


def is_advertisement(text: str, *, said_by_others: int = 0) -> bool:
    """Whether the message sells something to the shop rather than asks for something.

    Two signs of four are needed (a way to be contacted, a trade that only preys on shops, the tone of an offer, others
    who sent the same text); the trade counts twice, and so does an address to be contacted at. A buyer's "能加微信吗"
    alone is a question.
    """
    plain = _plain(text)
    contact = max(bool(_CONTACT.search(plain)), 2 * bool(_WITH_ADDRESS.search(plain)))
    signs = contact + bool(_OFFER.search(plain)) + 2 * bool(_TRADE.search(plain)) + (said_by_others >= MANY_OTHERS)
    return signs >= (3 if plain.endswith(_ASKS) else 2)


def leads_outside(text: str) -> bool:
    """Whether the buyer wants to talk outside the platform ("能加微信吗"): no answer of a manual fits that."""
    plain = _plain(text)
    return bool(_CONTACT.search(plain) or _OUTSIDE.search(plain))


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", text.lower())
