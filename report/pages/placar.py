"""Stub while the page is written."""

from report.page import Page

PAGE = Page(slug="placar", title="placar", description="placar")
