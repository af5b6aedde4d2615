"""What was stored comes back the same, also what an earlier version stored."""

from __future__ import annotations

import dataclasses

import orjson

from bot.dialogue.acts import Situation
from bot.dialogue.state import Memory
from bot.storage.packing import pack_memory, pack_situation, unpack_memory, unpack_situation
from tests.talk import NEW, OPEN

SHOP = dataclasses.replace(OPEN, days_ahead="110?", holidays={"元旦": ("2026-11-25", "2026-11-25")})
SITUATION = Situation(conversation=NEW, shop=SHOP, inbox_ids=(1, 2), refined=True)


def test_a_situation_comes_back_with_the_days_ahead() -> None:
    assert unpack_situation(pack_situation(SITUATION)).shop == SHOP


def test_a_situation_from_before_the_days_ahead_were_kept_has_none() -> None:
    fields = orjson.loads(pack_situation(SITUATION))
    del fields["shop"]["days_ahead"], fields["shop"]["holidays"]
    again = unpack_situation(orjson.dumps(fields))
    assert again.shop == dataclasses.replace(SHOP, days_ahead="", holidays={})


def test_height_and_weight_are_remembered_as_they_were_told() -> None:
    memory = Memory(height_cm=165, weight_kg=52.5, wanted="size")
    assert unpack_memory(pack_memory(memory)) == memory
    told = Memory(told=("拆开过", "泡过一次茶"))
    assert unpack_memory(pack_memory(told)) == told
    assert b"height" not in pack_memory(Memory())
