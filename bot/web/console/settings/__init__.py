"""What owners set for the desk in the console: how much the bot says, windows, the ladder, groups, routing."""
