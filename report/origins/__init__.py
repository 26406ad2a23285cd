"""Numbers that know where they came from: carried through arithmetic, recorded where page code reads, followed to a line of code."""
