"""WhatsApp: a business number, by the Cloud API."""
