"""Fits the starter manual and writes `knowledge/data/starter_fit.npz` anew, so that no shop has to."""

from __future__ import annotations

from pathlib import Path

from knowledge.base import KnowledgeBase
from knowledge.fitting import SHIPPED
from knowledge.manual.files import starter_manual

if __name__ == "__main__":
    fitted = KnowledgeBase.build(revision=0, manual=starter_manual()).fitted()
    (Path(__file__).parent.parent / "knowledge" / "data" / SHIPPED).write_bytes(fitted)
