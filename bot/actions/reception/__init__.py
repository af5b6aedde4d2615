"""Buyers who wait for people: how the desk is set, who gets whom, by when, and what became of it."""
