"""Overview: what was done and what was found, in numbers."""
