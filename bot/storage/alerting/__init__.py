"""Alerts to people of the shop: written with what they tell of, and waiting at each peer."""
