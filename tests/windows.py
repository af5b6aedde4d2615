"""Reply windows for stories, as a channel's settings name them."""

from __future__ import annotations


def open_for(hours: float) -> dict[str, object]:
    """The platform takes replies for so long after the buyer's last message."""
    return {"kind": "quota", "name": "open", "within_hours": hours}


WITHIN_THREE_MINUTES = {"kind": "human-reply", "name": "three-minutes", "within_seconds": 180}
