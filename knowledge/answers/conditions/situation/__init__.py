"""Conditions on what holds around a question: the day and the hour, the order, the address, the channel."""
