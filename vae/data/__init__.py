"""Data sets: which there are, their files found and checked, their images as resident tensors."""
