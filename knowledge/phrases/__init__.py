"""How buyers say one thing or another: patterns as data in `zh/*.toml`, and the small compiler that reads them."""
