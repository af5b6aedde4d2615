"""What is done for a buyer who waits: people are told, step by step, and in the end the bot says a word in time."""
