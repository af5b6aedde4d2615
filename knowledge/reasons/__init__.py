"""Why something is decided, chosen or refused: codes with values, and their words."""
