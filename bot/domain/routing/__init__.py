"""Who of the shop's people gets a buyer: first which group, then which person in it."""
