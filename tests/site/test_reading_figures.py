"""Figures in a real browser: enlarged, compared column over column, led back to their runs; by pointer, touch and keyboard."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

PAGE = "/atividades/04-vae/visao-geral/"


@pytest.fixture(scope="module")
def origin(sample_site: Path, serve: Callable[[Path], str]) -> str:
    return serve(sample_site)


@pytest.fixture
def page(browser: Browser, origin: str) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    opened.goto(origin + PAGE)
    expect(opened.get_by_role("button", name="Ampliar")).to_have_count(3)  # made by the page's script
    yield opened
    opened.close()


def width(image: Locator) -> float:
    box = image.bounding_box()
    assert box
    return box["width"]


def test_a_figure_is_enlarged_and_esc_leads_back(page: Page) -> None:
    figure, dialog = page.locator("#fig-amostras"), page.get_by_role("dialog", name="Figura 2, ampliada")
    button = figure.get_by_role("button", name="Ampliar")
    button.focus()
    page.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    assert width(dialog.locator("img")) > 1.3 * width(figure.locator("img"))
    assert dialog.evaluate("d => d.contains(document.activeElement)"), "the keyboard is in the dialog"
    assert page.evaluate("document.querySelectorAll('#fig-amostras').length") == 1, "no id is there twice"
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(button).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_scheme_s_own_variant_is_enlarged(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.locator("#fig-curva").get_by_role("button", name="Ampliar").click()
    shown = page.locator("dialog.zoom img:visible")
    expect(shown).to_have_count(1)
    expect(shown).to_have_attribute("src", re.compile(f"#only-{scheme}$"))


def test_columns_are_enlarged_side_by_side(page: Page) -> None:
    page.locator("#fig-colunas").get_by_role("button", name="Ampliar").click()
    boxes = [image.bounding_box() for image in page.locator("dialog.zoom img").all()]
    assert len(boxes) == 5
    assert len({box["y"] for box in boxes}) == 1 and max(box["x"] + box["width"] for box in boxes) <= 1280
    page.get_by_role("button", name="Fechar").click()
    expect(page.locator("dialog.zoom")).to_have_count(0)


def test_a_click_beside_the_figure_closes_it(page: Page) -> None:
    page.locator("#fig-curva").get_by_role("button", name="Ampliar").click()
    page.mouse.click(4, 450)
    expect(page.locator("dialog.zoom")).to_have_count(0)


def test_on_a_phone_a_plot_is_panned_over_and_the_page_is_not(browser: Browser, origin: str) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(origin + PAGE)
    page.locator("#fig-curva").get_by_role("button", name="Ampliar").click()
    assert width(page.locator("dialog.zoom img:visible")) > 500
    assert page.evaluate("document.querySelector('dialog.zoom figure p').scrollWidth > innerWidth")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert width(page.locator("dialog.zoom")) <= 390
    page.close()


@pytest.mark.parametrize("enlarged", [False, True])
def test_a_figure_leads_to_the_run_it_came_from(page: Page, enlarged: bool) -> None:
    figure = page.locator("#fig-colunas")
    if enlarged:
        figure.get_by_role("button", name="Ampliar").click()
        figure = page.locator("dialog.zoom")
    figure.get_by_role("link", name="e10", exact=True).click()
    expect(page.locator("dialog.zoom")).to_have_count(0)
    expect(page.locator("td:target")).to_have_text("e10/42")
    expect(page.locator("td:target")).to_be_visible()


@pytest.fixture
def comparison(page: Page) -> Locator:
    box = page.locator("#fig-colunas .compare")
    box.locator("summary").click()
    expect(box.locator("img")).to_have_count(2)
    return box


def divided(comparison: Locator) -> float:
    """Where the right image begins, in percent of the stage."""
    inset = comparison.locator("img").nth(1).evaluate("i => getComputedStyle(i).clipPath")
    return float(re.search(r"([\d.]+)%\)", inset)[1])


def test_columns_are_compared_by_keyboard(comparison: Locator, page: Page) -> None:
    slider = comparison.get_by_role("slider", name="Divisão entre as duas colunas")
    expect(slider).to_have_attribute("aria-valuetext", "50% VAE, 10 épocas, 50% VAE, 100 épocas")
    first, second = (image.bounding_box() for image in comparison.locator("img").all())
    assert first == second and first["height"] <= 900, "one over the other, in sight as a whole"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(slider).to_be_focused()
    assert comparison.locator(".compare-stage").evaluate("s => getComputedStyle(s).outlineStyle") == "solid"
    page.keyboard.press("ArrowRight")
    assert divided(comparison) == 51
    page.keyboard.press("Home")
    assert divided(comparison) == 0
    expect(slider).to_have_attribute("aria-valuetext", "0% VAE, 10 épocas, 100% VAE, 100 épocas")


def test_columns_are_compared_by_pointer(comparison: Locator, page: Page) -> None:
    stage = comparison.locator(".compare-stage")
    stage.scroll_into_view_if_needed()
    box = stage.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + 20, steps=4)
    page.mouse.up()
    assert divided(comparison) > 80


def test_other_columns_can_be_chosen(comparison: Locator) -> None:
    comparison.get_by_role("combobox", name="Coluna da esquerda").select_option("Original")
    expect(comparison.locator("img").first).to_have_attribute("alt", "Imagens originais.")
    expect(comparison.get_by_role("slider")).to_have_attribute("aria-valuetext", "50% Original, 50% VAE, 100 épocas")


def test_columns_are_compared_by_touch(browser: Browser, origin: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(origin + PAGE)
    box = page.locator("#fig-colunas .compare")
    box.locator("summary").tap()
    stage = box.locator(".compare-stage")
    stage.scroll_into_view_if_needed()
    place = stage.bounding_box()
    page.touchscreen.tap(place["x"] + place["width"] * 0.2, place["y"] + 30)
    assert divided(box) < 35
    assert stage.locator("input").evaluate("i => getComputedStyle(i).touchAction") == "pan-y", "the page still scrolls"
    context.close()


def test_paper_and_a_page_without_scripts_have_the_columns_alone(page: Page, browser: Browser, origin: str) -> None:
    page.emulate_media(media="print")
    assert not page.locator(".figure-tools").first.is_visible() and not page.locator(".compare").first.is_visible()
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(origin + PAGE)
    assert plain.locator("#fig-colunas .image-columns img").count() == 5
    assert plain.locator("figure button, figure input").count() == 0
    context.close()
