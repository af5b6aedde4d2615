"""What people do with quick phrases: find, fill and keep them, and take them from and to Excel."""
