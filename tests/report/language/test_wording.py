import numpy as np
import pytest

from report.judging.claims import judge
from report.judging.statistics import Estimate, estimate_crossed
from report.language import ptbr
from report.language.wording import GROUPS, evidence_words
from tests.report.judging.test_claims import make_claim
from vae.data.datasets import FASHION_MNIST


def why(low: float, high: float, n_seeds: int = 1) -> str:
    claim = make_claim(margin=0.0)
    measured = Estimate(0.75, low, high, 1.0, n_seeds, 100, {42 + i: 0.0 for i in range(n_seeds)})
    words = evidence_words(judge([claim], {claim.id: measured})[claim.id], FASHION_MNIST)["why_words"]
    return ptbr.strip_marks(str(words))


@pytest.mark.parametrize(("low", "high", "images_decide"), [(-1.0, 1.0, False), (0.5, 1.0, True)])
def test_of_one_seed_it_is_said_whether_the_images_alone_decide(low: float, high: float, images_decide: bool) -> None:
    words = why(low, high)
    assert "uma só semente" in words
    assert ("já contém a margem" in words) is not images_decide


def test_without_an_interval_nothing_is_said_of_it() -> None:
    assert "intervalo" not in why(float("-inf"), float("inf"))


def test_with_several_seeds_the_reason_is_the_engines() -> None:
    assert why(-1.0, 1.0, n_seeds=5) == "a margem está dentro do intervalo"


def test_no_interval_passes_what_the_statistic_can_be() -> None:
    claim = make_claim(margin=0.9, bounds=(0.0, 1.0))
    verdict = judge([claim], {claim.id: Estimate(0.99, 0.97, 1.01, 0.001, 5, 100, {})})[claim.id]
    words = evidence_words(verdict, FASHION_MNIST)
    assert ptbr.strip_marks(words["interval"]) == f"[0,97;{ptbr.NO_BREAK}1,00]"


@pytest.mark.parametrize("parts", [1, 44])
def test_of_a_value_chosen_among_several_the_interval_is_said_to_be_wider(parts: int) -> None:
    claim = make_claim(margin=0.0)
    rows = np.random.default_rng(0).normal(1, 0.1, (3, 51, parts))
    measured = estimate_crossed(dict(zip((42, 43, 44), rows, strict=True)), 0.0, 100)
    chosen = ptbr.strip_marks(evidence_words(judge([claim], {claim.id: measured})[claim.id], FASHION_MNIST)["chosen"])
    assert chosen.startswith("é o menor de 44 valores" if parts == 44 else "") and bool(chosen) is (parts > 1)


def test_groups_of_classes_have_portuguese_names() -> None:
    assert GROUPS.keys() == FASHION_MNIST.groups.keys()
