"""The page: its runs, claims, figures, and what its text is given."""

import json
from typing import Any

from report.evidence import Evidence
from report.origins.numbers import constant
from report.page import Page, Picture
from report.pages.explorador import files
from report.pages.explorador.files import DESCRIPTION, explorer_files, outside
from report.pages.geracao import figures as geracao_figures
from vae.grid import SNAPSHOTS

FALLBACK_RUN = SNAPSHOTS[-1]
FALLBACK_THIN = 2  # every second point along each axis: the whole plane alone is a third of what a first view may weigh


def draw_plane(evidence: Evidence) -> bytes:
    """The decoded plane of the model that the explorer opens with, for who cannot open it."""
    return geracao_figures.draw_plane(evidence, run=FALLBACK_RUN, thin=FALLBACK_THIN)


def context(evidence: Evidence) -> dict[str, Any]:
    """Return sizes, counts and checksums of the text."""
    description = json.loads(explorer_files(evidence)[DESCRIPTION])
    models = {model["run"]: model for model in description["models"]}
    assets = [description[name] for name in ("runtime", "labels", "images")]
    assets += [model[name] for model in models.values() for name in ("points", "decoder", "encoder")]
    return {
        "runs": SNAPSHOTS,
        "description": DESCRIPTION,
        "megabytes": sum(asset["bytes"] for asset in assets) / 1e6,
        "point_count": len(evidence.labels),
        "image_count": len(evidence.dataset.array("explored_images")),
        "outside": {run: outside(evidence, run) for run in SNAPSHOTS},
        "models": models,
        "seed_of": {run: evidence.headline(run).seed for run in SNAPSHOTS},
        "ellipse": constant(files, "ELLIPSE"),
        # Of the seeds whose models the page loads, and not a mean over seeds.
        "holes": {run: evidence.headline(run).score("hole_mass") for run in SNAPSHOTS},
        "hole_count": geracao_figures.hole_count(evidence, FALLBACK_RUN, FALLBACK_THIN),
        "side": evidence.grid.evaluation.manifold_side // FALLBACK_THIN,
    }


PAGE = Page(
    slug="explorador",
    title="Explorador",
    description="O decodificador e o codificador treinados, no navegador: percorra o plano latente e veja a imagem de cada ponto.",
    runs=(*SNAPSHOTS, "dataset"),
    figures=(
        Picture(
            "plano",
            draw_plane,
            (
                "O plano latente decodificado pelo {{ label('e100') }}, em {{ side }} × {{ side }} pontos a passos iguais de "
                "probabilidade sob a prior; o contorno marca os que caem em buracos, {{ hole_count | integer }} de "
                "{{ side * side }}. É o que o explorador mostra de uma vez, sem se mover."
            ),
            (
                "Plano latente decodificado do {{ label('e100') }}: o contorno marca os quadros que caem em buracos, "
                "{{ hole_count | integer }} de {{ side * side }}."
            ),
            scale=2,
        ),
    ),
    context=context,
    files=explorer_files,
    live=True,
    wide=True,
)
