"""How platforms speak: one folder each, all of the same shape."""
