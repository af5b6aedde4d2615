from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.entry import Product
from knowledge.questions import (
    COURIERS,
    InPassing,
    Named,
    Names,
    courier_in,
    figures_told,
    names_in,
    notice,
    number_in_words,
    on_usual_days,
    product_in,
    told_in_passing,
    without_sum,
)

SWEATER = Product(id="wool-sweater", title="圆领羊毛衫", aliases=("羊毛衫", "毛衣", "wool sweater"))
THERMOS = Product(id="thermos", title="316不锈钢保温杯500ml", aliases=("保温杯", "杯子", "cup"))
EARPHONES = Product(id="earphones", title="无线耳机", aliases=("耳机", "蓝牙耳机"))
TEA = Product(id="tea", title="云南普洱茶饼")
PRODUCTS = (SWEATER, THERMOS, EARPHONES, TEA)


def named(text: str) -> Named:
    return notice(text, products=PRODUCTS)


def test_a_message_that_names_nothing_names_nothing() -> None:
    assert named("包邮吗") == Named()
    assert named("") == Named()


def test_one_message_can_name_several_things() -> None:
    assert named("亲，那件羊毛衫我买3件寄到新疆喀什发顺丰，周五前能到吗？满199元包邮不") == Named(
        region="新疆",
        city="喀什",
        product_id="wool-sweater",
        courier="顺丰",
        amount_yuan=Decimal(199),
        quantity=3,
        day="周五前",
    )


def test_traditional_characters_and_full_width_figures_are_read_too() -> None:
    found = named("寄到臺灣要１９９塊嗎 身高１６５ 體重１１０斤")
    assert (found.region, found.amount_yuan, found.height_cm, found.weight_kg) == ("台湾", Decimal(199), 165, 55.0)


@pytest.mark.parametrize(
    ("text", "product_id"),
    [
        ("毛衣会起球吗", "wool-sweater"),
        ("圆领羊毛衫有货吗", "wool-sweater"),
        ("is the Wool Sweater in stock", "wool-sweater"),
        ("wool sweaters?", "wool-sweater"),
        ("这个杯子保温多久", "thermos"),
        ("two cups please", "thermos"),
        ("蓝牙耳机和毛衣一起发吗", "earphones"),
        ("cupboard", None),
        ("裤子有吗", None),
    ],
)
def test_a_product_is_named_by_title_or_alias_and_the_longest_name_wins(text: str, product_id: str | None) -> None:
    assert named(text).product_id == product_id


def test_a_name_that_two_products_share_names_neither() -> None:
    other = Product(id="glass", title="玻璃杯", aliases=("杯子",))
    assert notice("杯子多少钱", products=(THERMOS, other)).product_id is None
    assert product_in("玻璃杯多少钱", (THERMOS, other)) == "glass"


def test_an_alias_of_nothing_but_punctuation_names_nothing() -> None:
    assert notice("有货吗", products=(Product(id="x", title="毛巾", aliases=("!!",)),)).product_id is None


def test_a_place_or_figure_inside_a_products_name_is_not_the_buyers() -> None:
    assert named("云南普洱茶饼包邮吗").region is None
    assert named("316不锈钢保温杯500ml两个").quantity == 2


@pytest.mark.parametrize(
    ("text", "courier"),
    [
        ("能发顺丰吗", "顺丰"),
        ("发SF可以吗", "顺丰"),
        ("顺风多少钱", "顺丰"),
        ("祝老板一路顺风", None),
        ("中通还是圆通", "中通"),
        ("其中通过了吗", None),
        ("园通的吧", "圆通"),
        ("申通", "申通"),
        ("不要韵达 发申通", "申通"),
        ("别发韵达", "韵达"),
        ("要不要发韵达", "韵达"),
        ("特别韵达", "韵达"),
        ("能不能发极兔", "极兔"),
        ("京东快递到我这吗", "京东"),
        ("可以走京东吗", "京东"),
        ("京东比你便宜", None),
        ("能用京东e卡吗", None),
        ("你们在京东店也有吗", None),
        ("EMS能到村里吗", "EMS"),
        ("items", None),
        ("发邮政吗", "邮政"),
        ("邮政编码是多少", None),
        ("德邦到哪了", "德邦"),
        ("发什么快递", None),
    ],
)
def test_a_courier_is_named(text: str, courier: str | None) -> None:
    assert named(text).courier == courier
    assert courier is None or courier in COURIERS


def test_every_courier_is_known_by_its_own_name() -> None:
    assert [courier_in(f"发{courier}快递".lower()) for courier in COURIERS] == list(COURIERS)


@pytest.mark.parametrize(
    ("text", "order_number"),
    [
        ("订单号1234567890123456789到哪了", "1234567890123456789"),
        ("订单 123456789012", "123456789012"),
        ("231012-123456789012345 查一下", "231012-123456789012345"),
        ("訂單１２３４５６７８９０１２３４", "12345678901234"),
        ("单号１２３４５６７８９０１２３４", "12345678901234"),
        ("123456789012哪里发货", None),
        ("123456789012345 到哪了", "123456789012345"),
        ("商品123456789012 订单1234567890123456", "1234567890123456"),
        ("我电话 00000000000", None),
        ("SF1234567890123", None),
        ("1234567890123456789012345", None),
        ("199元", None),
    ],
)
def test_an_order_number_has_fifteen_digits_or_twelve_when_an_order_is_meant(
    text: str, order_number: str | None
) -> None:
    assert named(text).order_number == order_number


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("199元包邮吗", "199"),
        ("19.9元", "19.9"),
        ("¥58 可以吗", "58"),
        ("￥58.5吧", "58.5"),
        ("二十块行不行", "20"),
        ("三百二十元", "320"),
        ("三百二块钱", "320"),
        ("19块9卖吗", "19.9"),
        ("十块五毛", "10.5"),
        ("20块3件", "20"),
        ("满199减多少", "199"),
        ("没凑够99可以包邮吗", "99"),
        ("预算两百左右", "200"),
        ("1.2万元的货", "12000"),
        ("1千块", "1000"),
        ("100多块吧", "100"),
        ("100rmb", "100"),
        ("99包邮吗", "99"),
        ("200以内的有吗", "200"),
        ("满2件打折吗", None),
        ("超过48小时了", None),
        ("第2元", None),
        ("几百块", None),
        ("还差5块包邮", None),
        ("运费8元太贵", None),
        ("三四百块", None),
        ("和毛巾一块发吗", None),
        ("一块钱也不少?", "1"),
        ("买两块送什么", None),
        ("便宜点", None),
    ],
)
def test_a_sum_is_read_in_yuan(text: str, yuan: str | None) -> None:
    assert named(text).amount_yuan == (None if yuan is None else Decimal(yuan))


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("我要3件", 3),
        ("两个包邮吗", 2),
        ("十二双有货吗", 12),
        ("来俩", 2),
        ("买两块送什么", 2),
        ("拍了一百个", 100),
        ("一包包邮吗", 1),
        ("给我们俩发", None),
        ("一件代发吗", None),
        ("第二件半价吗", None),
        ("十几件", None),
        ("两三件", None),
        ("要三个月才到吗", None),
        ("有两个颜色吗", None),
        ("1.5个", None),
        ("另一个呢", None),
        ("二十块", None),
        ("买一块钱的", None),
        ("和毛巾一块发吗", None),
    ],
)
def test_a_number_of_things_is_read(text: str, quantity: int | None) -> None:
    assert named(text).quantity == quantity


@pytest.mark.parametrize(
    ("text", "height_cm", "weight_kg"),
    [
        ("身高165体重110斤穿什么码", 165, 55.0),
        ("165/110穿多大", 165, 55.0),
        ("165 110斤", 165, 55.0),
        ("我170cm 130斤穿多大", 170, 65.0),
        ("1米65 111斤", 165, 55.5),
        ("一米六五 九十斤", 165, 45.0),
        ("1米7 60公斤", 170, 60.0),
        ("1.65米穿多大", 165, None),
        ("1.6m 50kg", 160, 50.0),
        ("身高1.75体重70", 175, 70.0),
        ("身高是一米八", 180, None),
        ("体重110穿啥码", None, 55.0),
        ("120斤穿多大", None, 60.0),
        ("身高165", 165, None),
        ("175cm55kg", 175, 55.0),
        ("165厘米 55 穿多大", 165, 55.0),
        ("身高16500体重", None, None),
        ("体重1斤", None, None),
        ("1米8大床用多大的", None, None),
        ("1.8米的床多大", None, None),
        ("裤长105cm多大码", None, None),
        ("3斤装多少钱", None, None),
        ("长120cm", None, None),
        ("175 96a的码", None, None),
        ("165 20件什么码", None, None),
    ],
)
def test_height_and_weight_are_read_for_a_size(text: str, height_cm: int | None, weight_kg: float | None) -> None:
    assert (named(text).height_cm, named(text).weight_kg) == (height_cm, weight_kg)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("明天能到吗", "明天"),
        ("大后天", "大后天"),
        ("后天之前能发吗", "后天前"),
        ("礼拜五之前要", "周五前"),
        ("下星期天发", "下周日"),
        ("这周能发吗", "这周"),
        ("下个月还有吗", "下个月"),
        ("月底发?", "月底"),
        ("年前能到吗", "年前"),
        ("三年前买的", None),
        ("双11有活动吗", "双十一"),
        ("双12", "双十二"),
        ("618便宜吗", "618"),
        ("618元", None),
        ("国庆发货吗", "国庆"),
        ("五一前能到吗", "五一前"),
        ("寄五一路", None),
        ("十一放假吗", "十一"),
        ("11月11日以前", "11月11日前"),
        ("25号能到吗", "25号"),
        ("42号有吗", None),
        ("今天下单明天到吗", "明天"),
        ("今天拍今天发吗", "今天"),
        ("周末下单哪天发", None),
        ("急用,后天能到杭州吗", "后天"),
        ("节前能收到吗", "节前"),
        ("季节前的款", None),
        ("这个月底前能到吗", "这个月底前"),
        ("下月底能发吗", "下月底"),
        ("双十一之前到得了吗", "双十一前"),
        ("周五前后能到吗", "周五"),
        ("周五前台有人吗", "周五"),
        ("七夕能到吗", "七夕"),
        ("重阳节前能到吗", "重阳节前"),
        ("感恩节有活动吗", "感恩节"),
        ("腊八节能到吗", "腊八节"),
        ("腊八粥怎么煮", None),
        ("小年前到得了吗", "小年前"),
        ("大小年都能吃吗", None),
        ("平安夜能收到吗", "平安夜"),
        ("一周一次", None),
        ("多久到", None),
    ],
)
def test_a_day_stays_in_words_one_wording_for_each(text: str, day: str | None) -> None:
    assert named(text).day == day


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("周末下单哪天发", (None, "周末")),
        ("今天下单明天到吗", ("明天", "今天")),
        ("我昨天买的周五能到吗", ("周五", "昨天")),
        ("今天拍今天发吗", ("今天", "今天")),
        ("明天发周五能到吗", ("周五", "明天")),
        ("明天发货的话周五前到得了不", ("周五前", "明天")),
        ("明天能到吗", ("明天", None)),
        ("周六发还是周日发", ("周六", None)),
        ("今天买明天发周五收得到吗", ("周五", "今天")),
    ],
)
def test_the_day_that_is_asked_about_and_the_one_of_ordering_are_told_apart(
    text: str, days: tuple[str | None, str | None]
) -> None:
    assert (named(text).day, named(text).paid_on) == days


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("那周六呢", {"day": "周六"}),
        ("礼拜天可以吗", {"day": "周日"}),
        ("那周五之前呢", {"day": "周五前"}),
        ("买100呢", {"figure": Decimal(100)}),
        ("那五十呢", {"figure": Decimal(50)}),
        ("100块钱的呢", {"amount_yuan": Decimal(100)}),
        ("那3件呢", {"quantity": 3}),
        ("1.5件呢", {}),
        ("那5呢", {}),
        ("那周六能到吗", {}),
        ("周六还是周日呢", {}),
        ("100还是200呢", {}),
        ("100块钱有吗", {}),
        ("那新疆呢", {}),
        ("", {}),
    ],
)
def test_a_day_or_a_figure_that_is_all_that_is_said_is_told(text: str, told: dict[str, object]) -> None:
    assert told_in_passing(text) == InPassing(**told)  # type: ignore[arg-type]  # any of its fields


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("165 110斤", (165, 55.0)),
        ("165，110", (165, 55.0)),
        ("165/55kg", (165, 55.0)),
        ("110斤 165", (165, 55.0)),
        ("我165左右，110多斤吧", (165, 55.0)),
        ("身高一米六五体重一百一", (165, 55.0)),
        ("那170 130呢", (170, 65.0)),
        ("1米65", (165, None)),
        ("1.65", (165, None)),
        ("165cm", (165, None)),
        ("身高165", (165, None)),
        ("165", (165, None)),
        ("110", (None, 55.0)),
        ("55", (None, 55.0)),
        ("110斤", (None, 55.0)),
        ("2", (None, None)),
        ("170左右，110，90", (170, None)),
        ("999", (None, None)),
        ("毛衣165 110斤", (None, None)),
        ("新疆", (None, None)),
        ("", (None, None)),
    ],
)
def test_figures_that_were_asked_for_are_read_from_little(text: str, figures: tuple[int | None, float | None]) -> None:
    assert figures_told(text, height_is_known=False) == figures


def test_once_the_height_is_known_a_bare_number_is_the_weight() -> None:
    assert figures_told("150", height_is_known=True) == (None, 75.0)
    assert figures_told("160 150", height_is_known=True) == (160, 75.0)
    assert figures_told("1.65", height_is_known=True) == (165, None)


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("我买50块包邮", "包邮"),
        ("100包邮", "包邮"),
        ("满99.5元包邮", "包邮"),
        ("我在广东买50块钱的东西包邮", "我在广东包邮"),
        ("二十块行不行", "二十块行不行"),
    ],
)
def test_a_question_may_be_read_without_its_sum(text: str, without: str) -> None:
    assert without_sum(text) == without


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("周四能发货", "明天能发货"),
        ("今天下单双十二能发", "今天下单明天能发"),
        ("周末下单能发", "明天下单能发"),
        ("周六下单下周三前能到", "今天下单明天能到"),
        ("能发货", "能发货"),
    ],
)
def test_the_same_question_may_be_asked_of_another_day(text: str, other: str) -> None:
    assert on_usual_days(text, asked="明天", paid="今天") == other


@pytest.mark.parametrize(
    ("numeral", "number"),
    [
        ("零", 0),
        ("两", 2),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("一百零五", 105),
        ("一百二", 120),
        ("一千五", 1500),
        ("一千零五十", 1050),
        ("三百二十五", 325),
        ("一万", 10_000),
        ("一万二", 12_000),
        ("两万三千", 23_000),
        ("一万零五", 10_005),
        ("一百万", 1_000_000),
        ("一六五", 165),
        ("", None),
        ("万", None),
        ("两三", None),
        ("三四百", None),
        ("十百", None),
        ("零十", None),
        ("一百千", None),
        ("一万二三", None),
    ],
)
def test_simple_chinese_numerals_are_numbers(numeral: str, number: int | None) -> None:
    assert number_in_words(numeral) == number


@given(st.integers(1, 9999))
def test_a_number_written_out_in_full_is_read_back(number: int) -> None:
    assert number_in_words(_written_out(number)) == number


def _written_out(number: int) -> str:
    text, zero = "", False
    for power, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // power % 10
        if digit:
            text += ("零" if zero and text else "") + "零一二三四五六七八九"[digit] + unit
            zero = False
        else:
            zero = True
    return text


@given(
    st.text(
        alphabet=st.one_of(st.characters(), st.sampled_from("零一二两三十百千万0123456789.元块件个斤米cmkg身高体重¥"))
    )
)
def test_any_text_at_all_is_read_without_trouble(text: str) -> None:
    notice(text, products=PRODUCTS)


def test_the_names_in_a_question_and_the_question_without_them() -> None:
    names = names_in("发顺丰到新疆的保温杯多少钱", products=(THERMOS,))
    assert names == ("保温杯", "新疆", "顺丰")
    assert names.without("发顺丰到新疆的保温杯多少钱") == "发 到 的 多少钱"
    assert names_in("多少钱", products=(THERMOS,)) == ("", "", "")


def test_names_take_the_place_of_others_of_their_kind() -> None:
    asked = names_in("新疆包邮", products=())
    assert Names(place="西藏").instead_of(asked, "新疆包邮") == "西藏包邮"
    assert Names(courier="顺丰").instead_of(asked, "新疆包邮") == "顺丰新疆包邮"


def test_a_question_as_one_asks_it_who_has_the_product_before_him() -> None:
    assert names_in("这款保温杯漏水", products=(THERMOS,)).without_product("这款保温杯漏水") == "漏水"
    assert Names().without_product("漏水") == "漏水"
