"""Coming in and going out: passwords, codes from a phone, and proving who one is. One file, one verb."""
