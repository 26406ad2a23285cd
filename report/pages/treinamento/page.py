"""The page: its runs, claims, figures, and what its text is given."""

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from report.evidence import Evidence
from report.judging.statistics import Estimate
from report.language import ptbr
from report.language.labels import run_label
from report.metrics import METRICS, metric_moves
from report.origins.numbers import constant
from report.page import Page, Plot
from report.pages.treinamento import ablations
from report.pages.treinamento.claims import (
    CONVERGED,
    DELAYED,
    MEMORY,
    SETTLED,
    SLOPE_EPOCHS,
    fall_per_epoch,
    fit_change,
    fit_difference,
    gap_difference,
    generalisation_gap,
    last_fall,
    looseness,
)
from report.pages.treinamento.tables import channels, costs, fits, hyperparameters, train_images
from report.tables import Table
from vae.data import datasets
from vae.grid import REFERENCE_RUNS
from vae.spec import RunSpec
from vae.storage.results import Array

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from vae.figures.style import Theme

TRAJECTORIES = ("e100", "e10-l50")  # e10 and e50 lie on the first
PAIRS = (("e10", "e10-ae"), ("e100", "e100-ae"), ("e10-l50", "e10-l50-ae"))  # VAE, autoencoder of the same size


def histories(evidence: Evidence, run: str, column: str) -> Array:
    """Return a column of the history by seed and epoch, (seeds, epochs)."""
    return np.asarray([result.history[column] for result in evidence.seeds(run).values()])


def first_epoch_shown(evidence: Evidence) -> int:
    """Return where the curves begin: the first epoch, ten times worse than all others, would flatten a long curve."""
    return 2 if min(evidence.spec(run).epochs for run in TRAJECTORIES) > 2 else 1


def dimensions_label(spec: RunSpec) -> str:
    """Return how figures name a trajectory; its epochs are on the axis."""
    return ptbr.strip_marks(ptbr.plural(spec.latent_dim, "dimensão", "dimensões"))


def draw_curves(evidence: Evidence, theme: "Theme") -> "Figure":
    """Return validation and training curves of the terms, mean over seeds."""
    from vae import figures

    first = first_epoch_shown(evidence)

    def curve(run: str, term: str) -> figures.Curve:
        validation = histories(evidence, run, f"validation_{term}")[:, first - 1 :]
        training = histories(evidence, run, f"train_{term}")[:, first - 1 :]
        several = len(validation) > 1
        return figures.Curve(
            dimensions_label(evidence.spec(run)),
            run,
            np.arange(first, first + validation.shape[1]),
            validation.mean(axis=0),
            dashed=training.mean(axis=0),
            low=validation.min(axis=0) if several else None,
            high=validation.max(axis=0) if several else None,
        )

    titles = (("neg_elbo", "−ELBO"), ("bce", "BCE"), ("kl", "KL"), ("deviance", "Desvio (BCE − entropia)"))
    return figures.learning_curves(
        [figures.Panel(title, [curve(run, term) for run in TRAJECTORIES]) for term, title in titles],
        theme=theme,
        x_label="época",
        y_label="nats por imagem",
        solid_label="validação",
        dashed_label="treino",
        tick_format=ptbr.tick_format(0),
        log_x=True,
        columns=2,
    )


def draw_gains(evidence: Evidence, theme: "Theme") -> "Figure":
    """Return claim 1's measure, taken at every epoch as if training ended there, mean over seeds, beside its margin."""
    from vae import figures

    def curve(run: str) -> figures.Curve:
        loss = histories(evidence, run, "validation_neg_elbo").mean(axis=0)
        epochs = np.arange(min(SLOPE_EPOCHS, len(loss)), len(loss) + 1)
        falls = [last_fall(loss[:epoch]) for epoch in epochs]
        return figures.Curve(dimensions_label(evidence.spec(run)), run, epochs, falls)

    return figures.gains(
        [curve(run) for run in TRAJECTORIES],
        CONVERGED.margin,
        theme=theme,
        x_label="época",
        y_label="queda por época (nats)",
        margin_label="margem",
        worse_label="épocas sem ganho",
        tick_format=lambda value: ptbr.tick_format(0 if value >= 1 else 1 if value >= 0.1 else 2)(value),
    )


def gaps(evidence: Evidence) -> dict[str, Estimate]:
    """Return the generalisation gap of every run."""
    return {run: evidence.estimate(generalisation_gap, run, "dataset") for run in REFERENCE_RUNS}


def falls(evidence: Evidence) -> dict[str, Estimate]:
    """Return the fall per epoch at the end of every run."""
    return {run: evidence.estimate(fall_per_epoch, run) for run in REFERENCE_RUNS}


def text(estimate: Estimate, unit: str = "") -> str:
    """Return nats with the interval where there is one, without the unit unless it is given."""
    return ptbr.with_interval(estimate.value, estimate.low, estimate.high, unit=unit)


def ends(evidence: Evidence) -> Table:
    """Return how every run ends: fall per epoch, and gap between test and training images."""
    gap, fall = gaps(evidence), falls(evidence)
    rows = [
        ["Queda por época no fim do treino (nats)", *(text(fall[run]) for run in REFERENCE_RUNS)],
        ["Distância entre teste e treino (nats)", *(text(gap[run]) for run in REFERENCE_RUNS)],
    ]
    caption = (
        "Como termina cada treino. A queda é a do −ELBO de validação; a distância é a do −ELBO de teste ao de treino, "
        "descontada de cada lado a entropia das imagens."
    )
    return Table(["Medida", *(run_label(evidence.spec(run)) for run in REFERENCE_RUNS)], rows, caption, "fim")


def context(evidence: Evidence) -> dict[str, Any]:
    """Return what the template computes with beside metrics and claims."""
    data = evidence.dataset
    trajectory = histories(evidence, "e100", "validation_neg_elbo").mean(axis=0)
    specs = [evidence.spec(run) for run in REFERENCE_RUNS]
    whole = evidence.paired(ablations.RUNS)
    longest: dict[RunSpec, int] = {}
    for spec in specs:
        longest[spec.trajectory()] = max(spec.epochs, longest.get(spec.trajectory(), 0))
    return {
        "runs": REFERENCE_RUNS,
        "run_count": len(specs),
        "split_seed": constant(datasets, "SPLIT_SEED"),
        "hyperparameters": hyperparameters(evidence, REFERENCE_RUNS),
        "encoder": channels((1, *specs[0].model.encoder_channels)),
        "decoder": channels((specs[0].model.encoder_channels[-1], *specs[0].model.decoder_channels, 1)),
        "ends": ends(evidence),
        "costs": costs(evidence, REFERENCE_RUNS),
        "gap_text": lambda run: text(gaps(evidence)[run], "nats"),
        "fall": falls(evidence),
        "slope_epochs": min(SLOPE_EPOCHS, evidence.spec("e10").epochs),
        "test_entropy": data.score("test_entropy"),
        "train_entropy": data.score("train_entropy"),
        "mean_image": data.score("mean_image_bce"),
        "best_epoch": int(trajectory.argmin()) + 1,
        "first_shown": first_epoch_shown(evidence),
        "separate_epochs": sum(spec.epochs for spec in specs),
        "shared_epochs": sum(longest.values()),
        "iwae_images": evidence.grid.evaluation.iwae_images,
        "iwae_samples": evidence.grid.evaluation.iwae_samples,
        "gap_growth": evidence.estimate(gap_difference, "e100", "e10", "dataset"),
        "test_change": METRICS["test_neg_elbo"].difference(evidence, "e10", "e100"),
        "fit_change": evidence.estimate(fit_change, "e100", "e100-ae", "e10", "e10-ae"),
        "nearest": min(ablations.RUNS, key=lambda run: METRICS["sample_frechet"].measure(whole, run).value),
        "looseness": {run: evidence.estimate(looseness, run).value for run in TRAJECTORIES},
        "fits": fits(evidence, PAIRS),
        "fit": lambda vae, autoencoder: evidence.estimate(fit_difference, vae, autoencoder).value,
        "ablations": ablations.ablations(whole),
        "deviation": lambda run: ablations.deviation_of(whole, run),
        "samples_apart": lambda run: ablations.samples_apart(whole, run),
        "collapsed": lambda run: ablations.collapsed(whole, run),
        "moves": partial(metric_moves, evidence),
        "kept": lambda name, run: METRICS[name].measure(whole, run).value,
        "kept_text": lambda name, run: METRICS[name].text(METRICS[name].measure(whole, run)),
        "used_train_images": train_images(evidence, "e10"),
        "measured": ptbr.integer(min(evidence.grid.evaluation.train_images, evidence.info.train_images)),
    }


CURVES = Plot(
    id="curvas",
    draw=draw_curves,
    caption="Com {{ run('e100').latent_dim }} dimensões, o −ELBO de validação acaba em "
    "{{ value('validation_neg_elbo', 'e100') | number(1, 'nats') }} depois de {{ run('e100').epochs }} épocas; com "
    "{{ run('e10-l50').latent_dim }}, em {{ value('validation_neg_elbo', 'e10-l50') | number(1, 'nats') }} depois de "
    "{{ run('e10-l50').epochs }}. Curvas de aprendizado: validação em linha cheia, treino em tracejado, a partir da época "
    "{{ first_shown }}, em escala logarítmica de épocas.{% if seeds | length > 1 %} Linhas: média das sementes; "
    "faixas: da menor à maior.{% endif %} A linha de {{ run('e100').latent_dim }} dimensões é a trajetória de que "
    "o {{ label('e10') }} e o {{ label('e50') }} são instantâneos.",
    alt="Curvas de aprendizado. O −ELBO de validação chega a "
    "{{ value('validation_neg_elbo', 'e100') | number(1, 'nats') }} com {{ run('e100').latent_dim }} dimensões e "
    "{{ run('e100').epochs }} épocas, e a {{ value('validation_neg_elbo', 'e10-l50') | number(1, 'nats') }} com "
    "{{ run('e10-l50').latent_dim }} dimensões e {{ run('e10-l50').epochs }}; a KL, a "
    "{{ value('validation_kl', 'e100') | number(1, 'nats') }} e "
    "{{ value('validation_kl', 'e10-l50') | number(1, 'nats') }}.",
)

GAINS = Plot(
    id="ganhos",
    draw=draw_gains,
    caption="No fim do {{ label('e10') }}, o −ELBO de validação {{ (-fall['e10'].value) | moved(2, 'nats') }} por época; no do "
    "{{ label('e100') }}, {{ (-fall['e100'].value) | moved(2, 'nats') }}. A medida da afirmação é tomada em cada época como se o treino acabasse ali: queda por época do −ELBO de "
    "validação nas últimas épocas até ela{% if seeds | length > 1 %}, em média sobre as sementes{% endif %}. A "
    "linha interrompida é a margem; os traços sobre o eixo são épocas em que a perda subia ou quase não caía.",
    alt="Queda do −ELBO de validação por época, em escala logarítmica. Nas últimas épocas, a reta ajustada "
    "{{ (-fall['e10'].value) | moved(2, 'nats') }} por época no {{ label('e10') }}, "
    "{{ (-fall['e50'].value) | moved(2, 'nats') }} no {{ label('e50') }} e "
    "{{ (-fall['e100'].value) | moved(2, 'nats') }} no {{ label('e100') }}.",
)

PAGE = Page(
    slug="treinamento",
    title="Treinamento",
    description="Dados, objetivo, curvas de aprendizado, convergência e custo dos treinos do VAE.",
    runs=(*REFERENCE_RUNS, *(autoencoder for _, autoencoder in PAIRS), *ablations.RUNS, "dataset"),
    claims=(CONVERGED, SETTLED, MEMORY, DELAYED, *ablations.CLAIMS),
    figures=(CURVES, GAINS, ablations.PICTURE),
    beside=REFERENCE_RUNS,  # the others have tables of their own, each of the seeds that its runs share
    context=context,
)
