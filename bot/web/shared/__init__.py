"""What all pages and endpoints share: the doors, templates, words, outcomes."""
