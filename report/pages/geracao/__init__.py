"""What the prior gives: samples, their classes and quality, the decoded plane, interpolations, holes."""
