"""Shops of these stories that are on a platform spoken natively: opened by the story, closed after it."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Protocol, TypeVar

import pytest

from tests.fakes import FakePlatform
from tests.platform_shop import PlatformShop

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.fakes import FakeClock

AnyShop = TypeVar("AnyShop", bound=PlatformShop)


class Opening(Protocol):
    """`await opening(OaShop, hand_off="wechat")`"""

    async def __call__(self, kind: type[AnyShop], **own: object) -> AnyShop: ...


@pytest.fixture
def stocked_copy(stocked_file: Path, tmp_path: Path) -> str:
    """A database of this story's own; what is told here depends on no dialect."""
    (tmp_path / "shop.db").write_bytes(stocked_file.read_bytes())
    return f"sqlite:///{tmp_path / 'shop.db'}"


@pytest.fixture
async def opening(stocked_copy: str, clock: FakeClock) -> AsyncIterator[Opening]:
    async with AsyncExitStack() as stack:

        async def opened(kind: type[AnyShop], **own: object) -> AnyShop:
            unused = await stack.enter_async_context(FakePlatform(clock=clock))
            shop = kind(url=stocked_copy, clock=clock, unused=unused, **own)
            entered: PlatformShop = shop
            await stack.enter_async_context(entered)
            return shop

        yield opened
