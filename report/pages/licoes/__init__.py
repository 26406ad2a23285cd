"""Lessons: what remains, drawn from the verdicts and measured values of the other pages."""
