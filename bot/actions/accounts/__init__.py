"""Who the shop's people are, as they set it themselves: invited, reset, removed, given a role. One file, one verb."""
