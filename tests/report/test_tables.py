from report.metrics import Metric
from report.tables import metrics_table
from tests.report.synthetic import synthetic_evidence


def test_the_best_value_is_bold_unless_another_looks_the_same() -> None:
    evidence = synthetic_evidence(n_seeds=2)
    runs = ["e10", "e50", "e100"]
    exact = Metric(
        "m", lambda s: s.score("parameters") + {"e10": 0.1, "e50": 0.2, "e100": 0.3}[s.result.run], 1, "", "higher"
    )
    coarse = Metric("m", exact.read, 0, "", "higher")
    assert metrics_table(evidence, [exact], runs, "c").rows[0][3].startswith("**")
    assert not any("**" in cell for cell in metrics_table(evidence, [coarse], runs, "c").rows[0])
