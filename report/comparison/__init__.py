"""What changed between two publications: verdicts that flipped, numbers that moved."""
