"""Print the bill of materials of the lock file in CycloneDX's form: `python deploy/sbom.py < requirements.lock`.

The same lock gives the same bytes: no time and no serial number stand in it. The hashes stay in the lock.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PINNED = re.compile(r"^([\w.-]+)==([^\s;\\]+)", re.MULTILINE)


def bill_of(lock: str, *, name: str, version: str) -> dict[str, object]:
    """Return the bill of a program that stands on what a lock of pip-compile pins."""
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": name, "name": name, "version": version}},
        "components": list(_components(lock)),
    }


def _components(lock: str) -> Iterator[dict[str, object]]:
    for name, version in _PINNED.findall(lock):
        purl = f"pkg:pypi/{name.lower().replace('_', '-')}@{version}"
        yield {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}


def main() -> None:
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))["project"]
    bill = bill_of(sys.stdin.read(), name=project["name"], version=project["version"])
    sys.stdout.write(json.dumps(bill, indent=1) + "\n")


if __name__ == "__main__":
    main()
