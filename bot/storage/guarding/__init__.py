"""What is kept about the desk as a whole: its settings, who is there, and what was done for buyers who wait."""
