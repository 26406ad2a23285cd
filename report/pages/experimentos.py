"""Stub while the page is written."""

from report.page import Page

PAGE = Page(slug="experimentos", title="experimentos", description="experimentos")
