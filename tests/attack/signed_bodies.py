"""Ten thousand strange bodies a platform, signed to get past the door: `python -m tests.attack.signed_bodies`."""

from __future__ import annotations

import sys

import click

from tests.adapters.contract.test_stories import PLATFORMS
from tests.platform_shop import PlatformShop, SafeOaShop
from tests.signed_bodies import fuzz


@click.command()
@click.option("--bodies", default=10_000)
@click.option("--seed", default=1)
def main(bodies: int, seed: int) -> None:
    failed = 0
    kinds: tuple[type[PlatformShop], ...] = (*PLATFORMS, SafeOaShop)
    for kind in kinds:
        found = fuzz(kind, bodies=bodies, seed=seed)
        told = ", ".join(f"{count} {what}" for what, count in found.taken.most_common())
        click.echo(f"{kind.platform_name:<12} {told}; {len(found.wrong)} faults")
        for each in found.wrong[:5]:
            click.echo(f"  {each}")
        failed += len(found.wrong)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
