"""The report as a notebook (python build.py --notebook PATH)."""
