"""`xiaoer migrate`: the database brought up to date, without serving."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bot.cli import examples
from bot.cli.shared.options import config_option, run, settings
from bot.storage.engine.database import open_database
from bot.storage.engine.schema import upgrade

if TYPE_CHECKING:
    from pathlib import Path


@click.command(
    "migrate",
    epilog=examples(
        "xiaoer migrate",
        "xiaoer migrate --config shop.toml",
    ),
)
@config_option
def command(config_file: Path | None) -> None:
    """Bring the database up to date; it is made when there is none.

    `serve` does this by itself at every start. Call it beforehand where several processes share one PostgreSQL
    database, or where the serving user may not change tables. A database that is up to date is left as it is.
    """
    run(_migrate(settings(config_file).database.url))
    click.echo("The database is up to date.")


async def _migrate(url: str) -> None:
    async with open_database(url) as database:
        await database.write(upgrade)
