"""Ten thousand strange pages, as WeCom hands them out when it is asked: `python -m tests.attack.wecom_pages`.

Nothing of a page can be turned away. What cannot be kept is left out, and the rest of the page counts.
"""

from __future__ import annotations

import random
import sys

import click

from adapters.contract import BadPayload
from adapters.fields import Fields, read_object
from adapters.wecom_kf.payloads import read_page
from tests.signed_bodies import PAYLOADS, strange

ACCOUNT = "wk-teashop"


@click.command()
@click.option("--bodies", default=10_000)
@click.option("--seed", default=1)
def main(bodies: int, seed: int) -> None:
    recorded = [path.read_bytes() for path in sorted((PAYLOADS / "wecom_kf/payloads").glob("*.json"))]
    sound = (PAYLOADS / "wecom_kf/payloads/text.json").read_bytes()
    kept, unreadable, wrong = 0, 0, list[str]()
    for item in strange(recorded, bodies, random.Random(seed)):  # noqa: S311 - repeatable, protects nothing
        try:
            page = Fields(read_object(b'{"msg_list":[' + item + b"," + sound + b"]}"), [])
            events = read_page(page, account=ACCOUNT, since=None)
        except BadPayload:  # the page as a whole is no JSON
            unreadable += 1
        except Exception as problem:  # noqa: BLE001 - whatever it is, is what is looked for
            wrong.append(f"{problem!r:.200} at {item[:300]!r}")
        else:
            kept += len(events)
            if "kf-msg-text" not in {each.external_id for each in events}:
                wrong.append(f"the message beside it is lost: {item[:300]!r}")
    click.echo(f"wecom-kf pages: {kept} events kept, {unreadable} pages no JSON; {len(wrong)} faults")
    for each in wrong[:5]:
        click.echo(f"  {each}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
