"""Brazilian Portuguese: numbers, dates, plurals, and the words for what the judging says."""
