"""The site's search in a real browser: Portuguese with and without accents, below any address, with the network gone."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

FOLDER = "site"  # the site is served below an address, as on GitHub Pages
START = f"/{FOLDER}/atividades/04-vae/licoes/"


@pytest.fixture(scope="module")
def searching(browser: Browser, sample_site: Path, serve: Callable[[Path], str]) -> Iterator[Page]:
    """A page of the sample, its search loaded; then the network goes."""
    assert sample_site.name == FOLDER
    context = browser.new_context()
    page = context.new_page()
    foreign: list[str] = []
    origin = serve(sample_site.parent)
    page.on("request", lambda sent: None if sent.url.startswith((origin, "data:")) else foreign.append(sent.url))
    page.goto(origin + START, wait_until="networkidle")
    page.keyboard.press("/")  # the index is fetched when somebody turns to the search
    expect(page.locator(".md-search-result")).to_have_text("Digite para iniciar a busca")
    context.set_offline(True)
    yield page
    assert foreign == []
    context.close()


def search(page: Page, query: str) -> Locator:
    """Type a query; what the search then shows: a count, titles, excerpts, and the words that it says are missing."""
    shown = page.locator(".md-search-result")
    field = page.get_by_role("textbox", name="Buscar")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    field.press("Control+a")
    field.press("Backspace")
    expect(shown).to_have_text("Digite para iniciar a busca")
    field.press_sequentially(query)
    return shown


@pytest.mark.parametrize("query", ["ação", "acao", "reparametrização", "reparametrizacao", "REPARAMETRIZAÇÃO"])
def test_words_are_found_with_and_without_accents(searching: Page, query: str) -> None:
    shown = search(searching, query)
    expect(shown).to_contain_text("Visão geral")
    expect(shown).not_to_contain_text("Ausente")  # a word that was found is not said to be missing


def test_the_marked_word_keeps_its_accents(searching: Page) -> None:
    expect(search(searching, "reparametrizacao").locator("mark").first).to_have_text("reparametrização")


@pytest.mark.parametrize("query", ["xilofone", "0123456789ab"])  # the second is among the origins of the numbers
def test_what_is_in_no_text_is_not_found(searching: Page, query: str) -> None:
    expect(search(searching, query)).to_have_text("Nenhum documento encontrado")


def test_a_result_leads_to_its_page_below_the_same_address(searching: Page) -> None:
    link = search(searching, "reparametrizacao").locator("a").first
    expect(link).to_have_attribute("href", re.compile(rf"/{FOLDER}/atividades/04-vae/visao-geral/\?"))
