"""What is wrong with a manual, and where staff find it."""
