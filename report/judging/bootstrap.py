"""Poisson bootstrap of images: weights, and exact statistics under all of them at once.

Each image occurs Poisson(1) times in a replicate (Hanley & MacGibbon 2006). The weights depend on nothing but an
image's position, so that two runs, two seeds or two metrics over the same test images are resampled together:
differences are paired.
"""

import functools

import numpy as np
from threadpoolctl import threadpool_limits

from vae.errors import ResultsError
from vae.storage.results import Array

RESAMPLES = 2_000
BOOTSTRAP_SEED = 20_140_427  # fixed: the same results always give the same intervals


def one_thread() -> threadpool_limits:
    """Return the context in which sums over images are made in one order, so that they are the same on any machine's cores."""
    return threadpool_limits(limits=1, user_api="blas")


# By number of resamples: the weights of the most images asked for yet, (images, 1 + resamples), and what draws more.
_drawn: dict[int, tuple[Array, np.random.Generator]] = {}


def poisson_weights(size: int, resamples: int = RESAMPLES) -> Array:
    """Return the bootstrap weights of the first `size` images, (1 + resamples, size) float32, whole numbers.

    Row 0 is all ones. Weights of fewer images are the first columns of the weights of more: what is measured on the
    first 5,000 test images stays paired with what is measured on all of them.
    """
    if resamples not in _drawn or len(_drawn[resamples][0]) < size:
        # Taken out meanwhile: should memory run out, the next call begins anew and not in mid-stream.
        none = np.empty((0, 1 + resamples), dtype=np.float32)
        before, generator = _drawn.pop(resamples, (none, np.random.default_rng(BOOTSTRAP_SEED)))
        weights = np.ones((size, 1 + resamples), dtype=np.float32)
        weights[: len(before)] = before
        step = 500  # images a turn: the generator gives int64, which for all images at once would be twice the result
        for start in range(len(before), size, step):
            stop = min(start + step, size)
            weights[start:stop, 1:] = generator.poisson(1.0, size=(stop - start, resamples))
        weights.setflags(write=False)
        _drawn[resamples] = weights, generator
    # An image's weights lie side by side in memory: picking the images of a class is five times faster.
    return _drawn[resamples][0][:size].T


@functools.lru_cache(maxsize=64)
def occurrences(mask: bytes, resamples: int = RESAMPLES) -> Array:
    """Return how many of the images of a mask (a byte each) occur in each replicate, (1 + resamples,) float32."""
    members = np.frombuffer(mask, dtype=np.bool_)
    counts = poisson_weights(len(members), resamples) @ members.astype(np.float32)
    counts.setflags(write=False)
    return np.asarray(counts)


def weighted_median(values: Array, weights: Array) -> Array:
    """Return the median of values (m,) repeated as often as each row of whole-number weights (B, m) says: (B,) float64.

    Exact, the mean of the two middle values included. A row without weight gives the median of row 0.
    """
    order = np.argsort(values, kind="stable")
    size = len(order)
    total = weights @ np.ones(size, dtype=np.float32)
    if not size or total[0] == 0:
        raise ResultsError("a median over no images at all: the subset that a claim asks for is empty.")
    lower, upper, filled = np.floor((total - 1) / 2), np.floor(total / 2), total > 0
    # A bootstrap median lies within a few sqrt(m) / 2 ranks of the middle, so only those columns are summed up one by
    # one; where a row falls outside, the window is doubled until none does.
    reach = 4 * int(np.sqrt(size)) + 1
    while True:
        start, stop = max(0, size // 2 - reach), min(size, size // 2 + reach)
        first = np.zeros(size, dtype=np.float32)
        first[order[:start]] = 1
        below = weights @ first
        # Counts below 2^24 are exact in float32.
        running = np.cumsum(weights[:, order[start:stop]], axis=1) + below[:, None]
        if np.all(~filled | ((below <= lower) & (running[:, -1] > upper))):
            break
        reach *= 2
    inside = values[order[start:stop]].astype(np.float64)
    last = len(inside) - 1  # only rows without weight run past it
    picks = [inside[np.minimum((running <= rank[:, None]).sum(axis=1), last)] for rank in (lower, upper)]
    medians = (picks[0] + picks[1]) / 2
    return np.where(filled, medians, medians[0])


def weighted_auroc(positive: Array, negative: Array, positive_weights: Array, negative_weights: Array) -> Array:
    """Return P(positive > negative) + P(equal) / 2 (Hanley & McNeil 1982) under each row of weights: (B,) float64.

    positive (p,), negative (q,) with whole-number weights (B, p) and (B, q). Exact, ties included. A row without weight
    on one side takes the value of row 0.
    """
    order = np.argsort(negative, kind="stable")
    below, up_to = (np.searchsorted(negative[order], positive, side) for side in ("left", "right"))
    wins = np.empty(len(positive_weights))
    step = 200  # rows a turn: all at once would be several hundred megabytes
    for start in range(0, len(wins), step):
        rows = slice(start, start + step)
        # Counts below 2^24 are exact in float32; sums over pairs are not, and are made in float64.
        running = np.zeros((len(negative) + 1, len(wins[rows])), dtype=np.float32)
        np.cumsum(negative_weights.T[order, rows], axis=0, out=running[1:])
        beaten = running[below] + running[up_to]
        wins[rows] = np.einsum("pb,pb->b", beaten, positive_weights.T[:, rows], dtype=np.float64) / 2
    sums = (weights.sum(axis=1, dtype=np.float64) for weights in (positive_weights, negative_weights))
    return ratio_of_sums(wins, np.prod(list(sums), axis=0))


def ratio_of_sums(numerator: Array, denominator: Array) -> Array:
    """Divide; a replicate that drew no image of a class takes the original sample's ratio, in row 0."""
    if np.any(denominator[0] == 0):
        raise ResultsError("a mean over no images at all: a class or subset that a claim asks for is empty.")
    empty = denominator == 0
    ratio = numerator / np.where(empty, 1, denominator)
    return np.where(empty, ratio[0], ratio)
