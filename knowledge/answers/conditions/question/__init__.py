"""Conditions on what the buyer asks, or names in asking."""
