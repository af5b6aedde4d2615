"""A visitor of the shop's site, by the chat window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from adapters.simulation.contract import Delivery

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.simulation.contract import Said
    from adapters.web.adapter import WebAdapter


def write(adapter: WebAdapter, *, channel: str, said: Said, now: datetime) -> Delivery:
    """What the window's script posts."""
    del adapter, now  # nothing is signed: the visitor's id is the proof
    body = {"visitor": said.buyer_id, "message_id": str(said.message), "text": said.words, "surroundings": {}}
    return Delivery(
        path=f"/chat/{channel}/messages", body=orjson.dumps(body), headers={"Content-Type": "application/json"}
    )
