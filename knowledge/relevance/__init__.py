"""What a question is about, less the words of any question."""
