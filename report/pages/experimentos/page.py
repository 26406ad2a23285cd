"""The page: its runs, claims, figures, and what its text is given."""

import math
from functools import partial
from typing import Any

from report.evidence import Evidence
from report.metrics import METRICS, metric_moves
from report.origins.numbers import constant
from report.page import Page
from report.pages.by_dimension import BY_DIMENSION, best_run, swept, tied
from report.pages.experimentos import beta, data, tables
from report.pages.experimentos import claims as epochs
from report.pages.experimentos import figures as drawn
from report.pages.experimentos.claims import doubling_gain
from report.pages.treinamento.claims import generalisation_gap
from report.pages.treinamento.tables import train_images
from report.tables import comparison_table
from vae.grid import REFERENCE_RUNS, SNAPSHOTS, WIDE

COMPARED = (
    "test_neg_elbo", "test_bce", "test_kl", "mse", "ssim", "sharpness", "laplacian", "recon_accuracy", "active_units",
    "used_units", "knn_accuracy", "probe_accuracy", "silhouette", "sample_frechet", "sample_precision", "sample_recall",
    "sample_coverage",
)  # fmt: skip
BY_EPOCHS = (
    "test_neg_elbo", "test_bce", "test_kl", "mse", "sharpness", "recon_accuracy", "knn_accuracy", "sample_frechet",
)  # fmt: skip


def context(evidence: Evidence) -> dict[str, Any]:
    """Return what the template computes with beside metrics and claims."""
    seconds = {run: sum(evidence.epoch_seconds(run)) for run in (*SNAPSHOTS, WIDE)}
    bound = {run: METRICS["test_neg_elbo"].measure(evidence, run).value for run in (*SNAPSHOTS, WIDE)}

    ends = evidence.paired((*beta.ENDS, *beta.WIDE_ENDS))

    def change(name: str, before: str, after: str) -> float:
        return METRICS[name].difference(evidence, before, after).value

    return {
        "seconds": seconds,
        "change": change,
        "stretches": tables.stretches(evidence),
        "by_epochs": list(BY_EPOCHS),
        "snapshots": list(SNAPSHOTS),
        "sizes_table": comparison_table(
            evidence, COMPARED, "e10", WIDE,
            "O mesmo número de épocas com dimensões diferentes. A diferença é pareada por semente e imagem de teste.",
            "tamanhos"),
        # Only asked for where the bound fell in both stretches.
        "recovered": lambda: (bound["e10"] - bound["e50"]) / (bound["e10"] - bound["e100"]),
        "spared": 1 - sum(evidence.epoch_seconds("e100")[: evidence.spec("e50").epochs]) / seconds["e100"],
        "cheaper_and_better": bound[WIDE] < bound["e100"] and seconds[WIDE] < seconds["e100"],
        "doubling": lambda before, after: evidence.estimate(doubling_gain, before, after).value,
        "halvings": tables.halvings(evidence),
        "sweep": tables.sweep(evidence),
        "tested_dimensions": [evidence.spec(run).latent_dim for run in BY_DIMENSION],
        "enough": tables.enough_dimensions(evidence),
        "best_dimensions": {
            name: evidence.spec(best_run(evidence, name)).latent_dim for name in ("test_neg_elbo", "mse")
        },
        "level": constant(tables, "LEVEL"),
        "closest": best_run(evidence, "sample_frechet"),
        "ends": tables.ends(evidence),
        "ceiling": math.log(evidence.info.test_images),
        "rank_of_most": beta.rank_of_most,
        "swept": partial(swept, evidence),
        "tied": partial(tied, evidence),
        "used_share": lambda run: tables.USED_SHARE.measure(ends, run).value,
        "rate": METRICS["test_kl"].text(METRICS["test_kl"].measure(ends, WIDE)),
        "by_images": tables.by_images(evidence),
        "steps": lambda run: tables.steps(evidence, run),
        "images": lambda run: train_images(evidence, run),
        "gap": lambda run: evidence.paired(tables.BY_IMAGES).estimate(generalisation_gap, run, "dataset").value,
        "moves": partial(metric_moves, evidence),
        "reading": METRICS["probe_accuracy"].difference(evidence, "e10-l20", WIDE),
        "nearer": METRICS["sample_frechet"].difference(evidence, WIDE, "e100"),
        "wider": METRICS["sample_coverage"].difference(evidence, "e100", WIDE),
    }  # fmt: skip


PAGE = Page(
    slug="experimentos",
    title="Experimentos",
    description="Épocas, dimensões latentes, peso da KL e número de imagens: o que cada um custa, o que rende e o que se recomenda.",
    # Those of which the text speaks, and the families that its tables and figures show.
    runs=(
        "e10",
        "e10-l20",
        WIDE,
        "e10-b0",
        "e10-b100",
        "e50-l50-n6000",
        *BY_DIMENSION,
        *SNAPSHOTS,
        *tables.BY_IMAGES,
        data.FEW_FREE,
        *drawn.IN_PLANE,
        "dataset",
    ),
    claims=(*epochs.CLAIMS, *beta.CLAIMS, *data.CLAIMS),
    figures=(drawn.COST_BOUND, drawn.COST_SHARPNESS, drawn.OVERVIEW, drawn.PLANE),
    quotes=("espaco-latente", "reconstrucoes"),
    beside=REFERENCE_RUNS,  # the others have tables of their own, each of the seeds that its runs share
    context=context,
)
