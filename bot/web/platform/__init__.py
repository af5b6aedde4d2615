"""What platforms and supervisors call."""
