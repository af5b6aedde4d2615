"""The way of a message: taken from its platform, decided about, and answered."""
