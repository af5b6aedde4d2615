"""What one running bot is made of, put together: `bot/app.py` runs it and stops it."""
