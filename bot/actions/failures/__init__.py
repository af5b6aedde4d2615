"""What went wrong and waits for people: one file, one verb."""
