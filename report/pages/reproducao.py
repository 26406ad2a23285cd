"""Stub while the page is written."""

from report.page import Page

PAGE = Page(slug="reproducao", title="reproducao", description="reproducao")
