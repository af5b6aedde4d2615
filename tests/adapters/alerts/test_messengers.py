"""Each place where people of the shop read, against a server that answers as its makers document."""

from __future__ import annotations

import asyncio
import dataclasses
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, get_args

import pytest

from adapters.alerts import KINDS, dingtalk, feishu, load_kind, settings_of_kind
from adapters.alerts.contract import Note, Told
from adapters.contract import BadSettings, Refused, Sent, TryLater, Unknown
from adapters.http import open_session
from tests.alert_peers import FakeMailServer, FakeRobots, Kind, Scripted
from tests.fakes import FakeClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp import ClientSession

    from adapters.alerts.contract import NoteOutcome

ROBOTS: tuple[Kind, ...] = get_args(Kind)
LINK = "https://chat.shop.example/console/inbox/7?a=1&b=2"
TOLD = Told(
    headline="有买家等人工接待",
    said="小王（my-shop）：我要退货 <!channel> & 快点 ![x](http://a.example)",
    facts="已等 2 分钟；最晚 10:03 回复",
    link=LINK,
)
NOTE = Note(key="alert-7", title="小二：有买家等人工接待", told=(TOLD,), open_words="打开对话")
TEST = Note(key="test-1", title="小二：测试提醒", told=(Told(headline="测试提醒"),), open_words="打开对话")
BOTH = Note(
    key="alert-8", title="小二：2 条提醒", told=(TOLD, Told(headline="渠道连不上了", said="tea")), open_words="打开"
)
WIDE = {"dingtalk": str.maketrans("<>[]", "＜＞［］"), "wecom": str.maketrans("<>[]", "＜＞［］")}
"""In Markdown a buyer's signs are wide ones: they make no link, picture or call."""


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with open_session() as session:
        yield session


@pytest.fixture
async def robots() -> AsyncIterator[FakeRobots]:
    async with FakeRobots() as robots:
        yield robots


@pytest.fixture
async def mail_server() -> AsyncIterator[FakeMailServer]:
    async with FakeMailServer() as server:
        yield server


async def tell(kind: str, settings: dict[str, object], session: ClientSession, note: Note = NOTE) -> NoteOutcome:
    return await load_kind(kind).configure(settings).send(session=session, note=note, now=FakeClock().now())


# What arrives


@pytest.mark.parametrize("kind", ROBOTS)
async def test_people_read_what_happened_why_and_where_to_go(
    kind: Kind, robots: FakeRobots, session: ClientSession
) -> None:
    for note in (NOTE, BOTH, TEST):
        assert await tell(kind, robots.settings(kind), session, note) == Sent(), robots.turned_away
    first, both, test = robots.said
    assert first == NOTE.whole.translate(WIDE.get(kind, {}))
    assert both == BOTH.whole.translate(WIDE.get(kind, {})).replace("\n\n", "\n")
    assert test.splitlines()[0] == "小二：测试提醒"


async def test_a_card_has_the_form_that_its_makers_document(robots: FakeRobots, session: ClientSession) -> None:
    """Feishu's 消息卡片, DingTalk's 整体跳转 ActionCard, and Slack's blocks: names and nesting as in their manuals."""
    note = Note(
        key="alert-9",
        title="小二：有买家等人工接待",
        told=(Told(headline="h", said="小王：退货", facts="已等 2 分钟", link="https://s.example/7"),),
        open_words="打开对话",
    )
    for kind in ("feishu", "dingtalk", "wecom", "slack"):
        assert await tell(kind, robots.settings(kind, secret=False), session, note) == Sent()
    feishu_said, dingtalk_said, wecom_said, slack_said = robots.bodies
    title = {"tag": "plain_text", "content": "小二：有买家等人工接待"}
    button = {"tag": "plain_text", "content": "打开对话"}
    assert feishu_said == {
        "msg_type": "interactive",
        "card": {
            "config": {"wide_screen_mode": True},
            "header": {"title": title, "template": "orange"},
            "elements": [
                {"tag": "div", "text": {"tag": "plain_text", "content": "小王：退货"}},
                {"tag": "note", "elements": [{"tag": "plain_text", "content": "已等 2 分钟"}]},
                {
                    "tag": "action",
                    "actions": [{"tag": "button", "text": button, "type": "primary", "url": "https://s.example/7"}],
                },
            ],
        },
    }
    assert dingtalk_said == {
        "msgtype": "actionCard",
        "actionCard": {
            "title": "小二：有买家等人工接待",
            "text": "#### 小二：有买家等人工接待\n\n小王：退货  \n已等 2 分钟",
            "singleTitle": "打开对话",
            "singleURL": "https://s.example/7",
        },
    }
    quoted, orange = "> 小王：退货", '<font color="warning">已等 2 分钟</font>'
    content = f"**小二：有买家等人工接待**\n\n{quoted}\n{orange}\n[打开对话](https://s.example/7)"
    assert wecom_said == {"msgtype": "markdown", "markdown": {"content": content}}
    assert slack_said["blocks"] == [
        {"type": "header", "text": {"type": "plain_text", "text": "小二：有买家等人工接待"}},
        {
            "type": "section",
            "text": {"type": "mrkdwn", "text": "小王：退货\n已等 2 分钟\n<https://s.example/7|打开对话>"},
        },
    ]
    assert slack_said["text"] == note.whole, "for notifications, and for who cannot see blocks"


@pytest.mark.parametrize("kind", KINDS)
def test_what_fits_is_taken_and_what_does_not_is_known_before(kind: str) -> None:
    messenger = _configured(kind)
    many = Note(key="", title="t", told=(TOLD,) * 400, open_words="打开对话")
    assert messenger.fits(NOTE)
    assert not messenger.fits(many)


def test_what_is_signed_is_signed_as_the_makers_say() -> None:
    assert feishu.sign("demo", "1599360473") == "l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8="
    assert dingtalk.sign("demo", "1599360473000") == "eblRZvilBzXa6Ce18IeBM4pMy1rYNWKicaCg6VMwQe0="


@pytest.mark.parametrize("kind", ["feishu", "dingtalk"])
async def test_a_wrong_signature_is_a_failure_though_the_status_is_200(
    kind: Kind, robots: FakeRobots, session: ClientSession
) -> None:
    outcome = await tell(kind, robots.settings(kind) | {"secret": "another"}, session)
    assert isinstance(outcome, Refused)
    assert "secret" in outcome.reason
    assert robots.said == []


@pytest.mark.parametrize("kind", ["feishu", "dingtalk"])
async def test_a_robot_that_wants_a_keyword_gets_it(kind: Kind, session: ClientSession) -> None:
    async with FakeRobots(keyword="客服") as robots:
        without = await tell(kind, robots.settings(kind), session)
        assert isinstance(without, Refused)
        assert "keyword" in without.reason
        assert await tell(kind, robots.settings(kind) | {"keyword": "客服"}, session) == Sent()
        said = dataclasses.replace(TEST, title="客服提醒")
        assert await tell(kind, robots.settings(kind) | {"keyword": "客服"}, session, said) == Sent()
        assert [each.splitlines()[0] for each in robots.said] == [f"客服 {NOTE.title}", "客服提醒"]


# What does not


@pytest.mark.parametrize(
    ("kind", "answer", "outcome"),
    [
        ("feishu", Scripted(body={"code": 11232, "msg": "too fast"}), TryLater("it answered 11232: too fast", 60.0)),
        ("feishu", Scripted(body={"code": 9499, "msg": "Bad Request"}), Refused("it answered 9499: Bad Request")),
        ("feishu", Scripted(body="<html>"), Unknown("it answered 200 without saying how it went")),
        ("feishu", Scripted(status=400, body="no"), Refused("it answered 400: no")),
        ("dingtalk", Scripted(body={"errcode": 130101, "errmsg": "fast"}), TryLater("it answered 130101: fast", 600.0)),
        ("dingtalk", Scripted(body={"errcode": -1, "errmsg": "busy"}), TryLater("it answered -1: busy", 60.0)),
        ("wecom", Scripted(body={"errcode": 45009, "errmsg": "freq"}), TryLater("it answered 45009: freq", 60.0)),
        ("wecom", Scripted(body={"errcode": 40008, "errmsg": "type"}), Refused("it answered 40008: type")),
        ("slack", Scripted(status=429, headers={"Retry-After": "30"}), TryLater("127.0.0.1 answered 429", 30.0)),
        ("slack", Scripted(body="invalid_payload"), Refused("it answered 200: invalid_payload")),
        (
            "slack",
            Scripted(status=404, body="no_service"),
            Refused("it answered 404; make a new webhook for a channel that is there: no_service"),
        ),
        (
            "telegram",
            Scripted(status=429, body={"ok": False, "parameters": {"retry_after": 7}}),
            TryLater("127.0.0.1 answered 429", 7.0),
        ),
        (
            "telegram",
            Scripted(status=403, body={"ok": False, "description": "Forbidden: bot was kicked"}),
            Refused("it answered 403; add the bot to that chat again: Forbidden: bot was kicked"),
        ),
        (
            "telegram",
            Scripted(status=400, body={"ok": False, "description": "up", "parameters": {"migrate_to_chat_id": -100}}),
            Refused("it answered 400; set chat_id to -100: up"),
        ),
        ("telegram", Scripted(body="?"), Unknown("it answered 200 without saying how it went")),
    ],
)
async def test_an_answer_is_understood_as_its_makers_mean_it(
    kind: Kind, answer: Scripted, outcome: NoteOutcome, robots: FakeRobots, session: ClientSession
) -> None:
    robots.next_answers(answer)
    assert await tell(kind, robots.settings(kind), session) == outcome


@pytest.mark.parametrize("kind", ROBOTS)
async def test_what_all_have_in_common(kind: Kind, robots: FakeRobots, session: ClientSession) -> None:
    settings = robots.settings(kind)
    robots.next_answers(Scripted(status=503), Scripted(status=500))
    assert await tell(kind, settings, session) == TryLater("127.0.0.1 answered 503")
    assert await tell(kind, settings, session) == Unknown("127.0.0.1 answered 500")
    gone = {
        name: str(value).replace(str(robots.port), "1") if "url" in name else value for name, value in settings.items()
    }
    gone |= {name: True for name in settings if name.startswith("allow")}
    nobody = await tell(kind, gone, session)
    assert nobody == TryLater("no connection to 127.0.0.1 (ConnectionRefusedError)")


async def test_an_address_that_is_not_a_robots_is_told_by_its_number(
    robots: FakeRobots, session: ClientSession
) -> None:
    other = robots.settings("wecom") | {"url": f"http://127.0.0.1:{robots.port}/wecom/send?key=other"}
    outcome = await tell("wecom", other, session)
    assert isinstance(outcome, Refused)
    assert "copy it again" in outcome.reason
    assert "other" not in outcome.reason, "the key is a secret"


# Mail


async def test_a_mail_says_who_it_is_from_and_is_not_answered_by_machines(
    mail_server: FakeMailServer, session: ClientSession
) -> None:
    settings = mail_server.settings | {"user": "xiaoer", "password": "code"}
    assert await tell("email", settings, session) == Sent()
    (letter,) = mail_server.letters
    assert letter["Subject"] == NOTE.title
    plain, html = letter.iter_parts()
    assert letter.get_content_type() == "multipart/alternative"
    assert plain.get_content().splitlines() == NOTE.text.splitlines()
    assert html.get_content_type() == "text/html"
    assert "&lt;!channel&gt; &amp; 快点" in html.get_content()
    assert f'<a href="{LINK.replace("&", "&amp;")}">打开对话</a>' in html.get_content()
    assert letter["To"] == "desk@shop.example, owner@shop.example"
    assert letter["Message-ID"] == "<alert-7@shop.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert any(command.startswith("AUTH") for command in mail_server.commands)


@pytest.mark.parametrize(
    ("answers", "outcome", "words"),
    [
        ({"AUTH": "535 no"}, Refused, "look at user and password"),
        ({"MAIL": "451 later"}, TryLater, "answered 451: later"),
        ({"MAIL": ""}, TryLater, "did not take the mail"),
        ({"RCPT": "550 nobody"}, Refused, "answered 550: nobody"),
        ({"DATA": "452 full"}, TryLater, "answered 452: full"),
        ({"END": "554 spam"}, Refused, "answered 554: spam"),
        ({"END": "451 later"}, TryLater, "answered 451: later"),
        ({"END": ""}, Unknown, "broke off while it took the mail"),
        ({"END": "what?"}, Unknown, "cannot be understood"),
        ({"MAIL": "what?"}, TryLater, "cannot be understood"),
    ],
)
async def test_a_mail_server_that_says_no_is_heard_at_every_step(
    answers: dict[str, str], outcome: type[Any], words: str, mail_server: FakeMailServer, session: ClientSession
) -> None:
    mail_server.answers = answers
    told = await tell("email", mail_server.settings | {"user": "xiaoer", "password": "code"}, session)
    assert isinstance(told, outcome), told
    assert words in told.reason
    assert len(mail_server.letters) == (answers.get("END") == "")


async def test_a_mail_server_that_is_not_there_or_speaks_otherwise_is_told_so(
    mail_server: FakeMailServer, session: ClientSession
) -> None:
    gone = await tell("email", mail_server.settings | {"port": 1}, session)
    assert isinstance(gone, TryLater)
    other = await tell("email", mail_server.settings | {"tls": "tls"}, session)
    assert isinstance(other, Refused | TryLater)
    plain = await tell("email", mail_server.settings | {"tls": "starttls"}, session)
    assert not isinstance(plain, Sent), "words never leave in the clear where tls is asked for"
    assert mail_server.letters == []


# Settings


@pytest.mark.parametrize("kind", KINDS)
def test_every_slip_is_told_at_once_and_no_secret_is_repeated(kind: str) -> None:
    slips: dict[str, object] = {name: 5 for name in settings_of_kind(kind) if not name.startswith("allow")}
    with pytest.raises(BadSettings) as bad:
        load_kind(kind).configure(
            {**slips, "colour": "red", "port": "x"} if kind == "email" else {**slips, "colour": "red"}
        )
    told = {each.field for each in bad.value.problems}
    assert "colour" in told
    assert {"url", "token", "recipients"} & told
    with pytest.raises(BadSettings) as missing:
        load_kind(kind).configure({})
    assert all("missing" in each.problem or "must be" in each.problem for each in missing.value.problems)


@pytest.mark.parametrize("kind", ["feishu", "dingtalk", "wecom", "slack"])
def test_a_secret_address_is_never_shown(kind: Kind) -> None:
    secret = "https://robots.example/hook/very-secret"
    assert "very-secret" not in repr(load_kind(kind).configure({"url": secret}))
    with pytest.raises(BadSettings) as bad:
        load_kind(kind).configure({"url": "ftp://robots.example/very-secret"})
    assert "very-secret" not in str(bad.value)


def test_the_pace_of_each_keeps_its_limit() -> None:
    a_minute = {"feishu": 100, "dingtalk": 20, "wecom": 20, "slack": 60, "telegram": 20, "email": 1}
    for kind, most in a_minute.items():
        messenger = _configured(kind)
        assert 60 / messenger.seconds_between <= most, kind


def _configured(kind: str) -> Any:
    settings: dict[str, object] = {"url": "https://robots.example/hook"}
    if kind == "telegram":
        settings = {"token": "t", "chat_id": "5"}
    if kind == "email":
        settings = {"host": "smtp.example", "sender": "a@b.example", "recipients": ["c@d.example"]}
    return load_kind(kind).configure(settings)


async def test_a_peer_that_never_answers_is_given_up(robots: FakeRobots, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.alerts.robots.TIMEOUT_SECONDS", 0.3)
    robots.next_answers(Scripted(hangs=True))
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(open_session())
        async with asyncio.timeout(5):
            outcome = await tell("feishu", robots.settings("feishu"), session)
    assert outcome == Unknown("127.0.0.1 did not answer within 0.3 seconds")
