"""LINE: an official account, by the Messaging API."""
