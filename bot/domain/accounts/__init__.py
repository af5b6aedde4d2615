"""The shop's people: who they are, what each may do, how they come in, and what they set."""
