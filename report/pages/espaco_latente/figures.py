"""Figures of the latent space: clouds, confusions, changes over the epochs, shares of variance."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from report.evidence import Evidence
from report.language import ptbr
from report.language.labels import run_label
from report.pages.espaco_latente import axes
from report.pages.espaco_latente.tables import EVOLUTION, class_accuracy, mean_votes
from vae import figures
from vae.grid import REFERENCE_RUNS, SNAPSHOTS, WIDE
from vae.storage.results import Array

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from vae.figures import Theme


SHORT_TICKS = ptbr.short_tick_format(3)  # for panels that have different scales


def points(evidence: Evidence, run: str) -> Array:
    """Return the cloud of a run in two dimensions, of its first seed: the latent means, or their plane of PCA."""
    result = evidence.headline(run)
    if evidence.spec(run).latent_dim == 2:
        return result.array("latent_mean").astype(np.float64)
    return evidence.samples.sample(run, result.seed).principal_coordinates()


def draw_panels(evidence: Evidence, theme: "Theme") -> "Figure":
    few = len(points(evidence, WIDE))  # the same images in every panel
    clouds = []
    for run in REFERENCE_RUNS:
        title = ptbr.strip_marks(run_label(evidence.spec(run))) + (" (PCA)" if run == WIDE else "")
        clouds.append(figures.Cloud(title, points(evidence, run)[:few], evidence.labels[:few]))
    return figures.latent_panels(clouds, evidence.info.classes, theme=theme)


def draw_plane(evidence: Evidence, theme: "Theme") -> "Figure":
    return figures.latent_scatter(
        points(evidence, "e100"), evidence.labels, evidence.info.classes, theme=theme,
        x_label="média latente, primeira coordenada", y_label="média latente, segunda coordenada",
        tick_format=SHORT_TICKS,
    )  # fmt: skip


def draw_embeddings(evidence: Evidence, theme: "Theme") -> "Figure":
    embedded = evidence.headline(WIDE).array("tsne").astype(np.float64)
    few = slice(0, len(embedded))
    clouds = [
        figures.Cloud("PCA", points(evidence, WIDE)[few], evidence.labels[few]),
        figures.Cloud("t-SNE", embedded, evidence.labels[few]),
    ]
    return figures.latent_panels(clouds, evidence.info.classes, theme=theme)


def draw_confusion(run: str) -> Callable[[Evidence, "Theme"], "Figure"]:
    """Return how to draw the confusions by neighbours of a run, in per cent."""

    def draw(evidence: Evidence, theme: "Theme") -> "Figure":
        return figures.confusion_matrix(
            100 * mean_votes(evidence, run), evidence.info.classes, theme=theme, cell_format=ptbr.tick_format(0),
            x_label="classe dos vizinhos (%)", y_label="classe da imagem",
        )  # fmt: skip

    return draw


def draw_classes(evidence: Evidence, theme: "Theme") -> "Figure":
    series = []
    for run in ("e10", "e100", WIDE):
        values = [class_accuracy(evidence, run, c) for c in range(len(evidence.info.classes))]
        series.append(figures.Series(ptbr.strip_marks(run_label(evidence.spec(run))), run, values))
    return figures.grouped_bars(
        evidence.info.classes, series, theme=theme, x_label="acurácia de vizinhos (%)", tick_format=ptbr.tick_format(0)
    )


def draw_evolution(evidence: Evidence, theme: "Theme") -> "Figure":
    epochs = [float(evidence.spec(run).epochs) for run in SNAPSHOTS]
    panels = []
    for metric in EVOLUTION:
        measured = [metric.measure(evidence, run) for run in SNAPSHOTS]
        factor = 100 if metric.percent else 1
        bounded = all(math.isfinite(estimate.half_width) for estimate in measured)
        panels.append(
            figures.Panel(
                metric.label + (f" ({metric.unit})" if metric.unit else ""),
                [
                    figures.Curve(
                        "",
                        "e100",
                        epochs,
                        [factor * estimate.value for estimate in measured],
                        low=[factor * estimate.low for estimate in measured] if bounded else None,
                        high=[factor * estimate.high for estimate in measured] if bounded else None,
                        marked=True,
                    )
                ],
            )
        )
    return figures.learning_curves(
        panels,
        theme=theme,
        x_label="épocas",
        y_label="",
        solid_label="",
        dashed_label="",
        tick_format=SHORT_TICKS,
        columns=2,
    )


def draw_turns(evidence: Evidence, theme: "Theme") -> "Figure":
    # A quarter turn is the native plane again, its axes swapped.
    degrees = [*np.degrees(axes.turn_angles()), 90.0]
    panels = []
    for factor, name in axes.FACTORS.items():
        curves = axes.turn_curves(evidence, "e100", factor)
        panels.append(figures.Panel(name, [figures.Curve("", "e100", degrees, [*curve, curve[0]]) for curve in curves]))
    return figures.learning_curves(
        panels, theme=theme, x_label="giro (graus)", y_label="informação mútua (nats)", solid_label="",
        dashed_label="", tick_format=SHORT_TICKS,
    )  # fmt: skip


def draw_scree(evidence: Evidence, theme: "Theme") -> "Figure":
    shares = np.mean([result.array("pca_shares") for result in evidence.seeds(WIDE).values()], axis=0)
    curve = figures.Curve(
        ptbr.strip_marks(run_label(evidence.spec(WIDE))), WIDE, np.arange(1, len(shares) + 1), np.cumsum(shares)
    )
    return figures.scree(
        [curve], theme=theme, x_label="componentes principais", y_label="parte acumulada da variância",
        tick_format=lambda value: ptbr.strip_marks(ptbr.percent(value, 0)), component_format=ptbr.tick_format(0),
    )  # fmt: skip
