"""MkDocs' side of the report: what joins rendered/ with docs/, hooks, the branch of GitHub Pages. build.py needs none of it."""
