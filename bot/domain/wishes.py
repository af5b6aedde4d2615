"""Short things a buyer says that are commands rather than questions: a wish for a person, a number out of a choice.

Only short texts are looked at: a wish is a few words, and the patterns below would take for ever over 我要我要我要.
"""

from __future__ import annotations

import re

from bot.domain.corrections import only_takes_back

LONGEST_WISH_CHARACTERS = 24
LONGEST_OPENER_CHARACTERS = 20

_MARKS = re.compile(r"[\s,，.。!！?？~～、]+")
_PERSON = (
    "人工(?:智能)?客服|人工服务|人工座席|人工坐席|人工|真人客服|真人|活人|"
    "客服人员|客服小姐姐|客服小哥哥|客服|老板|店长|主管|管事的|负责人"
)
_LEAD = (
    "请|麻烦|帮我|帮忙|给我|我要|我想|我找|我|要|想|能不能|能|可以|可不可以|直接|快点|快|赶紧|还是|那就|那|求|必须|"
    "算了|好吧|唉|哎"
)
_VERB = "转接到|转接|转到|转|换|接|找|叫|喊|联系|有没有|没有|有|来|跟|和|让"
_COUNT = "一下|下|一个|一位|个|位|你们的|你们|你家|的"
_TAIL = (
    "出来|过来|来|说话|说|聊|谈|回复|接待|处理|服务|解决|在吗|在不在|在不|在没|在么|在嘛|在哪|呢|吗|么|嘛|啊|吧|呀|"
    "行不行|可以吗|行吗|一下|快|急"
)
_ASKS_FOR_PERSON = re.compile(rf"(?:{_LEAD})*(?:(?:{_VERB})(?:{_COUNT})*)*(?:{_PERSON})+(?:{_TAIL})*")
_SOMEBODY = re.compile(rf"(?:{_LEAD})*(?:找|叫|喊|换|来|转|跟|和)(?:{_COUNT})*人(?:{_TAIL})*")
_STILL_NO_PERSON = re.compile(
    r"(?:怎么|咋|为什么|为啥)?还(?:没有?|不)(?:给我|帮我)?(?:转|接|转接)(?:人工|客服|过来|过去|接|通|上)*[吗么嘛呢啊呀了]*"
)
_NOT_A_MACHINE = re.compile(
    r"(?:我)?(?:不要|不想要|别再?用|别再?拿|别让|别再?|不想跟|不想和|不跟|讨厌)(?:你这个|这个)?"
    r"(?:机器人|自动回复|机器)(?:来|回复|回我|回|糊弄|敷衍|忽悠|应付|我|人|聊|说话|说|了)*"
)
_REFUSES_PERSON = re.compile(
    r"(?<![怎么吗要用])(?:算了[吧啦]?[\s,，.。!！~～]*+)?+(?:先|请|麻烦|能不能|可不可以)*(?:不要|不用|不需要|不必|无需|(?<![区分特])别|不想)(?:再|给我|帮我|直接|总是?|老是?|一直)*"
    r"(?:转接?|找|接|叫|换)?(?:成|到|给)?(?:人工|真人)(?:客服|服务)?(?:了|吧|啊|呀|哈|哦|回复|来)*"
)
_IN_LETTERS = re.compile(
    r"(?:zhuan|zhao|yao|woyao)?(?:rengong|zhenren)(?:kefu|fuwu)?|human|agent|realperson|talktoahuman"
)
_GREETINGS = {
    *(
        "人",
        "有人",
        "是人",
        "有人吗",
        "有人么",
        "是人吗",
        "有人在吗",
        "人呢",
        "有没有人",
        "有没有人在",
        "有人没",
        "有人在不在",
        "老板",
        "老板在吗",
        "老板在不在",
        "老板在不",
        "老板呢",
        "老板好",
        "老板娘好",
    ),
    *(
        "客服",
        "客服在吗",
        "客服在不在",
        "客服在不",
        "客服呢",
        "有客服吗",
        "在线客服",
        "老板你好",
        "客服你好",
        "客服好",
        "有老板在吗",
    ),
}
"""Said as "anybody there?" rather than as a wish for a person."""

_THERE = re.compile(
    r"(?:都|你们?|老板|亲)*+睡(?:觉|着)?了?[吗没么嘛]|(?:现在|这会儿?)?(?:在|在不在|有人在?|人在|还在|你在)(?:啊|呀|哦|哈|嘛|吗|么|不|呢|亲){0,6}"
)
_WHO = "(?:人工客服|人工|客服|真人|同事|店主|老板|人)"
_ASKS_AFTER = re.compile(
    rf"(?:{_WHO}(?:到底|究竟|怎么|咋|还|去|跑)*(?:呢|在哪|去哪儿?|哪去|没来|不来|没人|在不在|在|来)|"
    rf"{_WHO}?(?:怎么|咋|为什么)?还(?:没有?|不)(?:来|轮到我?|人|人来|人理|人回|接入?|回复?)|"
    rf"{_WHO}?(?:大概|到底|还|要|得|需要|我|再)*(?:等|排)?(?:多久|多长时间|多少时间|到什么时候|几分钟)(?:能|会|才)?(?:来|到我)?|"
    rf"{_WHO}?(?:什么时候|啥时候|几时)(?:能|会)?(?:来|到我|轮到我|接)|(?:轮|排)?到我|(?:我)?(?:现在)?排(?:到|在)?第?几位?|前面还?有?(?:几|多少)[个位]?人?|"
    rf"有没有人(?:管|理|处理|回)?|有人(?:管|理|处理)|还?有人|在不在|在|来{_WHO}|快点?(?:来|啊|吧)*)(?:了|没|吗|么|嘛|呢|啊|呀|吧|不|人)*"
)
_WISHES = re.compile(r"[想要请帮求]|麻烦|给我|需要")
_WONDERS = re.compile(r"[?？]")

_OF_A_PERSON = (
    "人工|客|服|智能客服|[座坐席]|专员|电话|热线|号|通道|窗口|接|回|答|帮|处|办|管|咨|问|查|审|核|介入|解|说|聊|谈|沟通|联|呼|找|转|换|请|排|等|退|赔|补|"
    "在|来|出|开始|上班|下班|值|[今明周白夜晚早]|[什啥]么?时|几点|多久|怎么|咋|到底|[吗么嘛呢吧啊呀了哦的是有没不能会可行快一我你您他给跟和还都也就才真]"
)
"""What is said after 人工 where it is a person; any other word makes it work."""
_WORK = re.compile(
    rf"人工(?=[\u4e00-\u9fff])(?!{_OF_A_PERSON})|"
    r"(?:纯|全|手|半|安装|需要多少|多少|含|包)人工(?!客服|服务|接待)|"
    r"真人(?:模特|实拍|上身|上脚|穿|试|图|照|拍|秀|版|发|头发|出镜|比例|大小|cs|手办|佩戴|效果|案例|买家秀)|"
    r"手工|人造|机器(?:做|织|绣|缝|打|生产|制|编|压|洗|能|可以|型号)|洗衣机|机洗"
)
_SAYS_PERSON = re.compile(r"客服|转人工|找人工|接人工|(?<![不需])要人工|人工服务|找真人|活人")

_DEAR = re.compile(
    r"(?:这个?|那|也|还是|价[格钱]|你们?家?|东西|有一?[点些]|太|好|真|挺|确实|比较|稍微|实在|小|是|就|的|感觉|觉得|我)*+贵[了啊呀啦哦的点些]*+|"
    r"(?:别|其他|人)家(?:店|都|才|只|卖|要|更|比|你们?家?)*+(?:便宜\w{0,4}|[\d.]{1,6}[元块]?)"
)
_PROMISED = re.compile(
    r"说好(?![了啦]?[啊呀哈哦吧]*$)|答应(?:我|了|过|好)|"
    r"(?:你们?|客服|店家|卖家|直播间?|主播)[^没不]{0,3}说(?:的|了|过|是|会|要|有|能|可以|送|包|满)"
)

_OPENERS = re.compile(
    r"(?:我?(?:想|要|再)?(?:问|咨询|请教|了解)(?:一?下|一?个事|一?个问题|问|你们?)*|那个|这个|就是|请问|一下|麻烦|我想|我要|我有个问题|"
    r"想|对了|然后|还有|另外|那|嗯|额|呃|哦|啊|亲|在吗|在么|在|在不在|不在|你好|您好|哈喽|嗨|hi|hello|有人吗|老板|客服|下|吗|呀|哈)*"
)
_TO_BE_DONE = re.compile(
    r"(?<![没不])(?:帮(?!助)|替我|麻烦(?![你您]?[了啦]|死)|请(?![问假教]))|查查|问问|"
    r"(?:(?<![没不])给我|(?<![没不已过自])(?:换|改|放|退|补|查|问|催)(?:我|一[下个件]|成|到|在|掉|回|给|差价|家|门|了吧))"
    r"(?![^,，。]*[了过])"
)
"""Neither "麻烦了" nor "给我放门口了"."""
_PARTICLES = frozenset("的地得了着呀啊啥吗么嘛呢吧")
_PAUSES = re.compile(r"[\s.。…,，、:：~～!！?？]+")
_NUMBERS = {
    **dict(zip("123456789", range(1, 10), strict=True)),
    **dict(zip("①②③④⑤⑥⑦⑧⑨", range(1, 10), strict=True)),
    **dict(zip("一二三四五六七八九", range(1, 10), strict=True)),
}
_PICK = re.compile(
    r"(?:我?选|就是?|是|问的是|想问|问)?第?([1-9①-⑨一二三四五六七八九])(?:个|号|项|条|种)?(?:吧|呀|啊|的|问题)*"
)
_LEANS = r"(?:吧|呀|啊|的|哦|呢|哈|亲)*"
_YES = re.compile(rf"(?:[嗯恩对是]+的?|没错|正是|就是(?:这个)?|(?:是|对)?这个|可以|好|好的|ok|yes|en){_LEANS}")
_NO = re.compile(
    rf"(?:(?:都|全|以?上面?都|[两三]个都)?(?:不是|不对|没有|不要|错)的?|(?:都|全)不|一个都?不是|不是?这[个些]的?|不|没|否|no){_LEANS}"
)
_ALL = re.compile(
    rf"(?:[两三]个|全部?|全)?都(?:要|是|问|想问|想知道|想了解|说说|说一下|有){_LEANS}|全部{_LEANS}|[两三]个都?{_LEANS}|1和?2(?:和?3)?{_LEANS}"
)
_FIRST = re.compile(rf"(?:是|就)?(?:前者|(?:上|前)面(?:的|那个|一个)|前一?个|头一?个){_LEANS}")
_LAST = re.compile(rf"(?:是|就)?(?:后者|(?:下|后)面(?:的|那个|一个)|后一?个|最后(?:的|那个|一个)){_LEANS}")
OPEN = 0


def wants_person(folded: str) -> bool:
    """Whether the whole message is a wish for a person. 人工费, 人工智能 or 真人模特 inside a question is not."""
    plain = _MARKS.sub("", folded)
    if not plain or len(plain) > LONGEST_WISH_CHARACTERS or plain in _GREETINGS:
        return False
    wishes = (_ASKS_FOR_PERSON, _SOMEBODY, _STILL_NO_PERSON, _NOT_A_MACHINE, _IN_LETTERS)
    return any(wish.fullmatch(plain) for wish in wishes)


def without_refusal(text: str) -> str:
    """What is left of the words when "不用转人工" is taken out: who refuses a person must not be given one for it."""
    if speaks_of_work(text) or not _REFUSES_PERSON.search(text):
        return text
    return _REFUSES_PERSON.sub(" ", text).strip(" ,，.。!！~～、")


def asks_after_person(text: str) -> bool:
    """Whether a buyer who waits for a person asks where he is: "人呢", "还要等多久", "还没来吗"."""
    return bool(_ASKS_AFTER.fullmatch(_MARKS.sub("", text[: 2 * LONGEST_WISH_CHARACTERS])))


def looks_for_anybody(text: str) -> bool:
    """Whether the buyer only asks if anybody is there, which is a greeting: "有没有人", "在不在呀", bare "？？"."""
    plain = _MARKS.sub("", text)
    return plain in _GREETINGS or bool(_THERE.fullmatch(plain)) or (not plain and bool(_WONDERS.search(text)))


def wishes(text: str) -> bool:
    """Whether something is wanted in these words, rather than told."""
    return bool(_WISHES.search(text)) or wants_something_done(text)


def finds_dear(folded: str) -> bool:
    """Whether the words say that it costs too much and nothing else: "太贵了", "别家才99"."""
    return bool(_DEAR.fullmatch(_MARKS.sub("", folded[: 2 * LONGEST_WISH_CHARACTERS])))


def says_what_was_promised(folded: str) -> bool:
    """Whether he says what he was promised: "说好送小样的", "客服说会补发"."""
    return bool(_PROMISED.search(folded))


def speaks_of_work(folded: str) -> bool:
    """Whether 人工 and 真人 are said of goods and work (人工费, 真人模特, 手工缝制), and no person is wanted."""
    return bool(_WORK.search(folded)) and not _SAYS_PERSON.search(folded)


def number_picked(folded: str, *, choices: int) -> int | None:
    """The place in a choice (from 1) that the message names; `OPEN` when it picks, but none of those offered.

    None when it is no reply to a choice. A yes picks the only one that was offered.
    """
    plain = _MARKS.sub("", folded)
    found = _PICK.fullmatch(plain)
    if found is not None:
        return number if (number := _NUMBERS[found[1]]) <= choices else OPEN
    if _FIRST.fullmatch(plain):
        return 1
    if _LAST.fullmatch(plain):
        return choices
    if _YES.fullmatch(plain):
        return 1 if choices == 1 else OPEN
    return None


def refuses_choice(folded: str) -> bool:
    """Whether it is none of what was offered: "都不是", "不是这个"."""
    return bool(_NO.fullmatch(_MARKS.sub("", folded)))


def wants_all(folded: str) -> bool:
    """Whether all of what was offered is meant: "都要", "两个都想问"."""
    return bool(_ALL.fullmatch(_MARKS.sub("", folded)))


def wants_something_done(text: str) -> bool:
    """Whether he asks that something is done for him, which telling him cannot: "电话也换一个", "帮我问问"."""
    return bool(_TO_BE_DONE.search(text))


def is_opener(text: str) -> bool:
    """Whether these words only open a question, or take back the last one: "我想问下", "那个", "在吗", "说错了"."""
    plain = _PAUSES.sub("", text.lower())
    if not 0 < len(plain) <= LONGEST_OPENER_CHARACTERS:
        return False
    return plain in _PARTICLES or bool(_OPENERS.fullmatch(plain)) or only_takes_back(plain)


def is_particle(text: str) -> bool:
    """Whether it is one of the small words that stand around others: "的", "了". Alone they say nothing."""
    return _PAUSES.sub("", text) in _PARTICLES
