import numpy as np
import pytest

from report.evidence import Evidence
from report.judging.claims import VerdictKind
from report.judging.statistics import Samples
from report.language import ptbr
from report.pages.licoes.page import PAGE
from report.pages.reconstrucoes.blur import synthesis
from report.rendering.environment import make_environment
from report.rendering.render import Rendering
from tests.report.synthetic import synthetic_evidence
from vae.data.datasets import FASHION_MNIST
from vae.grid import make_grid
from vae.storage.results import Keys, RunResult

ASKED = (
    "2", "2b", "39", "39b", "39c", "4", "4b", "37", "1", "8", "5", "38", "36", "30", "32", "34", "42", "42c", "10", "40",
    "11", "20", "21", "22", "24", "23", "29", "28",
)  # fmt: skip


@pytest.mark.parametrize("n_seeds", [1, 3])
def test_what_is_decided_is_told_and_what_is_open_is_listed_once(n_seeds: int) -> None:
    evidence = synthetic_evidence(seed=0, n_seeds=n_seeds)
    page = Rendering(PAGE, evidence, make_environment())
    text = ptbr.strip_marks(page.text())
    told, _, listed = text.partition("## O que não se decidiu")
    open_claims = [name for name in ASKED if evidence.verdicts[name].kind is VerdictKind.INCONCLUSIVE]
    assert open_claims if n_seeds == 1 else len(open_claims) < len(ASKED)
    for name in ASKED:
        is_open = name in open_claims
        assert (ptbr.strip_marks(page.sentence(name)) in told) is not is_open
        assert listed.count(f"#afirmacao-{name})") == is_open
    assert ("Uma só semente não diz" in listed) is (n_seeds == 1)


@pytest.mark.parametrize(
    ("small", "large", "said"),
    [
        (
            0.5,
            49.4,
            "Em nenhum dos dois a regularização responde por mais da metade do borrão medido. A parte dela é maior",
        ),
        (0.5, 60.0, "no maior, da regularização."),
        (60.0, 0.5, "No menor, o borrão medido é sobretudo da regularização"),
        (60.0, 70.0, "a maior parte do borrão vem da regularização nos dois"),
        (-2.0, -3.0, "Negativa, a parte quer dizer que sem eles a reconstrução fica ainda mais borrada."),
    ],
)
def test_what_regularisation_blurs_is_said_by_the_two_values(small: float, large: float, said: str) -> None:
    text = synthesised(small, large)
    assert said in text
    assert text.startswith("Com 2 dimensões, tirar o termo KL e o ruído devolve")


def test_which_side_of_a_half_regularisation_is_on_is_not_said_where_the_interval_has_both() -> None:
    text = synthesised(0.5, 49.9, noise=0.2)
    assert (
        "Com 2 dimensões, a regularização responde por menos da metade do borrão medido; com 50 dimensões, fica perto"
        in text
    )
    assert "não diz se acima ou abaixo. A parte dela é maior" in text
    assert "Em nenhum dos dois" not in text


def synthesised(small: float, large: float, noise: float = 0.0) -> str:
    """Return what is said of two sizes at which so many per cent of the sharpness come back; noise: of the large size's images."""
    rng = np.random.default_rng(0)

    def vae_lacks_half(returned: float, noise: float = 0.0) -> list[RunResult]:
        sharpness = (0.5 + returned / 200, 0.5)
        return [
            RunResult(
                "e", 42, {}, Keys("", ""), {}, {}, {"test_sharpness": value + noise * rng.standard_normal(100)}, {}
            )
            for value in sharpness
        ]

    runs = dict(
        zip(
            ("e10-ae", "e10", "e10-l50-ae", "e10-l50"),
            (*vae_lacks_half(small), *vae_lacks_half(large, noise)),
            strict=True,
        )
    )
    labels = RunResult("dataset", 42, {}, Keys("", ""), {}, {}, {"test_labels": np.arange(100) % 10}, {})
    results = {"dataset": {42: labels}, **{name: {42: run} for name, run in runs.items()}}
    evidence = Evidence(make_grid(seeds=1), Samples(results, FASHION_MNIST, 50), {})
    return ptbr.strip_marks(synthesis(evidence)).replace(ptbr.NO_BREAK, " ")
