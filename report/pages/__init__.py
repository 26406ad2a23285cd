"""The pages: each a folder, whose page.py has its runs, claims and figures and whose page.md.jinja has its text."""
