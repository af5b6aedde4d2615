"""What people of the shop have at hand as they answer: kept beside the conversation, or for all of them."""
