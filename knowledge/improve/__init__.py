"""How good answers are, and what would make them better."""
