"""The shop's people: accounts, sessions, links that let somebody in, and the log of what they did."""
