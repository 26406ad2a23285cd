"""Claims on the training: convergence, what the KL term delays, memory."""

import numpy as np

from report.judging.claims import Claim
from report.judging.sample import Sample
from vae.errors import ResultsError
from vae.storage.results import Array

SLOPE_EPOCHS = 5
LATE_SHARE = 5  # the last fifth of a training: so slow a fall does not show in a few epochs
SCALE = "(“Quanto é um nat”, em Treinamento)"
NAT = f"um nat por imagem é o que separa arquiteturas vizinhas de VAE {SCALE}"


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


def memorised(late: Sample, early: Sample) -> Array:
    """Rise of the test −ELBO and fall of the training −ELBO from the second run to the first, nats; the lesser counts."""
    risen = late.mean("test_bce") + late.mean("test_kl") - early.mean("test_bce") - early.mean("test_kl")
    fallen = [early.score(term) - late.score(term) for term in ("train_deviance", "train_kl")]
    return np.stack([risen, sum(fallen)], axis=1)


def fit_difference(vae: Sample, autoencoder: Sample) -> Array:
    """Test BCE decoded from the posterior mean of the first run minus that of the second, nats: (B,)."""
    return vae.mean("test_mean_bce") - autoencoder.mean("test_mean_bce")


def fit_change(late: Sample, late_plain: Sample, early: Sample, early_plain: Sample) -> Array:
    """Return the fit difference of the first two runs minus that of the last two, nats: (B,)."""
    return fit_difference(late, late_plain) - fit_difference(early, early_plain)


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
    reason=f"nesse ritmo, repetir o treino inteiro renderia no máximo dois nats, o que já é uma mudança clara de arquitetura {SCALE}",
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
    reason=f"se o termo KL só retardasse o ajuste, o treino longo apagaria a distância; {NAT}, e menos do que isso não se "
    "distinguiria de um detalhe do treino",
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
    needs=("e100", "e50"),
    statistic=memorised,
    measure="na segunda metade do treino longo, a menor de duas mudanças do −ELBO: quanto sobe no teste e quanto cai no treino",
    margin=0.0,
    side="above",
    reason="quem memoriza melhora no que viu e piora no que não viu; a afirmação é sobre o sentido das duas mudanças",
    confirmed=(
        "O treino longo memoriza: de {{ run('e50').epochs }} a {{ run('e100').epochs }} épocas, o −ELBO cai nas imagens de "
        "treino e sobe nas de teste, e a menor das duas mudanças é de {{ value }}"
        "{% if interval %} (intervalo {{ interval }}){% endif %}."
    ),
    refuted=(
        "O treino longo não memoriza: de {{ run('e50').epochs }} a {{ run('e100').epochs }} épocas, não é verdade que o −ELBO "
        "caia nas imagens de treino e suba nas de teste. Contadas nesses sentidos, a menor das duas mudanças é de {{ value }}"
        "{% if interval %} (intervalo {{ interval }}){% endif %}, e teria de ser positiva."
    ),
    inconclusive=(
        "De {{ run('e50').epochs }} a {{ run('e100').epochs }} épocas, memorizar pediria que o −ELBO caísse nas imagens de "
        "treino e subisse nas de teste. Contadas nesses sentidos, a menor das duas mudanças medidas é de {{ value }}, "
        "{{ 'positiva, como se pede' if claimed else 'quando teria de ser positiva' }}; {{ with_seeds }}, não se decide se o treino longo memoriza."
    ),
    unit="nats",
)
