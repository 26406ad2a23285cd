"""Whether samples that adjoin in a grid are alike, held against the same grid in every other order."""

import numpy as np

from report.evidence import Evidence
from report.judging import statistics
from report.judging.claims import Claim
from report.judging.ratios import ratio
from report.judging.sample import Sample
from report.judging.statistics import ALPHA, REDUCTION
from report.language import ptbr
from report.language.labels import run_label
from report.origins.numbers import constant
from report.tables import Table
from vae.grid import REFERENCE_RUNS
from vae.storage.results import Array

GRID_COLUMNS = 10  # of the large grid of samples
SHUFFLE_SEED = 20_140_427  # fixed: the same samples always give the same reference


def grid_order(run: Sample) -> Array:
    """By how much samples that adjoin in the grid are nearer, in pixels, than in the same grid shuffled, in %.

    Samples are drawn independently, so every order of them was equally likely: a permutation test (Fisher 1935, ch. 21).
    Row 0 is the grid as it is; each other row adds to it what one shuffle of its places gives, so that rows scatter
    about the value as chance alone would have it.
    """
    images = run.array("sample_images")
    run.used.add(len(images))
    observed, shuffled = reduction(images, GRID_COLUMNS), shuffles(images, run.resamples)
    return observed + np.concatenate([[0.0], shuffled])


def shuffles(images: Array, times: int) -> Array:
    """Return what the grid's order would be if its samples lay in other places, at random: (times,), of mean zero."""
    generator = np.random.default_rng(SHUFFLE_SEED)
    orders = np.stack([generator.permutation(len(images)) for _ in range(times)])
    return _reductions(_distances(images), GRID_COLUMNS, orders)


def reduction(images: Array, columns: int) -> float:
    """Return by how much the mean distance of adjoining images lies below that of all pairs, in % of the latter.

    images (n, ...) by rows of a grid. The mean over all pairs is that of adjoining images, averaged over all orders.
    """
    return float(_reductions(_distances(images), columns, np.arange(len(images))[None])[0])


def _distances(images: Array) -> Array:
    flat = images.reshape(len(images), -1).astype(np.float64)
    squares = (flat**2).sum(axis=1)
    return np.sqrt(np.maximum(squares[:, None] + squares - 2 * flat @ flat.T, 0))


def _reductions(distance: Array, columns: int, orders: Array) -> Array:
    """Return the reduction for each order (B, n) of images with these distances (n, n): (B,)."""
    place = np.arange(len(distance))
    beside = place[1:][place[1:] % columns > 0]  # all that have a left neighbour
    first, second = np.concatenate([beside - 1, place[:-columns]]), np.concatenate([beside, place[columns:]])
    adjoining = distance[orders[:, first], orders[:, second]].mean(axis=1)
    every = distance[~np.eye(len(distance), dtype=bool)].mean()
    # Images that are all the same are in no order.
    return 100 * (1 - ratio(adjoining, np.full_like(adjoining, every), of_nothing=1.0))


def order_table(evidence: Evidence) -> str:
    """Return the order of each run's grid of samples beside that of its shuffles, and of its decoded plane."""
    header = [
        "Treino",
        "Grade de amostras (%)",
        f"{ptbr.percent(constant(statistics, 'CONFIDENCE'), 0)} das grades embaralhadas (%)",
        "Embaralhadas ao menos tão ordenadas",
        "Plano decodificado (%)",
    ]
    caption = (
        "Quanto as imagens contíguas estão mais próximas do que na mesma grade embaralhada, em média das sementes, e quanto "
        f"chegam a estar só por acaso, em {ptbr.integer(evidence.samples.resamples)} embaralhamentos. Na última coluna, "
        "uma grade que tem ordem de verdade: a do plano latente decodificado, da primeira semente."
    )
    return str(Table(header, [order_row(evidence, run) for run in REFERENCE_RUNS], caption, "ordem"))


def order_row(evidence: Evidence, run: str) -> list[str]:
    """Return a run's cells of the table: means over its seeds, whose grids are shuffled alike and together, and the plane's."""
    grids = [result.array("sample_images") for result in evidence.seeds(run).values()]
    observed = float(np.mean([reduction(grid, GRID_COLUMNS) for grid in grids]))
    chance = np.mean([shuffles(grid, evidence.samples.resamples) for grid in grids], axis=0)
    low, high = np.quantile(chance, [ALPHA / 2, 1 - ALPHA / 2])
    plane = "—"
    if evidence.spec(run).latent_dim == 2:
        decoded = evidence.headline(run).array("manifold")
        plane = ptbr.signed(reduction(decoded.reshape(-1, *decoded.shape[2:]), decoded.shape[1]), 1)
    return [
        run_label(evidence.spec(run)),
        ptbr.signed(observed, 1),
        ptbr.interval(float(low), float(high), 1),
        ptbr.percent(float((chance >= observed).mean()), 0),
        plane,
    ]


ORDERED = Claim(
    id="27",
    statement="Amostras vizinhas na grade variam gradualmente.",
    needs=("e100",),
    statistic=grid_order,
    measure=(
        "quanto a distância média, em pixels, entre amostras contíguas na grade é menor do que na mesma grade embaralhada; o "
        "intervalo junta a variação entre sementes e a dos embaralhamentos"
    ),
    margin=10.0,
    side="above",
    bounds=REDUCTION,
    reason=(
        "sorteios independentes dão zero, a menos de poucos por cento; uma variação gradual que se visse tiraria ao menos um "
        "décimo da distância"
    ),
    unit="%",
    decimals=1,
    confirmed=(
        "Amostras contíguas na grade do {{ label('e100') }} parecem-se mais do que se a grade fosse embaralhada: a sua "
        "distância é {{ value }} (intervalo {{ interval }}) menor."
    ),
    refuted=(
        "A grade de amostras do {{ label('e100') }} não varia gradualmente: em relação à grade embaralhada, a distância "
        "entre amostras contíguas {{ (-raw) | moved(1, '%', 'cresce') }} (intervalo da redução: {{ interval }}), e uma variação "
        "gradual pediria uma redução de mais de {{ margin }}."
    ),
    inconclusive=(
        "Na grade do {{ label('e100') }}, a distância entre amostras contíguas {{ (-raw) | moved(1, '%', 'cresce') }} em relação "
        "à grade embaralhada. Uma variação gradual pediria uma redução de mais de {{ margin }}; {{ with_seeds }}, não se "
        "decide se há ordem."
    ),
)
