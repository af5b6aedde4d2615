"""Forces thousands of orders of what may happen to a conversation while the bot decides about it."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tests.postgres import Postgres
from tests.reliability.interleaving import Report, attack
from tests.shop import stock
from tests.small_manual import small_manual

if TYPE_CHECKING:
    from collections.abc import Iterator


@click.command()
@click.option("--orders", default=5_000, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--on", type=click.Choice(["sqlite", "postgresql"]), default="sqlite", show_default=True)
def main(orders: int, seed: int, on: str) -> None:
    """Fails when any order has an outcome that no order of whole steps could have had."""
    with _fresh_database(on) as url:
        report = asyncio.run(_attack(url, orders, seed))
    click.echo(f"{report.orders} forced orders, {len(report.wrong)} wrong (seed {seed})")
    if report.wrong:
        raise click.ClickException(report.wrong[0])


@contextmanager
def _fresh_database(kind: str) -> Iterator[str]:
    if kind == "postgresql":
        with Postgres() as server:
            yield server.url()
        return
    with tempfile.TemporaryDirectory(prefix="xiaoer-interleaving-") as folder:
        yield f"sqlite:///{Path(folder) / 'shop.db'}"


async def _attack(url: str, orders: int, seed: int) -> Report:
    await stock(url, small_manual())
    return await attack(url, orders=orders, seed=seed)


if __name__ == "__main__":
    main()
