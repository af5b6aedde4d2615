"""What a rule can have said: the acts, with the bubbles that go with them and what is remembered."""
