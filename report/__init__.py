"""The report: claims judged by what was measured, and the Portuguese pages that say so. No torch in here."""
