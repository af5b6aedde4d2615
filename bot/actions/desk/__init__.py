"""What people do at the desk: one verb a file, each a click of one person upon one conversation."""
