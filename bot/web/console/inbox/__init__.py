"""The desk: the queue, the open conversation, and what people do there."""
