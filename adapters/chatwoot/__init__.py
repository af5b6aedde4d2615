"""Chatwoot: its agent bot answers in every inbox it is connected to, and its agents are the desk."""
