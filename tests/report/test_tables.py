from report import ptbr
from report.metrics import Metric
from report.statistics import SHARE, Estimate
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


def test_a_share_shows_no_interval_beyond_its_bounds() -> None:
    estimate = Estimate(0.99, 0.97, 1.01, 0.001, 5, 100, {})
    area = Metric("AUROC", lambda s: s.score("m"), 2, bounds=SHARE)
    accuracy = Metric("Acurácia", area.read, 0, "%", percent=True)
    free = Metric("Razão", area.read, 2)
    texts = [ptbr.strip_marks(metric.text(metric.possible(estimate))) for metric in (area, accuracy, free)]
    assert [text.replace(ptbr.NO_BREAK, " ") for text in texts] == ["0,99 [0,97; 1,00]", "99 [97; 100]%", "0,99 ± 0,02"]


def test_a_metric_is_measured_between_its_bounds_and_its_difference_is_not() -> None:
    evidence = synthetic_evidence(n_seeds=3)
    spread = {42: 0.0, 43: 1.0, 44: 1.0}
    share = Metric(
        "m", lambda s: s.score("parameters") * 0 + spread[s.result.seed] * (s.result.run == "e10"), bounds=SHARE
    )
    measured = share.measure(evidence, "e10")
    assert (measured.low, measured.high) == (0.0, 1.0)
    assert share.difference(evidence, "e10", "e50").low < -1
