from pathlib import Path

import numpy as np

from report.delivery.compose import compose
from report.delivery.course import find_course
from report.sections import PAGES
from report.settings import NOBODY
from tests.report.synthetic import evidence_of, synthetic_results
from vae.grid import make_grid


def test_the_delivery_of_a_trial_says_so_once(tmp_path: Path) -> None:
    grid = make_grid("quick", "digits", 1)
    pages = [page for page in PAGES if page.slug in ("placar", "referencias")]
    evidence = evidence_of(grid, synthetic_results(grid, np.random.default_rng(0)))
    delivery = compose(pages, evidence, find_course(tmp_path), "", NOBODY, lambda _: None)
    assert delivery.files["index.md"].decode().count("Ensaio") == 1
