"""What a build does: hold the grid against what is stored, hand the rest out, store what comes back."""
