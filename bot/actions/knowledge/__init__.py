"""What the shop knows: imported, published, kept in memory, asked, and measured."""
