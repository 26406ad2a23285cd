"""Stub while the page is written."""

from report.page import Page

PAGE = Page(slug="geracao", title="geracao", description="geracao")
