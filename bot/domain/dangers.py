"""Fire, shocks and harm to people, of which a person should hear at once; and what only asks whether they may come."""

from __future__ import annotations

import re

from bot.domain.turn import ends_as_question

_CHILD = "孩子|宝宝|小孩|儿子|女儿|老人"
_LIMB = "手(?![机表环链镯套办工提写账])|脚(?!架|垫)|脸(?!盆)|嘴|腿|眼睛|头(?!像|发|戴|绳|枕)"
_TO_HEAL = "膏|药|贴|霜|喷雾|凝胶|敷料|疤|印"
_OF_THINGS = (
    r"冒(?:黑|白|青|浓)?烟|(?<!一)起火(?!锅)|(?<![打点])着火|失火|自燃|爆炸(?=了|$|\s)|[快要就]炸了|炸(?:开|裂|伤)|(?<!\w)炸了$|"
    r"鼓包|电池\w{0,2}[鼓胀膨]|焦糊?味|漏电(?!保护|开关|断路)|触电|被(?:它|他)?电(?:了|到|着|麻|伤|一下)|"
    rf"(?<![家充来手停供])电[到着](?:了?(?:{_CHILD})|我了)"
)
_OF_PEOPLE = (
    rf"[烫灼烧]伤(?!{_TO_HEAL})|烫[到着了](?:我|{_CHILD}|{_LIMB})|[烫烧]\w{{0,2}}起?了?水?泡|"
    rf"[割划扎刺夹戳砸](?:破|伤|到|了)了?(?:我|{_CHILD})?的?(?:{_LIMB})|(?:{_LIMB})\w{{0,3}}[割划扎刺夹戳砸](?:破|伤)|受伤|流了?\w{{0,2}}血|"
    r"(?<![消浮水])肿(?:了|起|成)|[用涂抹敷戴穿吃喝擦][完了过后](?:(?![会不能没消浮水])\w){0,6}[肿痒疹]|(?<!灿)烂脸|毁容|"
    r"误[食吞服喝]|吞下去|卡[在住到]\w{0,2}(?:喉|嗓|气管)|吃坏|[吃喝][完了过]\w{0,6}(?:拉肚子|拉稀|吐了|狂吐|呕吐)|中毒|"
    r"晕倒|昏迷|休克|窒息|抽搐|呼吸困难|喘不[上过]气|急诊(?!科)|抢救|救护车|[吃喝用]\w{0,6}住院|"
    r"[去进上](?:了|过)\w{0,2}医院|[去进上]医院(?:了|[看查]|检查)|送(?:了|去|进)?医院|医院(?:检查|诊断)"
)
_SIGNS = f"(?:{_OF_THINGS}|{_OF_PEOPLE})"
_DANGER = re.compile(_SIGNS)
_ONLY_SUPPOSED = re.compile(
    r"(?:(?:(?<![就总老还都])会|能不?能?|可不?可以|有没有|是否)\w{0,4}?|(?:容易|万一|如果|要是|假如|担心|(?<!可)怕|避免|以免)\w{0,6}?|"
    rf"(?:不|没|没有|防|防止|别|免)[会再又太有被]?){_SIGNS}|{_SIGNS}[吗不]"
)


def tells_of_danger(folded: str, text: str) -> bool:
    """Whether harm has come or is on its way: "冒烟了", "被电到了"; "会漏电吗" and "防烫伤" only speak of it.

    `text` is the message before it was folded, which takes the 吗 away.
    """
    said = f"{folded}吗" if ends_as_question(text) else folded
    return bool(_DANGER.search(_ONLY_SUPPOSED.sub("", said)))
