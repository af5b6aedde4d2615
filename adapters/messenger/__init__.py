"""Messenger and Instagram: the messages of a page or an account, by the Graph API."""
