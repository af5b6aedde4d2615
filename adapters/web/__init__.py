"""The chat window in the browser: the try-out page, and the one a shop embeds in its own site."""
