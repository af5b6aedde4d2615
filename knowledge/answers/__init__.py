"""What the shop says now: an answer chosen by its conditions, with its variables filled in."""
