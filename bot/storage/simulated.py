"""Whether a database holds buyers who are not simulated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, func, select

from adapters.simulation.contract import FIRST_NUMBER, PREFIX
from bot.config import TRY_OUT_CHANNEL
from bot.storage.tables.messages import conversation

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


def has_real_buyers(connection: Connection) -> bool:
    """Whether anybody but simulated buyers, and whoever tried the bot out, has ever written."""
    talk, first = conversation.c, str(FIRST_NUMBER)
    counts_high = and_(talk.buyer.like(f"{first[0]}%"), func.length(talk.buyer) == len(first))
    real = select(talk.id).where(talk.channel != TRY_OUT_CHANNEL, talk.buyer.not_like(f"{PREFIX}%"), ~counts_high)
    return connection.execute(real.limit(1)).first() is not None
