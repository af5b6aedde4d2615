"""Manuals as Excel workbooks and CSV files, and back."""
