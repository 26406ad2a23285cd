"""The page: its runs, claims, figures, and what its text is given."""

from functools import partial
from typing import TYPE_CHECKING, Any

from report.evidence import Evidence
from report.judging import statistics
from report.judging.claims import VerdictKind, Why
from report.language import ptbr
from report.language.labels import run_label
from report.language.wording import on_claimed_side
from report.metrics import METRICS, metric_moves
from report.origins.numbers import constant
from report.page import Page, Picture, Plot
from report.pages.by_dimension import BY_DIMENSION, best_run, tied
from report.pages.espaco_latente.tables import top_pair
from report.pages.geracao.classes import moves, recon_shift
from report.pages.placar import rows as placar_rows
from report.pages.visao_geral.card import draw_card, title
from report.pages.visao_geral.layers import decoder_layers, layers_table, stages
from report.tables import Table
from vae import figures
from vae.data import datasets
from vae.grid import REFERENCE_RUNS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from vae.figures import Theme

TOLD = ("8", "20", "23", "30")  # claims that the text of the page tells; its lists leave them out


def diagram(evidence: Evidence, theme: "Theme") -> "Figure":
    """The architecture with the latent of the headline run."""
    spec = evidence.spec("e100").model
    encoder, decoder = stages(spec)
    words = figures.LatentWords(
        mean="μ", log_variance="log σ²", draw="z = μ + σ ε", code=f"z, {spec.latent_dim} dimensões"
    )
    return figures.architecture(
        encoder, decoder, words, theme=theme, encoder_title="Codificador", decoder_title="Decodificador"
    )


def manifold(evidence: Evidence) -> bytes:
    """The decoded plane of the headline run, every other row and column."""
    plane = evidence.headline("e100").array("manifold")[::2, ::2]
    return figures.grid_png(plane.reshape(-1, *plane.shape[-2:]), plane.shape[1], gap=0)


def runs_table(evidence: Evidence) -> Table:
    """The grid of runs: what differs between them, and the headline metrics."""
    rows = []
    for name in REFERENCE_RUNS:
        spec = evidence.spec(name)
        measured = [METRICS[m].text(METRICS[m].measure(evidence, name), unit=False)
                    for m in ("test_neg_elbo", "sharpness", "knn_accuracy")]  # fmt: skip
        parameters = ptbr.integer(int(evidence.headline(name).score("parameters")))
        rows.append([run_label(spec), parameters, *measured])
    header = ["Treino", "Parâmetros", "−ELBO de teste (nats) ↓", "Nitidez ↑", "Acurácia de vizinhos (%) ↑"]
    confidence = ptbr.percent(constant(statistics, "CONFIDENCE"), 0)
    caption = "Os quatro treinos da referência e três medidas de cada um no conjunto de teste; ± é meio intervalo de "
    return Table(header, rows, f"{caption}{confidence}.", id="grade")


def context(evidence: Evidence) -> dict[str, Any]:
    """Counts, differences between runs, and the table of runs."""
    kinds = [verdict.kind for verdict in evidence.verdicts.values()]
    least_loss = best_run(evidence, "test_neg_elbo")
    return {
        "title": title(evidence),
        "measured": sum(verdict.estimate is not None for verdict in evidence.verdicts.values()),
        "claimed": sum(map(on_claimed_side, evidence.verdicts.values())),
        "top_pair": lambda run: top_pair(evidence, run),
        "moves": lambda run: moves(evidence, run),
        "recon_shift": lambda run: recon_shift(evidence, run).value,
        "counts": {kind.value: kinds.count(kind) for kind in VerdictKind},
        "total": len(kinds),
        "ours": sum(verdict.claim.ours for verdict in evidence.verdicts.values()),
        "waiting": sum(verdict.why is Why.ONE_SEED for verdict in evidence.verdicts.values()),
        "runs_table": runs_table(evidence),
        "gain": lambda before, after: -METRICS["test_neg_elbo"].difference(evidence, before, after).value,
        "least_loss": least_loss,
        "tied": partial(tied, evidence),
        "loss_moves": partial(metric_moves, evidence, "test_neg_elbo"),
        "sweep_seeds": len(set(evidence.seeds(least_loss)) & set(evidence.seeds("e10-l50"))),
        "foremost": lambda kind: placar_rows.foremost(
            (verdict for verdict in evidence.verdicts.values() if verdict.claim.id not in TOLD), VerdictKind(kind)
        ),
        "model": evidence.spec("e100").model,
        "training": evidence.spec("e100").training,
        "layers_table": layers_table(evidence.spec("e100").model),
        "upsampled": decoder_layers(evidence.spec("e100").model)[-1].side_before,
        "tiles": len(evidence.headline("e100").array("manifold")[::2]),
        "side": constant(datasets, "IMAGE_SIDE"),
        "entropy": evidence.dataset.score("test_entropy"),
    }


PAGE = Page(
    slug="visao-geral",
    title="Visão geral",
    description="Um VAE convolucional, treinado por mais tempo e com mais dimensões: o que muda, em números.",
    beside=REFERENCE_RUNS,
    runs=(*REFERENCE_RUNS, "e10-b0", *(run for run in BY_DIMENSION if run not in REFERENCE_RUNS)),
    quotes=("*",),
    figures=(
        Picture(
            "variedade",
            manifold,
            caption="Tudo o que o {{ label('e100') }} desenha cabe num plano: cada imagem sai de um ponto dele, e os pontos estão a "
            "passos iguais de probabilidade sob a prior, a gaussiana de onde o modelo sorteia para gerar.",
            alt="Mosaico do plano latente decodificado pelo {{ label('e100') }}: {{ tiles }} por {{ tiles }} imagens de peças, cada "
            "uma parecida com as vizinhas ou já de outro tipo.",
        ),
        Plot(
            "arquitetura",
            diagram,
            caption="A arquitetura. A espessura de cada bloco cresce com o número de canais, o comprimento com o lado dos mapas.",
            alt="Codificador de {{ model.encoder_channels | length }} convoluções, código latente de "
            "{{ model.latent_dim | plural('dimensão', 'dimensões') }} e decodificador de "
            "{{ model.decoder_channels | length }} convoluções transpostas.",
        ),
    ),
    context=context,
    card=draw_card,
)
