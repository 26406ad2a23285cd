"""The report as a course wants it handed in: one page, the code that runs, the figures (python build.py --deliver DIR)."""
