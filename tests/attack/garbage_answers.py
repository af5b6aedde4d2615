"""Twenty thousand kinds of head and body that a platform may answer with: `python -m tests.attack.garbage_answers`."""

from __future__ import annotations

import asyncio
import time

import click

from tests.garbage import send_to_garbage


@click.command()
@click.option("--kinds", default=20_000, show_default=True)
def main(kinds: int) -> None:
    """Fails when one raises anything, or when a retry has other bytes."""
    started = time.monotonic()
    told = asyncio.run(send_to_garbage(range(kinds)))
    click.echo(f"{kinds} kinds, each twice, within {time.monotonic() - started:.0f} s: {dict(told.outcomes)}")
    click.echo(f"raised: {told.raised.total()} {dict(told.raised.most_common(5))}; other bytes: {len(told.changed)}")
    assert not told.raised
    assert not told.changed
    assert told.outcomes.total() == 2 * kinds


if __name__ == "__main__":
    main()
