"""How buyers were asked how it went, and what they answered."""
