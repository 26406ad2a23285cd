"""Whether decoded straight lines between two images move by even steps, held against mixing the pixels of the images."""

import sys

from report.evidence import Evidence
from report.judging.claims import Claim
from report.judging.ratios import spread_if_unanimous
from report.judging.sample import Sample
from report.judging.statistics import ALPHA, POINTS, Estimate
from report.language import ptbr
from report.metrics import PATHS, Metric
from report.origins.numbers import constant
from report.pages.geracao.claims import JUDGED
from report.tables import metrics_table
from vae.grid import REFERENCE_RUNS
from vae.storage.results import Array

JUMP = 3.0  # of the median step: a larger one is seen as a jump among the others
DECODED, MIXED = "interpolation_feature_jump", "mixing_feature_jump"


def jumping(run: Sample, name: str) -> Array:
    """Return the share of paths of a kind whose largest step is more than JUMP median ones, (B,)."""
    return _share(run, run.array(name) > JUMP)


def _share(run: Sample, paths: Array) -> Array:
    return spread_if_unanimous(run.mean(paths), len(paths), ALPHA)


def added_jumps(run: Sample) -> Array:
    """Share of decoded paths with a step of more than three medians, less that of mixed pixels, in percentage points.

    Steps are in the classifier's features, and the paths of both kinds join the same test images.
    """
    # By the mixed paths without a jump: where neither kind has any, what is not known of both adds up and does not cancel.
    return 100 * (jumping(run, DECODED) + _share(run, run.array(MIXED) <= JUMP) - 1)


def irregularity(run: Sample) -> Array:
    """Return by how much the median of largest over median step is larger along decoded paths than along mixed ones."""
    return run.median(DECODED) - run.median(MIXED)


def added_irregularity(evidence: Evidence, run: str) -> Estimate:
    """Return how much less even a run's decoded paths are than mixed ones, pair by pair; see irregularity."""
    return evidence.estimate(irregularity, run)


DECODED_JUMPS = Metric("Pares com salto na interpolação", lambda run: jumping(run, DECODED), 1, "%", "lower", PATHS)
MIXED_JUMPS = Metric("Pares com salto na mistura", lambda run: jumping(run, MIXED), 1, "%", None, PATHS)

CLAIMS = (
    Claim(
        id="28",
        statement="A interpolação entre pontos do espaço latente gera transformações graduais.",
        needs=(JUDGED,),
        statistic=added_jumps,
        measure=(
            "parcela dos pares de imagens de teste em cuja interpolação decodificada o maior passo passa de três vezes o "
            "mediano, menos a mesma parcela na mistura direta dos pixels das duas imagens; os passos medem-se nos "
            "atributos do classificador"
        ),
        margin=5.0,
        side="below",
        bounds=POINTS,
        reason=(
            "a mistura muda os pixels a passo constante, e o que nela salta é só o classificador, que troca de classe: "
            "não conta contra o modelo; além disso, um par em vinte ainda seria exceção"
        ),
        confirmed=(
            "A interpolação no {{ label('e100') }} {{ 'não dá' if raw <= 0 else 'quase não dá' }} mais saltos do que a "
            "simples mistura das duas imagens: aos olhos do classificador, a parcela de pares com salto é "
            "{{ raw | apart(1, 'p.p.') }} (intervalo da diferença: {{ interval }})."
        ),
        refuted=(
            "A interpolação no {{ label('e100') }} dá saltos que a simples mistura das duas imagens não dá: aos olhos do "
            "classificador, a parcela de pares com salto é {{ raw | apart(1, 'p.p.') }} (intervalo da diferença: "
            "{{ interval }})."
        ),
        inconclusive=(
            "Na interpolação do {{ label('e100') }}, a parcela de pares com salto, aos olhos do classificador, é "
            "{{ raw | apart(1, 'p.p.') }} que na simples mistura das duas imagens, e a afirmação admite até {{ margin }} a "
            "mais; {{ with_seeds }}, não se decide se as transformações são graduais."
        ),
        unit="p.p.",
        decimals=1,
    ),
)


def path_table(evidence: Evidence, interval_note: str) -> str:
    """Return how even the paths are, run by run: pairs with a jump, and the median ratio of the largest step."""
    caption = (
        "Suavidade das interpolações e da mistura direta: pares com um passo de mais de "
        f"{ptbr.number(constant(sys.modules[__name__], 'JUMP'), 0)} vezes o mediano, nos atributos do classificador, e mediana, sobre os "
        f"pares, do maior passo: {interval_note}."
    )
    shown = (DECODED_JUMPS, MIXED_JUMPS, "interpolation_jump", DECODED, MIXED)
    return str(metrics_table(evidence, shown, REFERENCE_RUNS, caption, "suavidade"))
