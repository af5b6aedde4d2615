"""How much the bot says on one channel, and by when its buyers are answered: shown on the channel's page, and set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.config import TRY_OUT_CHANNEL
from bot.domain.channels.modes import BOT_MODES
from bot.domain.reply_windows.presets import presets
from bot.web.console.settings import forms
from bot.web.console.settings.forms import OWN_LINE, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from multidict import MultiDictProxy

    from bot.domain.desk.settings import DeskSettings
    from bot.domain.reply_windows.window import Window
    from bot.web.console.settings.desk_setter import DeskSetter
    from bot.web.console.settings.forms import Wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """What the desk has set for each channel. A channel is none of its while it cannot be opened."""

    setter: DeskSetter

    def shown(self, name: str) -> Mapping[str, object]:
        """What the page shows of this channel."""
        desk = self.setter.desk()
        return {
            "desk": desk,
            "answers": desk.channels.get(name),
            "set_modes": {each.group: each for each in desk.settings.modes if each.channel == name},
            "own_window": _own(desk.settings.windows.get(name, ())),
            "own_line": OWN_LINE,
            "modes": BOT_MODES,
            "presets": presets(),
        }

    async def set_modes(self, request: web.Request) -> Wrong | None:
        """None once the form holds, else why it does not."""

        def wanted(settings: DeskSettings, form: MultiDictProxy[Any]) -> DeskSettings:
            return forms.with_modes(settings, form, self._channel(request, "mode"))

        return await self.setter.save(request, "channels", wanted)

    async def set_windows(self, request: web.Request) -> Wrong | None:
        """None once the form holds, else why it does not."""

        def wanted(settings: DeskSettings, form: MultiDictProxy[Any]) -> DeskSettings:
            return forms.with_windows(settings, form, self._channel(request, "windows"))

        return await self.setter.save(request, "channels", wanted)

    def _channel(self, request: web.Request, setting: str) -> str:
        """The name of the page's channel. Raises 404 where none is open, `Refused` where the file has this setting."""
        name = request.match_info["channel"]
        channel = self.setter.desk().channels.get(name)
        if channel is None or name == TRY_OUT_CHANNEL:
            raise web.HTTPNotFound(text="no such channel")
        if getattr(channel, setting) is not None:
            raise Refused("fixed_in_the_file")
        return name


def _own(windows: tuple[Window | str, ...]) -> Window | None:
    """The line that the channel has set for itself."""
    return next((each for each in windows if not isinstance(each, str) and each.name == OWN_LINE), None)
