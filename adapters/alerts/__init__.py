"""How people of the shop are told, where they already are: group robots, chats and mail. One file for each kind.

`KINDS` is what an `[[alerts]]` table's `kind` may be; a new one is a file and a line here.
"""

from __future__ import annotations

from pkgutil import resolve_name
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.alerts.contract import Messenger

KINDS = {
    "feishu": "adapters.alerts.feishu:FeishuRobot",
    "dingtalk": "adapters.alerts.dingtalk:DingTalkRobot",
    "wecom": "adapters.alerts.wecom:WeComRobot",
    "slack": "adapters.alerts.slack:SlackWebhook",
    "telegram": "adapters.alerts.telegram:TelegramChat",
    "email": "adapters.alerts.mail:Mail",
}


def load_kind(name: str) -> type[Messenger]:
    """The messenger of one of `KINDS`. Raises `KeyError` for any other."""
    messenger: type[Messenger] = resolve_name(KINDS[name])
    return messenger


def settings_of_kind(name: str) -> Mapping[str, str]:
    """The keys of an `[[alerts]]` table of one of `KINDS`, and what each is."""
    settings: Mapping[str, str] = resolve_name(KINDS[name].partition(":")[0]).SETTINGS
    return settings
