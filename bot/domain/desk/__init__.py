"""The desk: how it is set, what people see at it, and what passes between it and what they do."""
