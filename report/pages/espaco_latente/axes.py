"""What the axes of the latent plane say: information about simple factors, and contrasts between groups of classes."""

import math

import numpy as np
import scipy

from report.evidence import Evidence
from report.judging.claims import Claim
from report.judging.sample import Sample
from report.language import ptbr
from report.language.labels import run_label
from report.tables import Table
from vae.storage.results import Array

# What each test image measures by itself: array of the data set, Portuguese name.
FACTORS = {"test_length": "comprimento", "test_width": "largura", "test_brightness": "brilho"}
BINS = 12
TURNS = 12


def length_on_axis(run: Sample, data: Sample) -> Array:
    """Mutual information of an image's length and the better latent axis, minus its mean over turns of the plane, nats.

    Quantile bins; the turned plane also offers the better of its two axes. Source: Cover & Thomas 2006, eq. 2.28.
    """
    return axis_lead(run, data, "test_length")


def width_on_axis(run: Sample, data: Sample) -> Array:
    """Mutual information of an image's width and the better latent axis, minus its mean over turns of the plane, nats.

    Quantile bins; the turned plane also offers the better of its two axes. Source: Cover & Thomas 2006, eq. 2.28.
    """
    return axis_lead(run, data, "test_width")


def axis_lead(run: Sample, data: Sample, factor: str) -> Array:
    """Return the information of the native axes about a factor minus the mean of the turned ones, (B,).

    Which axis is the better one is a matter of each training: the claim is of no axis by number, so that this is no least
    of several numbers, each with a mean over trainings of its own.
    """
    information = turned_information(run, data)[:, :, list(FACTORS).index(factor)]
    return information[:, 0] - information[:, 1:].mean(axis=1)


def turn_angles() -> Array:
    """Return the angles, in radians, by which the plane is turned: none, then evenly over the quarter turn.

    A quarter turn swaps the axes, so these stand for all turns, and their mean for that over random ones.
    """
    return np.concatenate([[0.0], (np.arange(TURNS) + 0.5) / TURNS * math.pi / 2])


def turned_information(run: Sample, data: Sample) -> Array:
    """Return the mutual information of each factor and the better axis of the plane at each turn: (B, 1 + TURNS, F)."""
    key = "turned_information"
    if key not in run.cache:
        cloud = run.latent_means()
        factors = [quantile_bins(data.array(name), BINS) for name in FACTORS]
        columns = np.concatenate([bins[:, None] == np.arange(BINS) for bins in factors], axis=1)

        def along(angle: float) -> Array:
            bins = quantile_bins(cloud @ [math.cos(angle), math.sin(angle)], BINS)
            joint = run.group_sums(columns, bins, BINS)[..., :-1].reshape(-1, BINS, len(FACTORS), BINS)
            return mutual_information(joint.swapaxes(1, 2))

        turns = [np.maximum(along(angle), along(angle + math.pi / 2)) for angle in turn_angles()]
        run.cache[key] = np.stack(turns, axis=1)
    run.used.add(len(run.labels))
    return run.cache[key]


def quantile_bins(values: Array, bins: int) -> Array:
    """Return the bin of each value, (n,): bins of equally many, or fewer bins where values are tied."""
    edges = np.unique(np.quantile(values, np.linspace(0, 1, bins + 1)[1:-1]))
    return np.searchsorted(edges, values, side="right")


def mutual_information(counts: Array) -> Array:
    """Return the mutual information, in nats, of rows and columns of tables of counts (..., R, C)."""
    shares = counts / counts.sum(axis=(-2, -1), keepdims=True)
    margins = scipy.special.entr(shares.sum(axis=-1)).sum(axis=-1) + scipy.special.entr(shares.sum(axis=-2)).sum(
        axis=-1
    )
    return np.asarray(margins - scipy.special.entr(shares).sum(axis=(-2, -1)))


def turn_curves(evidence: Evidence, run: str, factor: str) -> Array:
    """Return what the better axis tells about a factor, in nats, at each turn of the plane and by seed: (S, 1 + TURNS)."""
    index = list(FACTORS).index(factor)
    pairs = [[evidence.samples.sample(name, seed) for name in (run, "dataset")] for seed in evidence.seeds(run)]
    return np.stack([turned_information(*pair)[0, :, index] for pair in pairs])


def native_and_turned(evidence: Evidence, run: str, factor: str) -> tuple[float, float]:
    """Return what the native axes tell about a factor, in nats, and the mean of the turned ones; means over seeds."""
    curves = turn_curves(evidence, run, factor)
    return float(curves[:, 0].mean()), float(curves[:, 1:].mean())


# What a person may read into an axis: name, classes or groups at one end, at the other.
CONTRASTS = (
    ("Calçados × roupas", ("footwear",), ("clothes",)),
    ("Manga longa × manga curta", ("Pullover", "Coat"), ("T-shirt/top",)),
    ("Peça comprida × peça de tronco", ("Trouser", "Dress"), ("tops",)),
)


def axes_table(evidence: Evidence, run: str) -> str:
    """Return how much of the variance each contrast explains along the axes, and along its best direction by seed."""
    samples = [evidence.samples.sample(run, seed) for seed in evidence.seeds(run)]
    rows = []
    for title, first, second in CONTRASTS:
        shares, angles = [], []
        for sample in samples:
            cloud, ends = sample.latent_means(), (sample.members(*first), sample.members(*second))
            best = best_direction(cloud, *ends)
            directions = (*np.eye(len(best)), best)
            shares.append([axis_share(cloud, *ends, direction) for direction in directions])
            angles.append(ptbr.number(axis_angle(best), 0, "°"))
        rows.append([title, *(ptbr.percent(share, 0) for share in np.mean(shares, axis=0)), ptbr.join(angles)])
    spec = evidence.spec(run)
    axes = [f"no eixo \\(z_{index}\\)" for index in range(1, spec.latent_dim + 1)]
    header = ["Contraste", *axes, "na melhor direção", "ângulo desta"]
    caption = (
        f"Parte da variância que cada contraste explica ao longo de uma direção do plano, no {run_label(spec)}, e o "
        "ângulo que a melhor direção faz com o primeiro eixo" + (", treino a treino." if len(samples) > 1 else ".")
    )
    return str(Table(header, rows, caption, "eixos"))


def axis_share(cloud: Array, first: Array, second: Array, direction: Array) -> float:
    """Return the share of the variance of two groups along a direction that lies between their means.

    cloud: (n, d); first, second: masks (n,); direction: (d,). Source: correlation ratio, Fisher 1925.
    """
    a, b = cloud[first] @ direction, cloud[second] @ direction
    both = np.concatenate([a, b])
    between = len(a) * (a.mean() - both.mean()) ** 2 + len(b) * (b.mean() - both.mean()) ** 2
    total = len(both) * both.var()
    return float(between / total) if total else 0.0


def best_direction(cloud: Array, first: Array, second: Array) -> Array:
    """Return the unit vector (d,) along which axis_share is largest; its sign has no meaning.

    Where the two groups have the same mean no direction is better than another: the first axis. Source: linear
    discriminant, Fisher 1936.
    """
    apart = cloud[first].mean(axis=0) - cloud[second].mean(axis=0)
    within = sum(np.cov(cloud[mask], rowvar=False, bias=True) * mask.sum() for mask in (first, second))
    # Singular where a cloud lies on a line; along what no group varies, their means tell them apart by themselves.
    vector = np.linalg.pinv(within, hermitian=True) @ apart
    vector = vector if vector.any() else apart
    return np.asarray(vector / np.linalg.norm(vector)) if vector.any() else np.eye(len(vector))[0]


def axis_angle(direction: Array) -> float:
    """Return the angle of a line in the plane to the first axis, degrees in [0, 180)."""
    return float(np.degrees(np.arctan2(direction[1], direction[0])) % 180)


LENGTH = Claim(
    id="22",
    statement="Os eixos latentes adquirem significado: um deles acompanha o comprimento.",
    needs=("e100", "dataset"),
    statistic=length_on_axis,
    measure="informação mútua entre o comprimento do que a imagem mostra e o melhor dos dois eixos, menos a média "
    "sobre giros do plano",
    margin=0.1,
    side="above",
    reason="um décimo de nat reduz em um décimo o número efetivo de comprimentos entre os quais se hesita (a "
    "exponencial da entropia); um eixo qualquer passa de zero metade das vezes",
    unit="nats",
    decimals=3,
    confirmed="Um eixo acompanha o comprimento: diz sobre ele {{ value }} (intervalo {{ interval }}) a mais que o "
    "melhor eixo de um plano girado ao acaso.",
    refuted="Nenhum eixo acompanha o comprimento bem mais do que uma direção qualquer: a informação do melhor eixo é "
    "{{ raw | apart(3, 'nats') }} (intervalo da diferença: {{ interval }}) que a média dos planos girados, e a afirmação pede mais "
    "de {{ margin }}.",
    inconclusive=(
        "Sobre o comprimento, a informação do melhor eixo é {{ raw | apart(3, 'nats') }} que a média dos planos "
        "girados, e para que o eixo tivesse esse significado seria preciso mais de {{ margin }}; {{ with_seeds }}, "
        "não se decide."
    ),
)

SHAPE = Claim(
    id="22b",
    statement="Os eixos latentes adquirem significado: o outro acompanha a rigidez ou a forma.",
    needs=("e100", "dataset"),
    statistic=width_on_axis,
    measure="informação mútua entre a largura do que a imagem mostra e o melhor dos dois eixos, menos a média sobre "
    "giros do plano; a rigidez não tem medida numa imagem, e a largura faz as vezes da forma",
    margin=0.1,
    side="above",
    reason="um décimo de nat reduz em um décimo o número efetivo de larguras entre as quais se hesita; é o mesmo que "
    "se pede do comprimento",
    unit="nats",
    decimals=3,
    confirmed="Um eixo acompanha a largura: diz sobre ela {{ value }} (intervalo {{ interval }}) a mais que o melhor "
    "eixo de um plano girado ao acaso.",
    refuted="Nenhum eixo acompanha a largura bem mais do que uma direção qualquer: a informação do melhor eixo é "
    "{{ raw | apart(3, 'nats') }} (intervalo da diferença: {{ interval }}) que a média dos planos girados, e a afirmação pede mais de "
    "{{ margin }}.",
    inconclusive=(
        "Sobre a largura, que faz as vezes da forma, a informação do melhor eixo é {{ raw | apart(3, 'nats') }} que a média dos "
        "planos girados, e a afirmação pede mais de {{ margin }}; {{ with_seeds }}, não se decide se um eixo tem "
        "esse significado."
    ),
)

CLAIMS = (LENGTH, SHAPE)
