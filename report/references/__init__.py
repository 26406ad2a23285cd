"""What a text leans on: works and citations, explained terms, "Figura 3"."""
