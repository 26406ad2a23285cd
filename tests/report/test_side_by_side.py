"""What stands side by side on a page is of the same trainings, though claims are judged on all that their runs share."""

import dataclasses
import json

import numpy as np
import pytest

from report.evidence import Evidence
from report.language import ptbr
from report.metrics import METRICS
from report.page import Page
from report.rendering.environment import make_environment
from report.rendering.render import Rendering, claim_data
from report.sections import PAGES
from tests.report.synthetic import QUALITY, evidence_of, synthetic_results
from vae.grid import FIRST_SEED, Grid, first_seeds, make_grid

MANY = ("e10", "e10-l50")


def grid_with(seeds: dict[str, int], others: int = 1) -> Grid:
    grid = make_grid("full", "fashion-mnist", others)
    return dataclasses.replace(grid, run_seeds={run: first_seeds(seeds.get(run, others)) for run in grid.run_seeds})


@pytest.fixture(scope="module")
def apart() -> Evidence:
    grid = grid_with(dict.fromkeys(MANY, 3))
    return evidence_of(grid, synthetic_results(grid, np.random.default_rng(5), QUALITY))


def rendering(slug: str, evidence: Evidence) -> Rendering:
    return Rendering(next(page for page in PAGES if page.slug == slug), evidence, make_environment())


def test_the_evidence_of_a_claim_names_the_results_that_it_rests_on_and_no_others(apart: Evidence) -> None:
    claims = {claim.id: claim for page in PAGES for claim in page.claims}
    both = claims["4"]  # of e10, with three seeds, and of an autoencoder with one
    listed = json.loads(claim_data(apart, both))["results"]
    assert set(listed) == {f"{run}/{FIRST_SEED}/result.json" for run in both.needs}
    alone = json.loads(claim_data(apart, claims["1"]))["results"]
    assert set(alone) == {f"e10/{seed}/result.json" for seed in first_seeds(3)}


def test_a_page_has_its_numbers_from_the_seeds_that_all_its_runs_have(apart: Evidence) -> None:
    page = rendering("treinamento", apart)
    shown = page.context["value"]("test_neg_elbo", "e10")
    alone = apart.paired(["e10", "e50"])
    assert list(alone.seeds("e10")) == [FIRST_SEED] and len(apart.seeds("e10")) == 3
    assert shown == METRICS["test_neg_elbo"].measure(alone, "e10").value
    assert shown != METRICS["test_neg_elbo"].measure(apart, "e10").value
    assert page.verdict("1").estimate == apart.verdicts["1"].estimate and apart.verdicts["1"].estimate.n_seeds == 3


def test_the_page_says_which_seeds_these_are(apart: Evidence) -> None:
    said = ptbr.strip_marks(rendering("experimentos", apart).context["seeds_note"])
    assert "semente 42, a única que todos os treinos comparados têm. Cada afirmação usa todas" in said
    grid = grid_with({"e10": 3}, others=2)
    two = evidence_of(grid, synthetic_results(grid, np.random.default_rng(5), QUALITY))
    assert "sementes 42 e 43, as que todos" in ptbr.strip_marks(rendering("experimentos", two).context["seeds_note"])


def test_runs_of_the_same_seeds_need_no_word(apart: Evidence) -> None:
    page = Page("teste", "Teste", "", runs=MANY)
    assert Rendering(page, apart, make_environment()).context["seeds_note"] == ""
    assert Rendering(page, apart, make_environment()).context["seeds"] == [42, 43, 44]


def test_a_page_says_itself_which_runs_stand_side_by_side(apart: Evidence) -> None:
    alone, e10 = (
        Rendering(Page("teste", "Teste", "", runs=("e50", "e10"), beside=beside), apart, make_environment())
        for beside in ((), ("e10",))
    )
    for page in (alone, e10):
        assert list(page.side_by_side.seeds("e10")) == [42, 43, 44]
        assert page.context["seeds_note"] == ""
    assert e10.context["seeds"] == [42, 43, 44]


def test_data_and_classifier_stay(apart: Evidence) -> None:
    paired = apart.paired(["e10", "e50", "classifier", "dataset"])
    assert paired.classifier.seed == FIRST_SEED == paired.dataset.seed
