"""How platforms speak: one folder each, all of the same shape.

`PLATFORMS` is what a channel's `platform` may be, and where its adapter stands; a new platform is a folder and a line
here. An adapter is loaded when a channel names its platform, so that nobody waits for the libraries of the others.
"""

from __future__ import annotations

from pkgutil import resolve_name
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.contract import Adapter

PLATFORMS = {
    "line": "adapters.line.adapter:LineAdapter",
    "chatwoot": "adapters.chatwoot.adapter:ChatwootAdapter",
    "messenger": "adapters.messenger.adapter:MessengerAdapter",
    "telegram": "adapters.telegram.adapter:TelegramAdapter",
    "web": "adapters.web.adapter:WebAdapter",
    "webhook": "adapters.webhook.adapter:WebhookAdapter",
    "whatsapp": "adapters.whatsapp.adapter:WhatsappAdapter",
    "wechat-oa": "adapters.wechat_oa.adapter:WechatOaAdapter",
    "wecom-kf": "adapters.wecom_kf.adapter:WecomKfAdapter",
    "wechat-shop": "adapters.wechat_shop.adapter:WechatShopAdapter",
    "douyin-im": "adapters.douyin_im.adapter:DouyinImAdapter",
}


def load_platform(name: str) -> type[Adapter]:
    """The adapter of one of `PLATFORMS`. Raises `KeyError` for any other."""
    adapter: type[Adapter] = resolve_name(PLATFORMS[name])
    return adapter


def needs_of(name: str) -> Mapping[str, str]:
    """What a channel of one of `PLATFORMS` needs: each setting, and where the owner finds it."""
    needs: Mapping[str, str] = resolve_name(PLATFORMS[name].partition(":")[0]).NEEDS
    return needs
