"""What people of the shop hear of, wherever they are: gathered, and delivered to each peer."""
