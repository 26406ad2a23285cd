"""Stub while the page is written."""

from report.page import Page

PAGE = Page(slug="licoes", title="licoes", description="licoes")
