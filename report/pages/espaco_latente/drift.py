"""Claim about how still the latent plane stands at the end of the training."""

import itertools

import numpy as np

from report.evidence import Evidence
from report.judging.claims import Claim
from report.judging.ratios import ratio
from report.judging.sample import Sample
from report.judging.statistics import PERCENTAGE, POSITIVE, possible
from report.language import ptbr
from report.language.labels import run_label
from report.tables import Table
from vae.storage.results import Array

BETWEEN = ("Dress", "Coat")  # the classes of which the reference says that they settle between the main clusters


def latent_drift(before: Sample, after: Sample) -> Array:
    """Root mean square distance of each image's two latent means, in % of the root mean square radius, after Procrustes.

    Translation, rotation or reflection, and scale are fitted once, to all images; replicates average the residuals of
    that fit. 0: the cloud moved only as a whole, or is one point; 100: nothing in common.
    Source: Schoenemann & Carroll 1970; Gower 1971.
    """
    distance, radius = residuals(before.latent_means(), after.latent_means())
    return 100 * np.sqrt(ratio(after.mean(distance), after.mean(radius), of_nothing=0.0))


def between_drift(before: Sample, after: Sample) -> Array:
    """Root mean square distance of the two latent means of Dress and Coat images, in % of that of all images to the centre.

    The fit (see latent_drift) is that of all images. Source: Schoenemann & Carroll 1970; Gower 1971.
    """
    distance, radius = residuals(before.latent_means(), after.latent_means())
    moved = after.mean(distance, after.members(*BETWEEN))
    return 100 * np.sqrt(ratio(moved, after.mean(radius), of_nothing=0.0))


def residuals(before: Array, after: Array) -> tuple[Array, Array]:
    """Return, image by image (n,), the squared distance left by the best fit of one cloud (n, d) to another.

    And the squared radius of the second cloud, which is its unit.
    """
    moved, fixed = before - before.mean(axis=0), after - after.mean(axis=0)
    left, singular, right = np.linalg.svd(moved.T @ fixed)
    size = (moved**2).sum()
    scale = singular.sum() / size if size else 0.0  # one point can be fitted to nothing but one point
    fitted = scale * moved @ left @ right
    return ((fixed - fitted) ** 2).sum(axis=1), (fixed**2).sum(axis=1)


def between_seeds(evidence: Evidence, run: str) -> float | None:
    """Return the drift from one training to another of the same run, %, mean over pairs of seeds; None with one seed."""
    samples = [evidence.samples.sample(run, seed) for seed in evidence.seeds(run)]
    drifts = [float(latent_drift(*pair)[0]) for pair in itertools.combinations(samples, 2)]
    return float(np.mean(drifts)) if drifts else None


def drift_table(evidence: Evidence) -> str:
    """Return how far the images move from snapshot to snapshot, and from one training to another."""
    rows = []
    for before, after in (("e10", "e50"), ("e50", "e100"), ("e90", "e100")):
        measured = possible(evidence.estimate(latent_drift, before, after), PERCENTAGE)
        first, last = (evidence.spec(run).epochs for run in (before, after))
        rows.append(
            [
                f"De {ptbr.integer(first)} a {ptbr.plural(last, 'época', 'épocas')}",
                ptbr.with_interval(measured.value, measured.low, measured.high, 1),
            ]
        )
    other = between_seeds(evidence, "e100")
    if other is not None:
        rows.append([f"De uma semente a outra, no {run_label(evidence.spec('e100'))}", ptbr.number(other, 1)])
    caption = "Deriva das médias latentes, em % do raio da nuvem, depois de sobrepostas as duas nuvens."
    return str(Table(["Trecho", "Deriva ↓"], rows, caption, "deriva"))


STABLE = Claim(
    id="7",
    statement="Com cem épocas o espaço latente atinge uma configuração estável.",
    needs=("e90", "e100"),
    statistic=latent_drift,
    measure="deriva das médias latentes nas últimas épocas, em % do raio da nuvem, depois de desfeitos translação, rotação "
    "ou reflexão e escala",
    margin=5.0,
    side="below",
    bounds=PERCENTAGE,
    reason="um vigésimo do raio, a mesma medida que se exige das outras mudanças; menos não se vê no diagrama",
    unit="%",
    decimals=1,
    confirmed="A configuração está estável: de {{ run('e90').epochs }} a {{ run('e100').epochs }} épocas as imagens "
    "se deslocam {{ value }} do raio da nuvem (intervalo {{ interval }}).",
    refuted="A configuração não está estável: de {{ run('e90').epochs }} a {{ run('e100').epochs }} épocas as imagens "
    "ainda se deslocam {{ value }} do raio da nuvem (intervalo {{ interval }}), e a estabilidade pede menos de "
    "{{ margin }}.",
    inconclusive=(
        "De {{ run('e90').epochs }} a {{ run('e100').epochs }} épocas as imagens se deslocam {{ value }} do raio da "
        "nuvem, o que {{ 'fica' if claimed else 'não fica' }} abaixo de {{ margin }}; {{ with_seeds }}, não se decide "
        "se a configuração está estável."
    ),
)

SETTLED_BETWEEN = Claim(
    id="7c",
    statement="Com cem épocas, as categorias intermediárias, Dress e Coat, encontram posições estáveis.",
    needs=("e90", "e100"),
    statistic=between_drift,
    measure="deriva das médias latentes de Dress e Coat nas últimas épocas, em % do raio da nuvem inteira, com o ajuste de todas "
    "as imagens",
    margin=5.0,
    side="below",
    bounds=POSITIVE,  # classes that leave the others behind can move by more than the radius of all
    reason="um vigésimo do raio, a mesma medida que se exige da nuvem inteira",
    unit="%",
    decimals=1,
    classes=BETWEEN,
    confirmed="Dress e Coat têm posições estáveis: de {{ run('e90').epochs }} a {{ run('e100').epochs }} épocas as suas "
    "imagens se deslocam {{ value }} do raio da nuvem (intervalo {{ interval }}).",
    refuted="Dress e Coat não têm posições estáveis: de {{ run('e90').epochs }} a {{ run('e100').epochs }} épocas as suas "
    "imagens ainda se deslocam {{ value }} do raio da nuvem (intervalo {{ interval }}), e a afirmação pede menos de "
    "{{ margin }}.",
    inconclusive=(
        "De {{ run('e90').epochs }} a {{ run('e100').epochs }} épocas, as imagens de Dress e de Coat se deslocam {{ value }} do "
        "raio da nuvem, o que {{ 'fica' if claimed else 'não fica' }} abaixo de {{ margin }}; {{ with_seeds }}, não se decide se têm posições "
        "estáveis."
    ),
)

CLAIMS = (STABLE, SETTLED_BETWEEN)
