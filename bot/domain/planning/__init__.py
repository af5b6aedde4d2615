"""A claimed conversation becomes a plan: what is to be said, kept and settled. Pure; `bot/actions` writes it down."""
