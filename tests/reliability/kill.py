"""Kills the program again and again under load and says whether anything was lost, doubled or out of order.

python tests/reliability/kill.py --messages 8000 --kills 160 [--seed N] [--database sqlite|postgresql] [--plant BUG]
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    runpy.run_module("tests.reliability.harness", run_name="__main__")
