"""Tables in a real browser: sorted by value from pointer and keyboard, taken away as a spreadsheet wants them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

PAGE = "/atividades/04-vae/experimentos/"
WRITTEN = ["VAE 100 épocas", "VAE 10 épocas", 'Área; "à parte"', "VAE 50 épocas", "Todos"]
E100, E10, AREA, E50 = range(4)


@pytest.fixture(scope="module")
def origin(sample_site: Path, serve: Callable[[Path], str]) -> str:
    return serve(sample_site)


@pytest.fixture
def page(browser: Browser, origin: str) -> Iterator[Page]:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    opened = context.new_page()
    opened.goto(origin + PAGE)
    expect(opened.get_by_role("button", name="Baixar CSV")).to_have_count(2)  # made by the page's script
    yield opened
    context.close()


def names(page: Page) -> list[str]:
    return [cell.inner_text() for cell in page.locator("#tab-formatos tbody td:first-child").all()]


def header(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=f"Ordenar por {name}", exact=True)


@pytest.mark.parametrize(("column", "ascending"), [
    ("Treino", [AREA, E10, E50, E100]),  # words, numbers in them by size, accents as in Portuguese
    ("Perda, VAE 10 épocas", [E50, E100, E10, AREA]),  # the value and not its ±; what was not measured comes last
    ("Silhueta", [AREA, E100, E50, E10]),
    ("p", [E10, AREA, E100, E50]),
    ("Imagens", [E10, AREA, E100, E50]),
    ("Tempo", [AREA, E50, E10, E100]),
    ("Data", [E10, E100, E50, AREA]),
    ("Parcela", [E50, E100, AREA, E10]),
])  # fmt: skip
def test_a_header_sorts_by_value(page: Page, column: str, ascending: list[int]) -> None:
    button = header(page, column)
    for direction, expected in (("ascending", ascending), ("descending", ascending[::-1])):
        button.click(position={"x": 3, "y": 3})
        if column == "Perda, VAE 10 épocas" and direction == "descending":
            expected = [E10, E100, E50, AREA]
        assert names(page) == [WRITTEN[row] for row in expected] + ["Todos"], direction
        assert page.locator("th[aria-sort]").count() == 1
        assert button.locator("..").get_attribute("aria-sort") == direction
    button.click(position={"x": 3, "y": 3})
    assert names(page) == WRITTEN
    assert page.locator("th[aria-sort]").count() == 0


def test_the_keyboard_sorts_and_shows_where_it_is(page: Page) -> None:
    header(page, "Imagens").focus()
    page.keyboard.press("Enter")
    assert names(page)[0] == "VAE 10 épocas"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    assert names(page)[0] == "VAE 10 épocas" and page.locator("th[aria-sort]").inner_text() == "p"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_a_number_in_a_header_still_leads_to_its_origin(page: Page) -> None:
    page.locator("th a").click()
    assert page.url.endswith("#origem-1")
    assert names(page) == WRITTEN


def test_a_table_of_one_row_has_nothing_to_sort(page: Page) -> None:
    assert page.locator("table").nth(1).get_by_role("button").count() == 0


def test_a_downloaded_table_opens_in_a_brazilian_spreadsheet(page: Page) -> None:
    header(page, "Imagens").click(position={"x": 3, "y": 3})
    with page.expect_download() as started:
        page.get_by_role("group", name="Tabela 1").get_by_role("button", name="Baixar CSV").click()
    assert started.value.suggested_filename == "experimentos-tabela-1.csv"
    content = Path(started.value.path()).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig").split("\r\n") == [
        "Treino;Perda, VAE 10 épocas;Perda, VAE 10 épocas (±);Silhueta;Silhueta (de);Silhueta (até);p;Imagens;Tempo;Data;Parcela",
        "VAE 10 épocas;259,87;0,25;0,98;0,95;1,00;< 0,001;600;59 min 30 s;1º de dezembro de 2025;100%",
        '"Área; ""à parte""";n. m.;;-1,50;;;0,001;1.500;0,42 s;23 de novembro de 2026;36%',
        "VAE 100 épocas;9,50;0,30;-0,12;-0,15;-0,10;0,032;10.000;1 h 2 min;2 de março de 2026;4,9%",
        "VAE 50 épocas;-1,37;0,31;+0,07;0,01;0,13;0,900;54.000;45 s;3 de março de 2026;zero",
        "Todos;67,00;;0,10;;;—;66.100;2 h 3 min;—;35%",
        "",
    ]


def test_a_copied_table_fills_cells(page: Page) -> None:
    page.get_by_role("group", name="Tabela sem legenda").get_by_role("button", name="Copiar").click()
    expect(page.get_by_role("button", name="Copiada")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "Sem legenda\te com \\beta\num só\tvalor"


def test_a_filtered_row_is_not_taken_along(browser: Browser, origin: str) -> None:
    page = browser.new_page()
    page.goto(origin + "/atividades/04-vae/placar/")
    page.get_by_role("combobox", name="Veredito").select_option("confirmada")
    row = "document.querySelector('.scoreboard tr:not(.filtered) td') && contents(document.querySelectorAll('.scoreboard table')[1]).length"
    assert page.evaluate(row) == 1 + page.locator(".scoreboard").nth(1).locator("tbody tr:visible").count()
    page.close()


def test_paper_and_a_page_without_scripts_have_no_controls(page: Page, browser: Browser, origin: str) -> None:
    page.emulate_media(media="print")
    assert not page.locator(".sort").first.is_visible() and not page.locator(".table-tools").first.is_visible()
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(origin + PAGE)
    assert plain.locator("article button").count() == 0
    assert names(plain) == WRITTEN
    context.close()
