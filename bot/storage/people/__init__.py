"""What people of the shop do in conversations, and what waits for them."""
