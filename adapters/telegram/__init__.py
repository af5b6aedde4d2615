"""Telegram: a bot of the shop's own, by the Bot API."""
