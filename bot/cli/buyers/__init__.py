"""Commands about one buyer, and about what buyers wrote."""
