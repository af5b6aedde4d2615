"""What people do beside a conversation: notes, tags, drafts, and what they find for the manual as they answer."""
