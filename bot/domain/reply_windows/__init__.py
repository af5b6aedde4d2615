"""Reply windows: by when a buyer should have an answer, who may give it, and how much may still be sent."""
