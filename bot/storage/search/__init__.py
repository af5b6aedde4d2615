"""Finding what was said: an index of words that is written behind the messages, in small steps, and asked in one."""
