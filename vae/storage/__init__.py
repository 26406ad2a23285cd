"""What is kept: results and checkpoints, written whole or not at all, and where they come from."""
