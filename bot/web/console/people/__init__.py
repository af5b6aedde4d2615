"""Pages about the shop's people: the door, their own accounts, who there is, and what was done."""
