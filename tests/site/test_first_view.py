"""What a page fetches before anybody asks for it, and what can be reached from the keyboard."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

PAGE = "/atividades/04-vae/visao-geral/"


@pytest.fixture(scope="module")
def origin(sample_site: Path, serve: Callable[[Path], str]) -> str:
    return serve(sample_site)


def test_the_index_is_fetched_when_somebody_searches(browser: Browser, origin: str) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url) if "search_index" in sent.url else None)
    page.goto(origin + PAGE, wait_until="networkidle")
    assert asked == []
    page.keyboard.press("/")  # the theme's own key
    page.locator(".md-search__input").press_sequentially("evidência")
    page.locator(".md-search-result__item").first.wait_for()
    assert len(asked) == 1
    page.close()


def test_a_search_in_the_address_is_answered_at_once(browser: Browser, origin: str) -> None:
    page = browser.new_page()
    page.goto(origin + PAGE + "?q=amostra")
    page.locator(".md-search-result__item").first.wait_for(state="attached")
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_first_visit_fetches_the_figures_of_its_scheme_only(browser: Browser, origin: str, scheme: str) -> None:
    tall = {"width": 1280, "height": 6000}  # the figure is in sight from the first frame
    page = browser.new_page(color_scheme="dark" if scheme == "dark" else "light", viewport=tall)
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url.rpartition("/")[2]) if "curva-" in sent.url else None)
    # The theme's script may come late; what is shown until then is fetched too.
    page.route("**/bundle.*.js", lambda route: (page.wait_for_timeout(1500), route.continue_()))
    page.goto(origin + PAGE, wait_until="networkidle")
    assert set(asked) == {{"light": "curva-claro.svg", "dark": "curva-escuro.svg"}[scheme]}
    page.close()


def test_a_box_is_a_stop_for_the_keyboard_while_it_scrolls(browser: Browser, origin: str) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(origin + PAGE, wait_until="networkidle")
    box = page.locator(".image-columns").first
    page.wait_for_function("document.querySelector('.image-columns').tabIndex === 0")
    page.set_viewport_size({"width": 1600, "height": 900})
    page.wait_for_function("document.querySelector('.image-columns').tabIndex === -1")
    assert box.get_attribute("tabindex") is None
    page.close()


def test_a_box_that_scrolls_fades_at_the_edges_beyond_which_there_is_more(browser: Browser, origin: str) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(origin + PAGE, wait_until="networkidle")
    clear = "rgba(0, 0, 0, 0)"
    for box, keeps_its_first in ((".image-columns", True), (".md-typeset__scrollwrap", False)):
        found = f"document.querySelector('{box}')"
        mask = f"getComputedStyle({found}).maskImage"
        page.wait_for_function(f"{mask}.endsWith('{clear})')")
        assert page.evaluate(mask).count(clear) == 1, "nothing lies before"
        page.evaluate(f"{found}.scrollTo({{left: {found}.scrollWidth, behavior: 'instant'}})")
        page.wait_for_function(f"!{mask}.endsWith('{clear})')")
        assert page.evaluate(mask).count(clear) == (0 if keeps_its_first else 1), "the first column stays in sight"
        page.emulate_media(media="print")
        assert page.evaluate(mask) == "none"
        page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1600, "height": 900})
    page.wait_for_function("getComputedStyle(document.querySelector('.image-columns')).maskImage === 'none'")
    page.close()
