"""Forces thousands of orders of what may happen to a conversation while the bot decides about it."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import click

from tests.reliability.interleaving import Report, attack
from tests.shop import stock
from tests.small_manual import small_manual


@click.command()
@click.option("--orders", default=5_000, show_default=True)
@click.option("--seed", default=1, show_default=True)
def main(orders: int, seed: int) -> None:
    """Fails when any order has an outcome that no order of whole steps could have had."""
    with tempfile.TemporaryDirectory(prefix="xiaoer-interleaving-") as folder:
        report = asyncio.run(_attack(f"sqlite:///{Path(folder) / 'shop.db'}", orders, seed))
    click.echo(f"{report.orders} forced orders, {len(report.wrong)} wrong (seed {seed})")
    if report.wrong:
        raise click.ClickException(report.wrong[0])


async def _attack(url: str, orders: int, seed: int) -> Report:
    await stock(url, small_manual())
    return await attack(url, orders=orders, seed=seed)


if __name__ == "__main__":
    main()
