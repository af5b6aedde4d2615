"""Forces 5,000 orders of what may happen to a conversation while the bot decides about it: none may come out wrong."""

from __future__ import annotations

import asyncio
import sys

from tests.reliability.interleaving import main

if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
