"""Channels: kept in use, made, changed, tested and removed; one file, one verb."""
