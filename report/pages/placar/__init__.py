"""Scoreboard: every claim of the report, its verdict and the size of its effect."""
