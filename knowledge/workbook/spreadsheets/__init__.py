"""Excel workbooks and CSV files as sheets of text: they may be a stranger's, and know nothing of manuals."""
