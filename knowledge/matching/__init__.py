"""How well a question fits an entry, with a confidence that can be acted upon."""
