"""Every page renders for whatever the runs may show, and what it says follows from them."""

import io
import re

import numpy as np
import pytest
from PIL import Image

from report.evidence import Evidence
from report.judging.claims import VerdictKind
from report.language import ptbr
from report.page import PAGES_DIR, Columns, Figure, Page, Plot
from report.rendering.environment import make_environment
from report.rendering.render import Rendering, render_page
from report.sections import PAGES, claims_of, family
from tests.report.references.test_cross_references import html_of, printed_captions
from tests.report.synthetic import QUALITY, evidence_of, synthetic_evidence, synthetic_results
from vae.grid import make_grid

EVIDENCE = {
    "three seeds": lambda: synthetic_evidence(seed=0, n_seeds=3),
    "one seed": lambda: synthetic_evidence(seed=1, n_seeds=1),
    "the worst run is the longest": lambda: synthetic_evidence(seed=2, e10=3.0, e50=1.0, e100=0.0, e10_l50=-2.0),
    "digits": lambda: synthetic_evidence(seed=3, n_seeds=2, dataset="digits"),
}


@pytest.fixture(scope="module", params=EVIDENCE)
def evidence(request: pytest.FixtureRequest) -> Evidence:
    made: Evidence = EVIDENCE[request.param]()
    return made


def text_of(page: Page, evidence: Evidence) -> str:
    """Return a page's marked Markdown, its figures left undrawn: test_all_files_of_a_page_are_made draws them."""
    return Rendering(page, evidence, make_environment(), draw=undrawn).text()


def undrawn(page: Page, figure: Figure, evidence: Evidence) -> dict[str, bytes]:
    """Return one black pixel, or an empty SVG, for each file of a figure."""
    vector = isinstance(figure, Plot) and not figure.raster
    suffix, content = ("svg", b'<svg width="1pt" height="1pt"/>') if vector else ("png", ONE_PIXEL)
    count = len(figure.columns) if isinstance(figure, Columns) else 2 if isinstance(figure, Plot) else 1
    return {f"{figure.id}-{index}.{suffix}": content for index in range(count)}


def _one_pixel() -> bytes:
    content = io.BytesIO()
    Image.new("L", (1, 1)).save(content, "PNG")
    return content.getvalue()


ONE_PIXEL = _one_pixel()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.slug)
def test_a_page_renders_with_no_number_typed_by_hand(page: Page, evidence: Evidence) -> None:
    marked = text_of(page, evidence)
    assert ptbr.unmarked_digits(marked) == []
    assert ptbr.unfollowed(marked) == []
    plain = ptbr.strip_marks(marked)
    for trace in ("nan", "None", "inf;", "Undefined", "{{", "{%", "True", "False"):
        assert not re.search(
            rf"(?<![\w-]){re.escape(trace)}(?!\w)", re.sub(r"```.*?```", "", plain, flags=re.DOTALL)
        ), trace


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.slug)
def test_references_have_the_numbers_of_their_captions(page: Page) -> None:
    html = html_of(ptbr.strip_marks(text_of(page, synthetic_evidence())))
    links = re.findall(r'<a href="#((?:fig|tab)-[\w-]+)">([^<]+)</a>', html)
    printed = printed_captions(html)
    assert [(anchor, text.replace("\u00a0", " ")) for anchor, text in links] == [
        (anchor, printed[anchor]) for anchor, _ in links
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.slug)
def test_every_claim_of_a_page_is_on_it(page: Page, evidence: Evidence) -> None:
    plain = ptbr.strip_marks(text_of(page, evidence))
    for claim in page.claims:
        _, block = plain.split(f'id="afirmacao-{claim.id}"')
        pill = re.search(r'<span class="verdict [^>]*>([^<]+)<', block)
        assert pill and pill[1] == evidence.verdicts[claim.id].kind.value, claim.id


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.slug)
def test_all_files_of_a_page_are_made(page: Page) -> None:
    files = render_page(page, synthetic_evidence(), make_environment()).files
    assert len(files) >= 1 + len(page.figures) + len(page.claims)
    assert all(content for content in files.values())
    again = render_page(page, synthetic_evidence(), make_environment()).files
    assert again == files


def test_claims_follow_their_numbers(evidence: Evidence) -> None:
    for verdict in evidence.verdicts.values():
        measured, claim = verdict.estimate, verdict.claim
        if measured is None:
            assert verdict.kind is VerdictKind.UNTESTED
        elif verdict.kind is VerdictKind.CONFIRMED:
            assert (measured.low > claim.margin) if claim.side == "above" else (measured.high < claim.margin)
        elif verdict.kind is VerdictKind.REFUTED:
            assert (measured.high < claim.margin) if claim.side == "above" else (measured.low > claim.margin)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.slug)
def test_a_page_uses_all_that_it_computes(page: Page) -> None:
    # Captions, alt texts and sentences are fields of what a page is made of.
    text = f"{(PAGES_DIR / page.template).read_text()} {page.figures} {page.claims}"
    own = page.context(synthetic_evidence(seed=0, n_seeds=2))
    assert [name for name in own if not re.search(rf"\b{name}\b", text)] == []


def test_a_trial_says_that_it_is_one() -> None:
    page = next(page for page in PAGES if page.slug == "placar")
    for profile in ("quick", "full"):
        grid = make_grid(profile, "digits", 1)
        text = text_of(page, evidence_of(grid, synthetic_results(grid, np.random.default_rng(0))))
        assert ("Ensaio" in text.split("{ .lead }")[0]) is (profile == "quick")


def test_one_seed_decides_nothing() -> None:
    kinds = {verdict.kind for verdict in synthetic_evidence(n_seeds=1).verdicts.values()}
    assert kinds <= {VerdictKind.INCONCLUSIVE, VerdictKind.UNTESTED}


def test_swapping_two_runs_turns_verdicts_and_sentences() -> None:
    """The arrays of e10 and e50 change places: what was confirmed of their difference is refuted, and the page says so."""
    grid = make_grid("full", "fashion-mnist", 5)
    results = synthetic_results(grid, np.random.default_rng(4), QUALITY | {"e50": 3.0})
    swapped = {**results, "e10": results["e50"], "e50": results["e10"]}
    page = next(page for page in PAGES if any(claim.id == "5" for claim in page.claims))
    before, after = evidence_of(grid, results), evidence_of(grid, swapped)
    assert before.verdicts["5"].kind is VerdictKind.CONFIRMED
    assert after.verdicts["5"].kind is VerdictKind.REFUTED
    first, second = (Rendering(page, evidence, make_environment()).sentence("5") for evidence in (before, after))
    assert ptbr.strip_marks(first) != ptbr.strip_marks(second)


def test_no_claim_shares_its_id() -> None:
    ids = [claim.id for claim in family()]
    assert len(ids) == len(set(ids))


def test_every_claim_of_the_reference_is_there() -> None:
    # "4" and "4b" are two claims in one sentence of the reference, its fourth.
    assert {int("".join(filter(str.isdigit, claim.id))) for claim in family()} == set(range(1, 46))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.slug)
def test_sentences_differ_by_verdict(page: Page) -> None:
    for claim in claims_of(page):
        if claim.statistic is None:
            continue  # no run can settle it: it has no verdict but one
        assert len({claim.confirmed, claim.refuted, claim.inconclusive}) == 3, claim.id
