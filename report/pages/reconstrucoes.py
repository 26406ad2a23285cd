"""Stub while the page is written."""

from report.page import Page

PAGE = Page(slug="reconstrucoes", title="reconstrucoes", description="reconstrucoes")
