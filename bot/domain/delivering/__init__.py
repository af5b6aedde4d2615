"""What is to be sent: cut to fit its platform, and what becomes of it after one attempt."""
