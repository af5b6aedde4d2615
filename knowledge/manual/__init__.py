"""The manual: its values, its file form, and what differs between two of them."""
