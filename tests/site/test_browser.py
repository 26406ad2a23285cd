"""The built pages in a real browser: nothing leaves the origin, nothing fails, and each scheme and width shows what it should."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

PAGE = "/atividades/04-vae/visao-geral/"
SCOREBOARD = "/atividades/04-vae/placar/"
VIEWS: dict[str, tuple[int, int, Literal["light", "dark"]]] = {
    "light": (1280, 900, "light"),
    "dark": (1280, 900, "dark"),
    "phone": (390, 844, "light"),
}


@dataclass
class Visit:
    """An open page and what went wrong on the way."""

    page: Page
    scheme: str
    foreign: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def origin(sample_site: Path, serve: Callable[[Path], str]) -> str:
    return serve(sample_site)


@pytest.fixture(scope="module", params=list(VIEWS))
def visit(request: pytest.FixtureRequest, browser: Browser, origin: str) -> Iterator[Visit]:
    """The sample page, scrolled over its images so that lazy ones are loaded too."""
    width, height, scheme = VIEWS[request.param]
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    seen = Visit(page, scheme)
    page.on("request", lambda sent: None if sent.url.startswith((origin, "data:")) else seen.foreign.append(sent.url))
    page.on("requestfailed", lambda sent: seen.faults.append(sent.url))
    page.on("response", lambda got: seen.faults.append(f"{got.status} {got.url}") if got.status >= 400 else None)
    page.on("console", lambda said: seen.faults.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: seen.faults.append(str(error)))
    page.goto(origin + PAGE, wait_until="networkidle")
    for image in page.locator("article img:visible").all():
        image.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    yield seen
    page.close()


def test_nothing_leaves_the_origin_and_nothing_fails(visit: Visit) -> None:
    assert visit.foreign == []
    assert visit.faults == []


def test_math_is_rendered(visit: Visit) -> None:
    assert visit.page.locator("article .katex").count() == 3
    assert visit.page.locator("article .katex-display").count() == 1
    assert visit.page.locator("article .katex-error").count() == 0
    assert "\\(" not in visit.page.locator("article").inner_text()


def test_the_page_uses_its_own_fonts(visit: Visit) -> None:
    loaded = set(
        visit.page.evaluate(
            "[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family.replaceAll('\"', ''))"
        )
    )
    assert {"Source Serif 4", "Source Sans 3", "Source Code Pro", "KaTeX_Main"} <= loaded


def test_only_the_figure_of_the_scheme_is_shown(visit: Visit) -> None:
    shown = {name: visit.page.locator(f'img[src$="#only-{name}"]').is_visible() for name in ("light", "dark")}
    assert shown == {"light": visit.scheme == "light", "dark": visit.scheme == "dark"}


def test_every_shown_image_is_loaded(visit: Visit) -> None:
    broken = "[...document.querySelectorAll('article img')].filter(i => i.checkVisibility() && !(i.complete && i.naturalWidth)).map(i => i.src)"
    visit.page.evaluate("document.querySelectorAll('article img').forEach(i => i.scrollIntoView())")
    visit.page.wait_for_load_state("networkidle")
    assert visit.page.evaluate(broken) == []


def test_only_boxes_of_their_own_scroll_sideways(visit: Visit) -> None:
    assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert visit.page.evaluate("document.querySelector('.image-columns').getBoundingClientRect().right <= innerWidth")
    assert visit.page.evaluate(
        "document.querySelector('.md-typeset__scrollwrap').getBoundingClientRect().right <= innerWidth"
    )


def test_text_keeps_a_readable_measure(visit: Visit) -> None:
    widest = visit.page.evaluate(
        "Math.max(...[...document.querySelectorAll('article > p')].map(p => p.clientWidth / parseFloat(getComputedStyle(p).fontSize)))"
    )
    assert 15 < widest <= 34.1  # em: about 72 characters


def test_verdicts_have_enough_contrast(visit: Visit) -> None:
    """WCAG 2.2, 1.4.3: 4.5 between the word and its pill; and the claim's edge is never the only sign."""
    colours = visit.page.evaluate(
        "[...document.querySelectorAll('.verdict')].map(v => [getComputedStyle(v).color, getComputedStyle(v).backgroundColor, v.innerText])"
    )
    assert [word for _, _, word in colours] == ["confirmada", "refutada", "inconclusiva", "não testada"]
    assert all(contrast(text, ground) >= 4.5 for text, ground, _ in colours), colours


def contrast(first: str, second: str) -> float:
    """WCAG's contrast ratio of two opaque rgb(r, g, b) colours."""

    def luminance(colour: str) -> float:
        channels = [int(value) / 255 for value in colour.removeprefix("rgb(").removesuffix(")").split(",")]
        red, green, blue = (
            value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, light = sorted([luminance(first), luminance(second)])
    return (light + 0.05) / (dark + 0.05)


def test_contrast_of_known_colours() -> None:
    assert contrast("rgb(0, 0, 0)", "rgb(255, 255, 255)") == pytest.approx(21)
    assert contrast("rgb(119, 119, 119)", "rgb(255, 255, 255)") == pytest.approx(4.48, abs=0.01)


def test_evidence_folds_out(visit: Visit) -> None:
    evidence = visit.page.locator("details.evidence").first
    assert not evidence.locator("dl").is_visible()
    evidence.locator("summary").click()
    assert evidence.locator("dl").is_visible()
    evidence.locator("summary").click()
    assert not evidence.locator("dl").is_visible()


def test_a_number_looks_like_the_text_around_it(visit: Visit) -> None:
    for number in visit.page.locator("a.numero").all():
        colours = number.evaluate("a => [getComputedStyle(a).color, getComputedStyle(a.parentElement).color]")
        assert colours[0] == colours[1]
        assert number.evaluate("a => getComputedStyle(a).textDecorationLine") == "none"
        number.hover()
        assert number.evaluate("a => getComputedStyle(a).textDecorationStyle") == "dotted"


def test_a_followed_number_unfolds_its_origin(visit: Visit) -> None:
    page, origins = visit.page, visit.page.locator("details.origins")
    page.reload(wait_until="networkidle")
    origins.locator("#origem-2").wait_for(state="hidden")  # by the page's script, which a busy machine may delay
    page.locator("a.numero").nth(1).click()
    assert origins.locator("#origem-2").is_visible()
    page.wait_for_function("document.querySelector('#origem-2').getBoundingClientRect().bottom < innerHeight")
    assert page.locator(":target").inner_text() == "e10"
    page.locator("#origem-2 a").click()
    assert page.locator("td:target").inner_text() == "e10/42"
    origins.locator("summary").click()
    assert not origins.locator("#origem-2").is_visible()
    page.goto(page.url.split("#")[0], wait_until="networkidle")


def test_an_origin_can_be_opened_by_its_address(browser: Browser, origin: str) -> None:
    for scripts in (True, False):
        context = browser.new_context(java_script_enabled=scripts)
        page = context.new_page()
        page.goto(origin + PAGE + "#origem-2", wait_until="networkidle")
        assert page.locator("#origem-2").is_visible(), f"scripts: {scripts}"
        assert page.locator("#origem-2").bounding_box()["y"] < 720
        context.close()


def test_paper_shows_light_figures_and_all_evidence(visit: Visit) -> None:
    visit.page.emulate_media(media="print")
    visit.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert visit.page.locator('img[src$="#only-light"]').is_visible()
    assert not visit.page.locator('img[src$="#only-dark"]').is_visible()
    assert all(block.is_visible() for block in visit.page.locator("details.evidence dl").all())
    assert not visit.page.locator(".md-header, .md-sidebar--primary, .md-footer").first.is_visible()
    assert visit.page.evaluate("getComputedStyle(document.querySelector('.verdict')).color") == "rgb(12, 86, 54)"
    visit.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert visit.page.locator("details[open]").count() == 0
    visit.page.emulate_media(media="screen")


def test_the_first_image_column_stays_in_sight_on_a_phone(browser: Browser, origin: str) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(origin + PAGE)
    columns = page.locator(".image-columns")
    columns.evaluate("box => box.scrollTo({left: box.scrollWidth, behavior: 'instant'})")
    assert columns.evaluate("box => box.scrollLeft") > 100
    left = columns.evaluate(
        "box => box.firstElementChild.getBoundingClientRect().left - box.getBoundingClientRect().left"
    )
    assert left == pytest.approx(0, abs=1)
    page.close()


@pytest.fixture
def scoreboard(browser: Browser, origin: str) -> Iterator[Page]:
    page = browser.new_page()
    page.goto(origin + SCOREBOARD)
    page.locator("form.filter").wait_for()  # shown by the page's script
    yield page
    page.close()


def shown_claims(page: Page) -> list[str]:
    return [row.locator("a").first.inner_text() for row in page.locator(".scoreboard tbody tr:visible").all()]


def test_the_scoreboard_is_filtered_by_verdict_and_page(scoreboard: Page) -> None:
    count = scoreboard.locator(".filter output")
    assert shown_claims(scoreboard) == ["1", "24", "25"]
    assert count.inner_text() == "3 de 3 afirmações"
    scoreboard.get_by_role("combobox", name="Página").select_option("geracao")
    assert shown_claims(scoreboard) == ["24", "25"]
    assert not scoreboard.locator("#treinamento").is_visible(), "a heading without rows"
    scoreboard.get_by_role("combobox", name="Veredito").select_option("inconclusiva")
    assert shown_claims(scoreboard) == ["25"]
    assert count.inner_text() == "1 de 3 afirmações"
    scoreboard.get_by_role("button", name="Mostrar todas").click()
    assert shown_claims(scoreboard) == ["1", "24", "25"]
    assert "?" not in scoreboard.url


def test_the_filter_works_from_the_keyboard(scoreboard: Page) -> None:
    scoreboard.get_by_role("combobox", name="Veredito").focus()
    scoreboard.keyboard.press("ArrowDown")
    assert shown_claims(scoreboard) == ["24"]
    scoreboard.keyboard.press("Tab")
    assert scoreboard.evaluate("document.activeElement.name") == "pagina"
    assert scoreboard.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    scoreboard.keyboard.press("Tab")
    scoreboard.keyboard.press("Enter")
    assert shown_claims(scoreboard) == ["1", "24", "25"]


def test_a_filter_can_be_shared_by_its_address(scoreboard: Page, browser: Browser) -> None:
    scoreboard.get_by_role("combobox", name="Página").select_option("geracao")
    scoreboard.get_by_role("combobox", name="Veredito").select_option("confirmada")
    other = browser.new_page()
    other.goto(scoreboard.url)
    other.locator("form.filter").wait_for()
    assert shown_claims(other) == ["24"]
    assert other.get_by_role("combobox", name="Página").input_value() == "geracao"
    other.goto(scoreboard.url.replace("confirmada", "desconhecido"))
    other.locator("form.filter").wait_for()
    assert shown_claims(other) == ["24", "25"], "a verdict that the page does not know filters nothing"
    other.close()


def test_paper_shows_all_claims_whatever_the_filter(scoreboard: Page) -> None:
    scoreboard.get_by_role("combobox", name="Veredito").select_option("confirmada")
    scoreboard.emulate_media(media="print")
    assert shown_claims(scoreboard) == ["1", "24", "25"]
    assert not scoreboard.locator("form.filter").is_visible()


def test_without_scripts_the_whole_scoreboard_stands_and_no_control(browser: Browser, origin: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(origin + SCOREBOARD + "?veredito=confirmada")
    assert shown_claims(page) == ["1", "24", "25"]
    assert not page.locator("form.filter").is_visible()
    context.close()


def test_on_a_phone_a_claim_is_a_card_with_named_parts(browser: Browser, origin: str) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(origin + SCOREBOARD)
    page.locator("form.filter").wait_for()
    cells = page.locator(".scoreboard tbody tr").first.locator("td")
    boxes = [box for cell in cells.all() if (box := cell.bounding_box())]
    assert len(boxes) == 5
    assert all(above["y"] + above["height"] <= below["y"] + 1 for above, below in itertools.pairwise(boxes))
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in boxes)
    assert cells.nth(3).evaluate("cell => getComputedStyle(cell, '::before').content") == '"Efeito"'
    page.close()


@pytest.mark.parametrize(("wish", "moves"), [("reduce", False), ("no-preference", True)])
def test_reduced_motion_is_respected(
    browser: Browser, origin: str, wish: Literal["reduce", "no-preference"], moves: bool
) -> None:
    page = browser.new_page(reduced_motion=wish)
    page.goto(origin + PAGE)
    seconds = "getComputedStyle(e).transitionDuration.split(',').map(parseFloat)"
    longest = page.evaluate(f"Math.max(...[...document.querySelectorAll('body *')].flatMap(e => {seconds}))")
    assert (longest > 0.1) == moves
    page.close()


def test_home_leads_to_the_report(browser: Browser, origin: str) -> None:
    page = browser.new_page()
    page.goto(origin)
    page.get_by_role("link", name="Autocodificadores variacionais").click()
    assert page.url == origin + PAGE
    page.close()
