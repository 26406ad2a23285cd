"""What the decoder makes half-way between two classes, held against training images."""

from report.evidence import Evidence
from report.judging.claims import Claim
from report.judging.ratios import ratio
from report.judging.sample import Sample
from report.judging.statistics import POSITIVE
from report.metrics import SAMPLES, Metric, mean
from report.pages.geracao.claims import JUDGED
from report.tables import metrics_table
from vae.grid import REFERENCE_RUNS, WIDE
from vae.storage.results import Array


def midpoint_density_ratio(run: Sample) -> Array:
    """Mean density among training images of what is decoded half-way between two classes, over that of reconstructions.

    In the classifier's features. Source: density, Naeem et al. 2020.
    """
    return ratio(run.mean("midpoint_density"), run.mean("reconstruction_density"), of_nothing=1.0)


def outside(name: str) -> Metric:
    """Return the metric of how many images of a kind lie in no ball of a training image."""
    kind = {"midpoint_density": "Pontos médios", "reconstruction_density": "Reconstruções"}[name]
    return Metric(f"{kind} fora de toda bola", lambda run: run.mean(run.array(name) == 0), 1, "%", "lower", SAMPLES)


OUTSIDE_RECON = outside("reconstruction_density")
METRICS = (
    Metric("Densidade dos pontos médios", mean("midpoint_density"), 3, "", "higher", SAMPLES, bounds=POSITIVE),
    Metric("Densidade das reconstruções", mean("reconstruction_density"), 3, "", "higher", SAMPLES, bounds=POSITIVE),
    Metric("Razão das densidades", midpoint_density_ratio, 3, "", "higher", SAMPLES, bounds=POSITIVE),
    outside("midpoint_density"),
    OUTSIDE_RECON,
)


def _plausible(claim_id: str, space: str, run: str) -> Claim:
    label = f"{{{{ label('{run}') }}}}"
    return Claim(
        id=claim_id,
        statement=f"No espaço {space}, pontos intermediários entre as classes decodificam para itens plausíveis.",
        needs=(run,),
        statistic=midpoint_density_ratio,
        measure=(
            "densidade média, entre imagens de treino, das imagens decodificadas a meio caminho entre duas de classes "
            "diferentes, dividida pela das reconstruções"
        ),
        margin=0.8,
        side="above",
        bounds=POSITIVE,
        reason=(
            "se os outros pontos médios fossem tão bons quanto reconstruções, um em cada cinco perdido no vazio já daria "
            "esse valor"
        ),
        confirmed=(
            f"A meio caminho entre duas classes, o {label} decodifica imagens "
            "{{ 'ao menos tão' if raw >= 1 else 'quase tão' }} cercadas de dados quanto as reconstruções: a razão das "
            "densidades é {{ value }} (intervalo {{ interval }})."
        ),
        refuted=(
            f"A meio caminho entre duas classes, o {label} decodifica imagens menos cercadas de dados que as "
            "reconstruções: a razão das densidades é {{ value }} (intervalo {{ interval }})."
        ),
        inconclusive=(
            f"No {label}, a densidade das imagens a meio caminho entre duas classes é {{{{ value }}}} {{{{ 'vez' if raw < 2 else 'vezes' }}}} a das "
            "reconstruções e {{ 'passa' if claimed else 'não passa' }} de {{ margin }}; {{ with_seeds }}, não se "
            "decide se são plausíveis."
        ),
        decimals=3,
    )


CLAIMS = (
    _plausible("29", "de duas dimensões", JUDGED),
    _plausible("29b", "de cinquenta dimensões", WIDE),
)


def midpoint_table(evidence: Evidence, caption: str) -> str:
    """Return densities of images half-way between classes and of reconstructions, run by run."""
    return str(metrics_table(evidence, METRICS, REFERENCE_RUNS, caption, "meio-caminho"))
