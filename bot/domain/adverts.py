"""Who sells something to the shop rather than asks it something, and who wants to go on outside the platform.

A link to a shop platform is neither: buyers send it to show what they mean (see `links.py`).
"""

from __future__ import annotations

import re

from bot.domain.links import without_product_links

_CONTACT = re.compile(
    r"(?:加|\+|＋|(?<![你我他她大人商店卖买这那一专])家|jia)(?:我|你们?|下|一下|个|一个)*(?:的)?"
    r"(?:v信|vx|wx|v(?![a-z])|微信?(?!波|型|弹|米|尘|量|风)|薇信?|威信|围信|徽信|扣扣|qq|q群|企鹅|群)|"
    r"(?:微信|薇信|vx|v信|qq|扣扣)(?:号|:|：)?[a-z0-9_-]{5,}|https?://|www\.|t\.me/|(?:私|戳)(?:我|聊)|扫码(?:进|入|加|领)"
)
_WITH_ADDRESS = re.compile(
    r"(?:加|\+|＋|jia)(?:我|下|一下|个)*(?:的)?(?:v信|vx|wx|v|微信?|薇信?|威信|围信|扣扣|qq|企鹅)(?:号|:|：|\s)*[a-z0-9_-]{5,}"
)
_PLATFORM = "(?:淘宝|天猫|京东|拼多多|抖音|快手|小红书|支付宝|微信|旺旺)"
_SERVICE = (
    "主图|详情页|白底图|模特|美工|修图|代运营|空包(?!装|裹)|刷单|补单|流量|引流|推广|直通车|货源|"
    "达人|网红|主播|带货|客服外包|外包|云仓|代打包"
)
"""What only a shop has a use for."""
_TRADE = re.compile(
    r"刷单|补单|刷销量|刷好评|刷信誉|礼品单|(?<!真)空包(?!装|邮|子|裹|吧|啊|了)|代运营|淘宝客(?!服)|淘客|引流|涨粉|代刷|代发货源|一手货源|货源对接|直播带货合作|"
    r"店铺(?:转让|升级|诊断|推广|装修|运营)|推广(?:服务|合作|引流)|直通车(?:代|优化|托管)|提升(?:排名|权重|销量)|网店(?:运营|托管)|"
    r"日结|日赚|躺赚|(?:快速|当天|马上|极速)放款|秒批|(?:无需|不[看上])征信|发票代开|代开发票|网赚|博彩|时时彩|股票群|返佣|佣金(?:高|日结)|免费试用名额|打字员|诚招代理|"
    r"真人测评|代写(?:好评|买家秀)|做(?:主图|详情页?|视频|设计|推广|运营|快递|物流)+的|详情页(?:设计|制作|装修)|美工(?:外包|设计|服务)|产品拍摄|商品拍摄|爆款打造|代打包|云仓|"
    r"仓储代发|快递代发|粉丝群推广|店铺贷|企业贷|信用卡(?:套现|代还)|"
    r"流量(?:不行|太?少|太?低|太?差|上不去|扶持)|[包保](?:上|进)(?:首页|热搜|热门|榜)|"
    r"(?:评分|dsr|好评|销量|权重|排名|信誉).{0,4}(?:刷|做|拉|提|冲)到?\d|"
    r"\d(?:元|块|毛|分)钱?(?:一|/|每|1)单|(?:一|/|每|1)单(?:只要|低至|才)?\d|"
    rf"(?:出售|出租|收购|回收|高价收|转让)(?:各种|大量|优质)*{_PLATFORM}*(?:账号|帐号|店铺|小号|老号|实名号|白号)|"
    r"(?<!不)(?:招聘?|诚招|招募)(?:兼职|打字|刷手|主播|宝妈|大学生)|兼职.{0,4}(?:招|\d)|在家(?:可做|办公).{0,6}\d|"
    r"(?:我们?|我司|团队|公司)是?(?:专业|专门|一直)*做(?:直播|短视频|带货|达人|网红|探店|种草|推文|引流|推广)"
)
_OFFER = re.compile(
    r"我们是|我司|专业|合作|提供|承接|承包|欢迎(?:咨询|了解|来电|添加)|需要(?:的)?(?:可以|请)?(?:联系|加|私)|有需要|有兴趣|感兴趣|"
    r"需要.{0,8}[吗么]|联系(?:我|电话|方式)|诚招|招聘|兼职|免费|诚信|价格(?:优惠|美丽)|一单\d|领(?:红包|现金|福利|佣金)"
)
_OFFERS_SERVICE = re.compile(
    rf"^(?:亲|老板|掌柜的?|店主|您好?|你好?|在吗|请问|贵店|你们?家?店?|[,，。!！~～])*(?:还)?(?:需不需要|需要|要不要|缺不缺|缺|考虑)"
    rf"(?:做|找|拍|请|开|一下|个|点|些)*(?:{_SERVICE})(?:{_SERVICE}|服务|拍摄|视频|图|合作)*[吗么不嘛?？]"
)
"""A question, but one that offers: "需要主图视频吗"."""
_PLACES_ADVERTS = re.compile(
    r"^(?:亲|老板|掌柜的?|您好?|你好?|请问|[,，。!！~～])*+(?:我们?|我司|公司|这边)*+(?:想|要|打算|准备|可以|能不能|能|可不可以)++"
    r"(?:找|跟|和|在|给|帮|你们?|您|贵|家|店铺?|里|上|来|去)*+(?:投放?|打|登|挂)(?:点儿?|些|个|条|一下|一个)?广告(?!费|法|语|词)"
)
"""Not of the shop: "你们是不是打广告骗人的"."""
_IS_OF_THE_PLATFORM = re.compile(
    rf"我们?(?:这[边里])?是(?:{_PLATFORM}|平台|官方|消保)++的?(?:官方|平台|商家)*+(?:客服|工作人员|小二|专员|审核员?|运营|经理|中心)"
)
_DEMANDS = re.compile(r"扫码|二维码|保证金|缴纳|转账|冻结|违规|下架|认证|核[实验]|验证|链接")
_WARNS_THE_SHOP = re.compile(
    r"(?:贵店|您的?店铺)(?!.{0,40}[吗吧么?？]).{0,20}(?:请|需要?|须).{0,8}(?:扫码|缴|联系|核[实验]|认证|点击|[加进])"
)
"""A swindler in the name of the platform: "您的店铺未缴纳保证金，请联系官方客服"."""
_SAID_OF_THE_SHOP = re.compile(
    rf"(?:是不是|不会是?|该不会|会不会|都是|全是|肯定是|怕是|有没有|(?<![帮给替为跟和])(?:你们|店)家?店?(?:也|都|还)?(?:在|是|有|做)?)++"
    rf"(?:在|找人|靠|自己|请)*+(?:{_SERVICE}|刷销量|刷好评|刷信誉|代刷|刷)的?"
)
"""Suspicion and curiosity about the shop itself: "销量是不是刷的"."""
_OUTSIDE = re.compile(
    r"(?:手机|电话)号(?:发|给)我|(?:发|给)我(?:个|一个)?(?:微信|电话号|手机号)|(?:有没有|有)(?:粉丝|买家)?群[吗么]?$"
)
MANY_OTHERS = 2
_ASKS = ("吗", "么", "?", "？", "不", "嘛", "真假", "靠谱")


def is_advertisement(text: str, *, said_by_others: int = 0) -> bool:
    """Whether the message sells something to the shop rather than asks for something.

    Two signs of four are needed (a way to be contacted, a trade that only preys on shops, the tone of an offer, others
    who sent the same text); the trade counts twice, and so does an address to be contacted at. A question needs three.
    One that offers a service, and who makes demands in the name of the platform, needs no more signs. A buyer's
    "能加微信吗" alone is a question, and so is "能代发吗".
    """
    plain = _SAID_OF_THE_SHOP.sub("", _plain(text))
    if _OFFERS_SERVICE.search(plain) or _PLACES_ADVERTS.search(plain):
        return True
    if _WARNS_THE_SHOP.search(plain) or (_IS_OF_THE_PLATFORM.search(plain) and _DEMANDS.search(plain)):
        return True
    contact = max(bool(_CONTACT.search(plain)), 2 * bool(_WITH_ADDRESS.search(plain)))
    signs = contact + bool(_OFFER.search(plain)) + 2 * bool(_TRADE.search(plain)) + (said_by_others >= MANY_OTHERS)
    return signs >= (3 if plain.endswith(_ASKS) else 2)


def leads_outside(text: str) -> bool:
    """Whether the buyer wants to talk outside the platform ("能加微信吗"): no answer of a manual fits that."""
    plain = _plain(text)
    return bool(_CONTACT.search(plain) or _OUTSIDE.search(plain))


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", without_product_links(text).lower())
