"""What it costs to check one delivery and read it, beside a bare HMAC over the same body in the same run.

At most 200 µs where the signature is an HMAC or a secret, 500 µs where the body is encrypted.
"""

from __future__ import annotations

import hmac
import time
from typing import TYPE_CHECKING

from adapters import load_platform
from adapters.contract import Request
from bench.load import report
from tests.fakes import FakeClock
from tests.platform_shop import DouyinShop, KfShop, OaShop, SafeOaShop, WechatShopShop
from tests.platform_shops_abroad import LineShop, MessengerShop, TelegramShop, WhatsappShop
from tests.signed_bodies import PAYLOADS, as_for

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.platform_shop import PlatformShop

ROUNDS, TIMES = 15, 200
SECRET = b"any secret of thirty-two bytes .."
ENCRYPTED_AT_MOST_US, SIGNED_AT_MOST_US = 500, 200
RECORDED: Mapping[type[PlatformShop], str] = {
    OaShop: "text.xml",
    SafeOaShop: "text.xml",
    KfShop: "delivery.xml",
    WechatShopShop: "text.json",
    DouyinShop: "text.json",
    TelegramShop: "text.json",
    LineShop: "text.json",
    WhatsappShop: "text.json",
    MessengerShop: "text.json",
}
ENCRYPTED = (SafeOaShop, KfShop, WechatShopShop)


def microseconds(work: Callable[[], object]) -> float:
    """The best of several rounds: what the work itself costs, whatever else the machine does."""
    rounds = []
    for _ in range(ROUNDS):
        begun = time.thread_time()
        for _ in range(TIMES):
            work()
        rounds.append((time.thread_time() - begun) / TIMES * 1e6)
    return min(rounds)


def measured(kind: type[PlatformShop], name: str) -> tuple[float, float]:
    """Receiving one recorded delivery, and a bare HMAC over its body."""
    shop = kind(url="", clock=FakeClock(), unused=None)  # type: ignore[arg-type]  # it is never opened
    shop.recorder.closes()
    settings = {**shop.own_settings, "api_url": shop.recorder.url, "allow_private_api_url": True}
    adapter = load_platform(kind.platform_name).configure(channel="tea", settings=settings)
    body = as_for(shop, (PAYLOADS / kind.platform_name.replace("-", "_") / "payloads" / name).read_bytes())
    posted, now = shop.signed_body(body), shop.clock.now()
    headers = {each.lower(): value for each, value in posted.headers.items()}
    request = Request(query=posted.query, headers=headers, body=posted.body)
    return (
        microseconds(lambda: adapter.receive(request, now=now)),
        microseconds(lambda: hmac.digest(SECRET, posted.body, "sha256")),
    )


def main() -> None:
    for kind, name in RECORDED.items():
        taken, bare = measured(kind, name)
        at_most = ENCRYPTED_AT_MOST_US if kind in ENCRYPTED else SIGNED_AT_MOST_US
        platform = f"{kind.platform_name}{' encrypted' if kind in ENCRYPTED else ''}"
        told = f"{taken:6.1f} us   {taken / bare:5.1f} x a bare HMAC ({bare:.1f} us)"
        print(f"{platform:<21} checked and read in {told}   at most {at_most}")
        report(f"verify {platform}", us=round(taken, 1), to_bare_hmac=round(taken / bare, 1), at_most_us=at_most)


if __name__ == "__main__":
    main()
