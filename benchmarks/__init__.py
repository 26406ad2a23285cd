"""What is measured about the code itself, by hand and now and then; the figures are kept beside it."""
