"""Text made comparable, and cut into words and into questions."""
