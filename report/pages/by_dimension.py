"""A metric against the number of latent dimensions, all else equal: the trainings of ten epochs."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from report.evidence import Evidence
from report.language import ptbr
from report.metrics import METRICS
from vae import figures
from vae.grid import alike_but_for

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from vae.figures import Theme, Trajectory

BY_DIMENSION = alike_but_for("e10", "latent_dim")


def best_run(evidence: Evidence, name: str) -> str:
    """Return the run whose metric is best, of the seeds that all have; of equal ones, that of the fewest dimensions."""
    metric, paired = METRICS[name], evidence.paired(BY_DIMENSION)
    values = [metric.measure(paired, run).value for run in BY_DIMENSION]
    return BY_DIMENSION[values.index(max(values) if metric.better == "higher" else min(values))]


def tied(evidence: Evidence, name: str) -> str:
    """Return in words, in brackets, which other runs the error does not tell from the best one; '' if it tells all of them.

    Of one seed there may be no error to tell by.
    """
    best, paired = best_run(evidence, name), evidence.paired(BY_DIMENSION)
    sizes = []
    for run in BY_DIMENSION:
        change = METRICS[name].difference(paired, best, run)
        if run != best and not math.isfinite(change.half_width):
            return " (uma só semente não diz se por mais que o acaso)"
        if run != best and change.low <= 0 <= change.high:
            sizes.append(evidence.spec(run).latent_dim)
    others = ptbr.join([ptbr.integer(size) for size in sizes])
    return f" (o erro não separa {ptbr.integer(evidence.spec(best).latent_dim)} de {others})" if sizes else ""


def swept(evidence: Evidence, name: str, run: str) -> float:
    """Return a metric of one of BY_DIMENSION, of the seeds that all of them have: what their tables show."""
    return METRICS[name].measure(evidence.paired(BY_DIMENSION), run).value


def trajectory(
    evidence: Evidence, label: str, style: str, metric: str, runs: Sequence[str] = BY_DIMENSION, joined: bool = True
) -> "Trajectory":
    """Return a metric of some runs at their latent dimensions; with intervals where all of them are bounded.

    Of the seeds that all of them have. joined: whether a line runs through them, which few points far apart do not bear.
    """
    paired = evidence.paired(runs)
    estimates = [METRICS[metric].measure(paired, run) for run in runs]
    dimensions = [evidence.spec(run).latent_dim for run in runs]
    low, high = ([getattr(one, end) for one in estimates] for end in ("low", "high"))
    bounded = bool(np.isfinite(low).all())
    return figures.Trajectory(
        label, style, dimensions, [one.value for one in estimates], [""] * len(runs),
        low if bounded else None, high if bounded else None, joined,
    )  # fmt: skip


def draw(paths: Sequence["Trajectory"], theme: "Theme", y_label: str) -> "Figure":
    """Return quantities against latent dimensions, on a log axis."""
    return figures.cost_quality(
        paths, theme=theme, x_label="dimensões latentes", y_label=y_label, tick_format=ptbr.short_tick_format(2)
    )  # one format for dimensions and for shares
