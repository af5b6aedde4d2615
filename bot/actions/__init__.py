"""What the bot does: one verb a file, each with one thing that others call."""
