from collections.abc import Mapping

from report.judging.statistics import SHARE, Estimate
from report.language import ptbr
from report.metrics import Metric
from report.tables import BOLD, CUT, Table, metrics_table
from tests.report.synthetic import synthetic_evidence


def rows_of(runs: Mapping[str, tuple[float, float, float]], decimals: int = 1) -> tuple[list[str], str]:
    """Return the cells of a metric of these values by seed, the more the better, and the caption of their table."""
    evidence = synthetic_evidence(n_seeds=3)
    metric = Metric("m", lambda s: runs[s.result.run][s.result.seed - 42], decimals, "", "higher")
    table = metrics_table(evidence, [metric], list(runs), "Legenda.")
    return list(table.rows[0][1:]), table.caption


def test_the_best_value_is_bold_where_each_difference_leaves_zero_out() -> None:
    seeds = (0.0, 1.0, 3.0)  # far apart, but the differences of the runs are not
    apart = {"e10": seeds, "e50": (0.5, 1.7, 3.2), "e100": (5.0, 6.1, 7.9)}
    cells, caption = rows_of(apart)
    assert [cell.startswith("**") for cell in cells] == [False, False, True] and caption == f"Legenda. {BOLD}"
    cells, caption = rows_of({**apart, "e50": (4.0, 7.0, 7.5)})
    assert not any("**" in cell for cell in cells) and caption == "Legenda."


def test_what_looks_the_same_is_not_bold() -> None:
    close = {"e10": (1.1, 1.1, 1.15), "e50": (1.2, 1.2, 1.21)}
    assert rows_of(close)[0][1].startswith("**")
    assert not any("**" in cell for cell in rows_of(close, decimals=0)[0])


def test_one_training_without_images_makes_nothing_bold() -> None:
    metric = Metric("m", lambda s: {"e10": 1.0, "e50": 9.0}[s.result.run], 1, "", "higher")
    assert not any(
        "**" in cell for cell in metrics_table(synthetic_evidence(n_seeds=1), [metric], ["e10", "e50"], "c").rows[0]
    )


def test_a_share_shows_no_interval_beyond_its_bounds() -> None:
    estimate = Estimate(0.99, 0.97, 1.01, 0.001, 5, 100, {})
    area = Metric("AUROC", lambda s: s.score("m"), 2, bounds=SHARE)
    accuracy = Metric("Acurácia", area.read, 0, "%")
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


def test_a_table_says_what_brackets_are_where_it_has_any() -> None:
    cut = ptbr.with_interval(0.002, 0.0, 0.007, 3)
    assert CUT in str(Table(["", ""], [["a", cut]], "Legenda."))
    assert CUT not in str(Table(["", ""], [["[a](b)", ptbr.with_interval(0.5, 0.4, 0.6)]], "Legenda."))
