"""What the shop knows: pure, no network, no database, no clock."""
