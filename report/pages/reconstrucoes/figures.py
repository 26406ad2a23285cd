"""Pictures and bars of reconstructions, and the numbers by class behind them."""

from typing import TYPE_CHECKING

import numpy as np

from report.evidence import Evidence
from report.judging.statistics import Estimate
from report.language import ptbr
from report.language.labels import run_label
from report.pages.reconstrucoes.claims import LONGEST
from vae import figures
from vae.grid import REFERENCE_RUNS, WIDE
from vae.storage.results import Array

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from vae.figures import Theme

EXTREMES = 5  # best and worst of the fixed images that are shown enlarged


def draw_originals(evidence: Evidence) -> bytes:
    """Return the fixed test images, a class a row."""
    return _grid(evidence, evidence.dataset.array("fixed_images"))


def draw_reconstructions(evidence: Evidence, run: str) -> bytes:
    """Return a run's reconstructions of the fixed test images."""
    return _grid(evidence, evidence.headline(run).array("fixed_reconstructions"))


def draw_extremes(evidence: Evidence) -> bytes:
    """Return the best and worst fixed images of the longest run, one row an origin: the original, then each run."""
    chosen = extremes(evidence)
    rows = [evidence.dataset.array("fixed_images")]
    rows += [evidence.headline(run).array("fixed_reconstructions") for run in REFERENCE_RUNS]
    return figures.grid_png(np.concatenate([row[chosen] for row in rows]), columns=len(chosen))


def extremes(evidence: Evidence) -> Array:
    """Return which fixed images the longest run reconstructs best and worst, by squared error, from best to worst."""
    order = np.argsort(fixed_errors(evidence), kind="stable")
    return np.concatenate([order[:EXTREMES], order[-EXTREMES:]])


def fixed_errors(evidence: Evidence) -> Array:
    """Return the squared error per pixel of the longest run's reconstruction of each fixed image."""
    return evidence.headline(LONGEST).array("test_mse")[evidence.dataset.array("fixed_indices")]


def draw_entropy(evidence: Evidence, theme: "Theme") -> "Figure":
    """Return pixel entropy and BCE by class, from the darkest class to the brightest."""
    order = np.argsort(entropy_by_class(evidence))
    series = [
        figures.Series("entropia (piso)", "data", entropy_by_class(evidence)[order]),
        figures.Series(f"BCE, {_plain(evidence, WIDE)}", WIDE, class_means(evidence, WIDE, "test_bce")[order]),
        figures.Series(f"BCE, {_plain(evidence, LONGEST)}", LONGEST, class_means(evidence, LONGEST, "test_bce")[order]),
    ]
    names = [evidence.info.classes[index] for index in order]
    return figures.grouped_bars(names, series, theme=theme, x_label="nats por imagem", tick_format=ptbr.tick_format(0))


def draw_sharpness(evidence: Evidence, theme: "Theme") -> "Figure":
    """Return the median sharpness of each class and run, with intervals."""
    series = []
    for run in REFERENCE_RUNS:
        measured = _sharpness(evidence, run)
        low, value, high = (np.array([getattr(one, end) for one in measured]) for end in ("low", "value", "high"))
        series.append(figures.Series(_plain(evidence, run), run, value, low, high))
    return figures.grouped_bars(
        evidence.info.classes, series, theme=theme, x_label="mediana da nitidez pelo gradiente (original: 1)",
        tick_format=ptbr.tick_format(2),
    )  # fmt: skip


def sharpness_by_class(evidence: Evidence, run: str) -> Array:
    """Return the median sharpness of the reconstructions of each class, mean over seeds, (C,)."""
    return np.array([one.value for one in _sharpness(evidence, run)])


def class_means(evidence: Evidence, run: str, name: str) -> Array:
    """Return the mean of a per-image array by class, over images and seeds, (C,)."""
    return by_class(evidence, np.mean([result.array(name) for result in evidence.seeds(run).values()], axis=0))


def entropy_by_class(evidence: Evidence) -> Array:
    """Return the mean pixel entropy of the test images by class, nats, (C,)."""
    return by_class(evidence, evidence.dataset.array("test_entropy"))


def recognised_by_class(evidence: Evidence, run: str) -> Array:
    """Return the share of reconstructions in which the classifier sees the true class, by true class, (C,)."""
    seen = [result.array("recon_classes") == evidence.labels for result in evidence.seeds(run).values()]
    return by_class(evidence, np.mean(seen, axis=0))


def _grid(evidence: Evidence, images: Array) -> bytes:
    return figures.grid_png(images, columns=evidence.grid.evaluation.fixed_per_class)


def by_class(evidence: Evidence, values: Array) -> Array:
    """Return the mean of values of all test images (n,) by class, (C,)."""
    return np.array([values[evidence.labels == index].mean() for index in range(len(evidence.info.classes))])


def _sharpness(evidence: Evidence, run: str) -> list[Estimate]:
    return [
        evidence.estimate(lambda sample, c=index: sample.median("test_sharpness", sample.labels == c), run)
        for index in range(len(evidence.info.classes))
    ]


def _plain(evidence: Evidence, run: str) -> str:
    return ptbr.strip_marks(run_label(evidence.spec(run)))
