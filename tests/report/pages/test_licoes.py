import pytest

from report import ptbr
from report.claims import VerdictKind
from report.environment import make_environment
from report.pages.licoes import PAGE
from report.render import Rendering
from tests.report.synthetic import synthetic_evidence

ASKED = ("2", "2b", "39", "39b", "39c", "4", "4b", "37", "1", "8", "5", "38", "36", "30", "32", "34", "10", "40", "11", "20", "22", "24", "28")  # fmt: skip


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
