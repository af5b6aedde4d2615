"""The chat window of the shop's own site."""
