"""What the bot decides and does."""
