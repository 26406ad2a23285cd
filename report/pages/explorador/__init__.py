"""Explorer: the trained decoder and encoder in the reader's browser, and what its pictures mean."""
