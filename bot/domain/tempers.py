"""What a person should hear of at once, or only once: anger and threats, and advertisements."""

from __future__ import annotations

import re

_UPSET = re.compile(
    r"投诉|举报|12315|12345|消协|消费者协会|工商局|市监局|市场监督|曝光|起诉|告你们|法院|律师函|律师|报警|"
    r"骗子|骗人|骗钱|诈骗|黑店|奸商|坑人|坑爹|无良|垃圾(?:店|商家|客服|东西|质量)|太垃圾|真垃圾|"
    r"差评(?:伺候|等着|警告)|(?:给|打|要给|准备)(?:你们?)?(?:个)?差评|气死|气人|火大|恶心|滚|妈的|他妈|tmd|傻[逼b叉]|sb客服|"
    r"什么态度|态度(?:真|太|很|这么)?(?:差|恶劣|烂)|忽悠|耍我|玩我|不要脸|缺德|没良心|太过分|太欺负人|假一赔"
)
_CALM_ALL_THE_SAME = re.compile(
    r"垃圾(?:桶|袋|分类|盒|箱)|会不会有?差评|差评多|评价|滚(?:筒|轮|动|珠|刷|烫)|搅拌|律师(?:袍|证)"
)

_CONTACT = re.compile(
    r"(?:加|\+|＋|家|jia)(?:我|下|一下|个)?(?:的)?(?:v信|vx|wx|v(?![a-z])|微信|薇信|威信|围信|徽信|扣扣|qq|q群|企鹅|群)|"
    r"(?:微信|薇信|vx|v信|qq|扣扣)(?:号|:|：)?\s*[a-z0-9_-]{5,}|https?://|www\.|t\.me/|(?:私|戳)(?:我|聊)"
)
_TRADE = re.compile(
    r"刷单|补单|刷销量|刷好评|刷信誉|礼品单|(?<!真)空包(?!装)|代运营|淘宝客|淘客|引流|涨粉|代刷|代发货源|一手货源|货源对接|直播带货合作|"
    r"店铺(?:转让|升级|诊断|推广)|推广(?:服务|合作|引流)|直通车(?:代|优化|托管)|提升(?:排名|权重|销量)|网店(?:运营|托管)|"
    r"兼职|日结|日赚|月入|躺赚|贷款|放款|征信|发票代开|代开发票|网赚|博彩|彩票|股票群|返佣|佣金(?:高|日结)|免费试用名额|打字员|招代理"
)
_OFFER = re.compile(
    r"我们是|我司|专业|合作|提供|承接|欢迎(?:咨询|了解|来电)|需要(?:的)?(?:联系|加|可以加|私)|有需要|"
    r"联系(?:我|电话|方式)|诚招|招聘|免费"
)


def is_upset(folded: str) -> bool:
    """Whether the buyer is angry or threatens: a person should see it now."""
    return bool(_UPSET.search(_CALM_ALL_THE_SAME.sub("", folded)))


def is_advertisement(text: str) -> bool:
    """Whether the message sells something to the shop rather than asks for something.

    Two signs of three are needed (a way to be contacted, a trade that only preys on shops, the tone of an offer), or
    the trade with an offer's length: a buyer's "能加微信吗" alone is a question.
    """
    plain = re.sub(r"\s+", "", text.lower())
    signs = bool(_CONTACT.search(plain)) + bool(_OFFER.search(plain)) + 2 * bool(_TRADE.search(plain))
    asks = plain.endswith(("吗", "么", "?", "？"))
    return signs >= (3 if asks else 2)
