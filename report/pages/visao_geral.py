"""Stub while the page is written."""

from report.page import Page

PAGE = Page(slug="visao-geral", title="visao-geral", description="visao-geral")
