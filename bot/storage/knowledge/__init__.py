"""What the shop knows: its manuals in revisions, what was learned from them, and what people find for the next."""
