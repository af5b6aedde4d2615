"""A shop in full swing for pictures and slow tests: buyers of every shape, on a chat window and on a platform."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, NamedTuple

from bot.clock import SystemClock
from bot.domain.desk.phrases import Phrase
from bot.storage.answering import phrases
from tests.fakes import FakePlatform
from tests.real_bot import RealBot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from pathlib import Path

    from bot.app import Running

CONFIG = """
[server]
development = true

[database]
url = "sqlite:///{database}"

[shop]
name = "小满生活馆"

[desk]
undo_seconds = 0

[hours]
country = ""
every_day = ["00:00-24:00"]

[[channels]]
name = "site"
platform = "web"
messages_per_minute = 6000

[[channels]]
name = "store"
platform = "webhook"
messages_per_minute = 6000
secret = "{secret}"
reply_url = "{reply_url}"
allow_private_reply_url = true
reply_windows = ["douyin"]

"""
LONG = "我上周在你们家买了一个保温杯，当时页面写的是316不锈钢，收到以后看杯底刻的是304，"
BUYERS: Mapping[str, Sequence[str | Mapping[str, object]]] = {
    "林小鹿": ["在吗", "新疆包邮吗", "快递三天没动了，帮我看看是不是丢件了", "转人工"],
    "sunny_1988": [
        {"kind": "product", "product_id": "cup-500", "title": "500毫升保温杯"},
        "这个能放洗碗机吗",
        "转人工",
    ],
    "一个特别特别长的买家昵称放不下会怎么样呢一个特别特别长的买家昵称": [LONG * 12, "转人工"],
    "مرحبا بالعالم": ["هل الشحن مجاني؟", "转人工"],
    "😀😀😀": ["😀", "转人工"],
    "王先生": ["什么时候发货", "发什么快递"],
    "阿May": [
        {"kind": "order", "order_id": "2026113001234", "status": "paid"},
        "https://shop.example/a?b=1 看这个",
        "人工",
    ],
    "小Z": [{"kind": "image", "url": "https://img.example/a.jpg"}, "图里这个色还有吗"],
}


PHRASES = {
    "快递": ("亲，默认发中通，发货后1到3天到。",),
    "查件": ("我帮您查一下。", "单号是{tracking_no}，目前在{place}。"),
    "尺码": ("按身高体重看这张表，拿不准就报给我。",),
    "发票": ("电子发票在签收后24小时内发到您留的邮箱。",),
}


class Busy(NamedTuple):
    bot: RealBot
    platform: FakePlatform


@asynccontextmanager
async def busy_shop(folder: Path, *, empty: bool = False) -> AsyncIterator[Busy]:
    """Run the shop while the block lasts; all that buyers said is in."""
    async with FakePlatform(clock=SystemClock()) as platform:
        config = folder / "config.toml"
        settings = CONFIG.format(database=folder / "bot.db", secret=platform.secret, reply_url=platform.reply_url)
        config.write_text(settings, "utf-8")
        bot = RealBot(config)
        await asyncio.to_thread(bot.start)
        try:
            platform.webhook_url = f"{bot.url}/webhooks/store"
            for number, (name, words) in enumerate({} if empty else BUYERS.items()):
                await _comes(platform, number, name, words)
            if not empty:
                await bot.inside(_write_phrases)
            yield Busy(bot, platform)
        finally:
            await asyncio.to_thread(bot.stop)


async def _write_phrases(running: Running) -> None:
    shop = [Phrase(id=0, scope="shop", owner_id=0, title=title, bubbles=bubbles) for title, bubbles in PHRASES.items()]
    await running.database.write(phrases.add, shop, at=SystemClock().now())


async def _comes(platform: FakePlatform, number: int, name: str, words: Sequence[str | Mapping[str, object]]) -> None:
    """One buyer says all this, and has heard something by the time this returns."""
    for each in words:
        text, content = (each, None) if isinstance(each, str) else ("", each)
        await platform.buyer_says(text, conversation=f"c{number}", buyer=f"b{number}", name=name, content=content)
    await platform.hears(1, f"c{number}", within_seconds=30)
