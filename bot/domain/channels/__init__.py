"""A channel in use: its adapter, how much the bot says on it, and its budget on the wire."""
