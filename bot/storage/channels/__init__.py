"""The channels that owners make in the console, and what is left of those that are gone."""
