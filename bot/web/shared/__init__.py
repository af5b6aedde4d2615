"""What all pages and endpoints share: who may come in, templates, words, outcomes."""
