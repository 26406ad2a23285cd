"""Claims on the training: convergence, what the KL term delays, memory, and what each part of the objective holds up."""

import numpy as np

from report.claims import Claim
from report.sample import Sample
from vae.errors import ResultsError
from vae.results import Array

SLOPE_EPOCHS = 5
LATE_SHARE = 5  # the last fifth of a training: so slow a fall does not show in a few epochs


def fall_per_epoch(run: Sample) -> float:
    """Fall of the validation −ELBO per epoch: minus the least-squares slope over the last five epochs, or all if fewer.

    Nats an epoch; a single difference would be the noise of one epoch. Raises ResultsError if there is but one epoch.
    """
    return last_fall(_bounds(run))


def late_fall_per_epoch(run: Sample) -> float:
    """Fall of the validation −ELBO per epoch: minus the least-squares slope over the last fifth of the epochs.

    Nats an epoch, over two epochs at least. Raises ResultsError if there is but one epoch.
    """
    losses = _bounds(run)
    return last_fall(losses, max(2, len(losses) // LATE_SHARE))


def last_fall(losses: Array, epochs: int = SLOPE_EPOCHS) -> float:
    """Return the fall per epoch of a line fitted to the last so many losses, nats; of all if there are fewer."""
    tail = losses[-epochs:]
    return -float(np.polyfit(np.arange(len(tail)), tail, 1)[0])


def _bounds(run: Sample) -> Array:
    losses = np.asarray(run.history("validation_neg_elbo"))
    if len(losses) < 2:
        raise ResultsError(
            f"{run.result.run}/{run.result.seed} has one epoch, and a slope needs two; raise its epochs in vae/grid.py."
        )
    return losses


def generalisation_gap(run: Sample, data: Sample) -> Array:
    """Return how much worse the bound is on test than on training images beyond the difference of their entropies.

    (−ELBO − pixel entropy) of the test images minus that of the training images, nats: (B,).
    """
    return reconstruction_gap(run, data) + run.mean("test_kl") - run.score("train_kl")


def reconstruction_gap(run: Sample, data: Sample) -> Array:
    """Return the reconstruction term's part of the generalisation gap: test minus training deviance, nats, (B,)."""
    return run.mean("test_bce") - data.mean("test_entropy") - run.score("train_deviance")


def gap_difference(first: Sample, second: Sample, data: Sample) -> Array:
    """Generalisation gap of the first run minus that of the second: test −ELBO minus training −ELBO, entropies discounted.

    Nats: (B,).
    """
    return generalisation_gap(first, data) - generalisation_gap(second, data)


def fit_difference(vae: Sample, autoencoder: Sample) -> Array:
    """Test BCE decoded from the posterior mean of the first run minus that of the second, nats: (B,)."""
    return vae.mean("test_mean_bce") - autoencoder.mean("test_mean_bce")


def looseness(run: Sample) -> Array:
    """Return by how many nats the importance-weighted bound is tighter than the −ELBO on the same images: (B,)."""
    return run.score("iwae_neg_elbo") - run.score("iwae")


CONVERGED = Claim(
    id="1",
    statement="Depois de dez épocas, o modelo convergiu.",
    needs=("e10",),
    statistic=fall_per_epoch,
    measure="queda do −ELBO de validação por época no fim do treino (reta de mínimos quadrados nas últimas épocas)",
    margin=0.2,
    side="below",
    reason="nesse ritmo, repetir o treino inteiro renderia no máximo dois nats, da ordem do que separa arquiteturas "
    "de VAE na literatura",
    confirmed=(
        "Pelo critério adotado, o {{ label('e10') }} já convergiu: no fim do treino, a queda do −ELBO de "
        "validação é de {{ value }} por época{% if interval %}, intervalo {{ interval }}{% endif %}, abaixo da "
        "margem de {{ margin }}."
    ),
    refuted=(
        "O {{ label('e10') }} ainda não convergiu: no fim do treino, a queda do −ELBO de validação é de {{ value "
        "}} por época{% if interval %}, intervalo {{ interval }}{% endif %}, acima da margem de {{ margin }}."
    ),
    inconclusive=(
        "A queda do −ELBO de validação medida no fim do {{ label('e10') }} é de {{ value }} por época e "
        "{{ 'fica' if claimed else 'não fica' }} abaixo da margem de {{ margin }}; {{ with_seeds }}, não se "
        "decide se o modelo convergiu."
    ),
    unit="nats",
)

SETTLED = Claim(
    id="7b",
    statement="Com cem épocas, o modelo atinge a estabilidade, e os ganhos posteriores são marginais.",
    needs=("e100",),
    statistic=late_fall_per_epoch,
    measure="queda do −ELBO de validação por época no último quinto do treino longo (reta de mínimos quadrados)",
    margin=0.02,
    side="below",
    reason="como no treino curto: nesse ritmo, repetir o treino inteiro renderia no máximo dois nats",
    confirmed=(
        "A perda está estável no fim do {{ label('e100') }}: a queda do −ELBO de validação é de {{ value }} por época"
        "{% if interval %} (intervalo {{ interval }}){% endif %}, abaixo da margem de {{ margin }}."
    ),
    refuted=(
        "A perda não está estável no fim do {{ label('e100') }}: o −ELBO de validação ainda cai {{ value }} por época"
        "{% if interval %} (intervalo {{ interval }}){% endif %}, acima da margem de {{ margin }}."
    ),
    inconclusive=(
        "A queda do −ELBO de validação medida no último quinto do {{ label('e100') }} é de {{ value }} por época e "
        "{{ 'fica' if claimed else 'não fica' }} abaixo da margem de {{ margin }}; {{ with_seeds }}, não se decide "
        "se a perda está estável."
    ),
    unit="nats",
    decimals=3,
)

DELAYED = Claim(
    id="37",
    statement="O termo KL não impede o ajuste fino; ele apenas retarda o começo.",
    needs=("e100", "e100-ae"),
    statistic=fit_difference,
    measure="BCE de teste das reconstruções decodificadas da média, VAE menos autocodificador, no fim do treino longo",
    margin=1.0,
    side="below",
    reason="se o termo KL só retardasse o ajuste, o treino longo apagaria a distância; um nat por imagem é metade do que "
    "costuma separar arquiteturas de VAE, e menos do que isso não se distinguiria de um detalhe do treino",
    confirmed=(
        "Depois de {{ run('e100').epochs }} épocas, o termo KL já não custa reconstrução que conte: a BCE pela média do "
        "VAE é {{ raw | apart(2, 'nats') }} que a do autocodificador{% if interval %} (intervalo da diferença: {{ interval }})"
        "{% endif %}, abaixo da margem de {{ margin }}."
    ),
    refuted=(
        "O termo KL não se limita a atrasar o ajuste: depois de {{ run('e100').epochs }} épocas, a BCE pela média do VAE "
        "ainda é {{ raw | apart(2, 'nats') }} que a do autocodificador{% if interval %} (intervalo da diferença: {{ interval }})"
        "{% endif %}, acima da margem de {{ margin }}."
    ),
    inconclusive=(
        "Depois de {{ run('e100').epochs }} épocas, a BCE pela média medida no VAE é {{ raw | apart(2, 'nats') }} que a do "
        "autocodificador, o que {{ 'fica' if claimed else 'não fica' }} abaixo da margem de {{ margin }}; "
        "{{ with_seeds }}, não se decide se o atraso é tudo o que o termo KL causa."
    ),
    unit="nats",
)

MEMORY = Claim(
    id="38",
    statement="Ao longo do treino, o modelo memoriza padrões finos.",
    needs=("e100", "e10", "dataset"),
    statistic=gap_difference,
    measure="crescimento da distância entre teste e treino (−ELBO descontada a entropia) do treino curto ao longo",
    margin=1.0,
    side="above",
    reason="quem memoriza melhora mais no que viu do que no que não viu; um nat por imagem é metade do que costuma separar "
    "arquiteturas de VAE",
    confirmed=(
        "O treino longo memoriza: de {{ run('e10').epochs }} a {{ run('e100').epochs }} épocas, a distância entre teste "
        "e treino cresce {{ value }}{% if interval %} (intervalo {{ interval }}){% endif %}, mais do que a margem de "
        "{{ margin }}."
    ),
    refuted=(
        "Não se vê memorização que conte: de {{ run('e10').epochs }} a {{ run('e100').epochs }} épocas, a distância entre "
        "teste e treino {{ raw | moved(2, 'nats', 'cresce') }}{% if interval %} (intervalo da mudança: {{ interval }}){% endif %}, aquém "
        "da margem de {{ margin }}."
    ),
    inconclusive=(
        "De {{ run('e10').epochs }} a {{ run('e100').epochs }} épocas, a distância medida entre teste e treino "
        "{{ raw | moved(2, 'nats', 'cresce') }}, o que {{ 'passa' if claimed else 'não passa' }} da margem de {{ margin }}; "
        "{{ with_seeds }}, não se decide se o treino longo memoriza."
    ),
    unit="nats",
)
