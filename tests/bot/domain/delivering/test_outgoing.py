"""What is said beside the bot's decisions is numbered through, bubble by bubble, as its platform takes them."""

from __future__ import annotations

from adapters.contract import Reply, ReplyReference
from adapters.douyin_im.adapter import DouyinImAdapter
from bot.dialogue.state import Conversation, Memory
from bot.domain.channels.channel import Channel
from bot.domain.delivering.outgoing import Outgoing, in_bubbles, reply_key
from tests.fakes import MORNING

CHANNEL = Channel(
    name="tea",
    platform="douyin-im",
    adapter=DouyinImAdapter.configure(channel="tea", settings={"client_key": "dy-app-1", "client_secret": "dy-secret"}),
)
TALK = Conversation(
    id=1,
    channel="tea",
    external_id="c-1",
    buyer="b-1",
    mode="human",
    epoch=1,
    episode=1,
    fence=1,
    memory=Memory(),
    window_until=MORNING,
)
FIRST = ReplyReference(value="handed-out")


def _said(*replies: Reply, channel: Channel | None = CHANNEL) -> list[Outgoing]:
    return in_bubbles(replies, conversation=TALK, channel=channel, cause="click", at=MORNING)


def _replies(said: list[Outgoing]) -> list[Reply]:
    return [each.content for each in said if isinstance(each.content, Reply)]


def test_texts_are_cut_and_pictures_stay_between_them() -> None:
    long, picture = Reply(kind="staff", text="一。" * 400), Reply(kind="staff", text="", picture="p.jpg")
    said = _replies(_said(long, picture, Reply(kind="staff", text="好")))
    assert [(len(each.text), each.picture) for each in said] == [(500, ""), (300, ""), (0, "p.jpg"), (1, "")]
    assert [(each.part, each.parts) for each in said] == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_the_first_bubble_alone_has_the_reference_and_each_a_key_of_its_own() -> None:
    said = _said(Reply(kind="invite", text="一。" * 400, reply_reference=FIRST))
    assert [each.reply_reference for each in _replies(said)] == [FIRST, None]
    assert [each.key for each in said] == [reply_key("tea", "click", part) for part in (1, 2)]
    assert {each.deadline for each in said} == {MORNING}


def test_on_a_channel_that_is_gone_nothing_is_cut() -> None:
    assert len(_said(Reply(kind="staff", text="一。" * 9_000), channel=None)) == 1
