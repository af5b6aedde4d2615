"""The parts that the settings of the console have, in the order of their tabs."""

from __future__ import annotations

PARTS = ("channels", "waits", "groups", "routing", "agreement", "alerts", "shop")
