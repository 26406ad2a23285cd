"""Where every number comes from, and how to get it again."""
