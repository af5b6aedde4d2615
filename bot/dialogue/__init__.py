"""The buyer's turn: what was said, what is decided about it, and what is said back. Pure."""
