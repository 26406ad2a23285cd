"""Pages from evidence: templates, tables, figures, and the way back from each number; pure functions to text and bytes."""
