"""What people of the shop see and do in conversations: read and written with the rest of the shop's life."""
