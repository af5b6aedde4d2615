"""The windows that platforms are known to have, from the dated files beside this one, and how a channel picks them."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.domain.reply_windows.window import BadWindow, Preset, read_window

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.reply_windows.window import Window


@cache
def presets() -> Mapping[str, Preset]:
    """All of them by name."""
    folder = files("bot.domain.reply_windows").joinpath("presets")
    texts = (file.read_text("utf-8") for file in sorted(folder.iterdir(), key=lambda file: file.name))
    read = [Preset.model_validate(tomllib.loads(text)) for text in texts]
    return MappingProxyType({preset.name: preset for preset in read})


def chosen(given: Sequence[object]) -> tuple[Window, ...]:
    """The windows of a channel: presets by name, and windows of its own, which take the place of one so called.

    Raises `BadWindow` for a preset that is not there and for a window that cannot be.
    """
    windows: dict[str, Window] = {}
    for each in given:
        if isinstance(each, str):
            windows |= {window.name: window for window in _preset(each).windows}
        else:
            own = read_window(each)
            windows[own.name] = own
    return tuple(windows.values())


def _preset(name: str) -> Preset:
    if name not in presets():
        raise BadWindow(f"there is no preset {name!r}; there are: {', '.join(presets())}")
    return presets()[name]
