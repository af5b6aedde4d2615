"""`xiaoer alerts`: where people of the shop are told of what happens, and a test of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from adapters.contract import Sent
from bot.actions.alerts.send_test_alert import send_test_alert
from bot.cli import Trouble, examples
from bot.cli.shared.options import config_option, run, settings
from bot.clock import SystemClock
from bot.wiring.alert_peers import open_alerts, telling_of

if TYPE_CHECKING:
    from pathlib import Path


@click.group("alerts", epilog=examples("xiaoer alerts list", "xiaoer alerts test desk-group"))
def command() -> None:
    """Show where people of the shop are told of hand-overs and troubles, and send a test there."""


@command.command("list", epilog=examples("xiaoer alerts list"))
@config_option
def list_(config_file: Path | None) -> None:
    """List the [[alerts]] of the settings: name, kind, and which events each is told."""
    config = settings(config_file)
    open_alerts(config)
    for each in config.alerts:
        click.echo(f"{each.name}  {each.kind}  {', '.join(each.events)}")
    if not config.alerts:
        click.echo("Nobody is told: there is no [[alerts]] table in the settings.")


@command.command("test", epilog=examples("xiaoer alerts test desk-group"))
@click.argument("name")
@config_option
def test(name: str, config_file: Path | None) -> None:
    """Send a test alert to NAME, and say what became of it."""
    config = settings(config_file)
    peers = open_alerts(config)
    if name not in peers:
        raise Trouble(f"there is no alert {name} in the settings; there are: {', '.join(peers) or 'none'}")
    peer = peers[name]
    outcome = run(send_test_alert(peer=peer, telling=telling_of(config, peer.language), clock=SystemClock()))
    if not isinstance(outcome, Sent):
        raise Trouble(f"the test did not arrive: {outcome.reason}")
    click.echo(f"{name} has taken the test; look whether people read it there.")
