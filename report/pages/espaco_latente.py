"""Stub while the page is written."""

from report.page import Page

PAGE = Page(slug="espaco-latente", title="espaco-latente", description="espaco-latente")
