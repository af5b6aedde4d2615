"""The library of what buyers of any shop ask."""
