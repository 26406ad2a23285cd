"""The pages: each a <slug>.py with its runs, claims and figures, beside a <slug>.md.jinja with its text."""
