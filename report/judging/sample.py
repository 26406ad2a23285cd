"""What a statistic sees: one result, and the same result under thousands of resamplings of its images.

Every method returns one number (or vector) a row: row 0 is the original sample, each further row a bootstrap replicate.
"""

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import scipy

from report.judging.bootstrap import RESAMPLES, occurrences, poisson_weights, ratio_of_sums, weighted_median
from report.judging.ratios import ratio
from vae.data.datasets import DatasetInfo
from vae.errors import ResultsError
from vae.storage.results import Array, RunResult

# A dimension whose means vary by so much of the prior's variance, which is one, tells of an image about a twentieth of a
# nat: -ln(1 - v) / 2, if it is Gaussian and spread as the prior.
USED_VARIANCE = 0.1


class ClassMoments(NamedTuple):
    """Per class: images (B, C), mean (B, C, d), and trace of the scatter matrix, sum of |x - mean|^2 (B, C)."""

    counts: Array
    means: Array
    scatter: Array


class Scatter(NamedTuple):
    """Traces of the covariance within classes, between them, and in total (B,): total = within + between."""

    within: Array
    between: Array
    total: Array


@dataclass(frozen=True, eq=False)
class Sample:
    """One result of one seed with its image replicates; B = 1 + resamples rows.

    labels: (n,) classes of the test images. where: a mask over test images, (n,); for an array over the first m images
    its first m entries are used. used: the numbers of images that the statistic looked at, for the count on the page.
    Of a class, its images. cache: what other claims have already computed on the same result.
    """

    result: RunResult
    info: DatasetInfo
    labels: Array
    resamples: int = RESAMPLES
    cache: dict[Any, Any] = field(default_factory=dict, repr=False)
    used: set[int] = field(default_factory=set, repr=False)

    def array(self, name: str) -> Array:
        """Return an array of the result by name, without replicates."""
        return self.result.array(name)

    def score(self, name: str) -> Array:
        """Return a score as B equal rows: its uncertainty comes from the seeds alone."""
        return np.full(1 + self.resamples, self.result.score(name), dtype=np.float64)

    def history(self, name: str) -> list[float]:
        """Return a column of the history, one value an epoch.

        Raises ResultsError if the result has no such column.
        """
        if name not in self.result.history:
            run = self.result.run
            raise ResultsError(f"{run}/{self.result.seed} has no history '{name}'; train again with --retrain {run}.")
        return list(self.result.history[name])

    def weights(self, size: int, looked_at: int | None = None) -> Array:
        """Return the weights of `size` images, (B, size) float32; row 0 is all ones.

        looked_at: how many of them the statistic looks at, None for all.
        """
        self.used.add(looked_at or size)
        return poisson_weights(size, self.resamples)

    def mean(self, values: str | Array, where: Array | None = None) -> Array:
        """Return the mean over images, (B,), of an array by name or of any values (m,), booleans included."""
        data = self._data(values)
        mask = self._mask(where, len(data))
        weights = self.weights(len(data), int(mask.sum()))

        def compute() -> Array:
            centre = data[mask].mean(dtype=np.float64) if mask.any() else 0.0
            # Centred before it is made float32, so that a small difference of large losses keeps its digits.
            sums = weights @ np.where(mask, data - centre, 0).astype(np.float32)
            means = centre + ratio_of_sums(sums.astype(np.float64), occurrences(mask.tobytes(), self.resamples))
            means.setflags(write=False)  # it is given to all that ask for it
            return np.asarray(means)

        name = values if isinstance(values, str) else (data.dtype.str, data.tobytes())
        return self._cached(("mean", name, mask.tobytes()), compute)

    def median(self, values: str | Array, where: Array | None = None) -> Array:
        """Return the median over images, (B,), of an array by name or of any values (m,)."""
        data = self._data(values)
        mask = self._mask(where, len(data))
        weights = self.weights(len(data), int(mask.sum()))

        def compute() -> Array:
            return weighted_median(data[mask], weights if mask.all() else weights[:, mask])

        return self._cached(("median", values, mask.tobytes()), compute) if isinstance(values, str) else compute()

    def class_shares(self, values: str | Array) -> Array:
        """Return the share of each class among predicted classes (N,), as in 'sample_classes': (B, C)."""
        data = self._data(values)
        sums = self.weights(len(data)) @ self._one_hot(data)
        return ratio_of_sums(sums.astype(np.float64), sums.sum(axis=1, dtype=np.float64)[:, None])

    def group_sums(self, values: Array, groups: Array, count: int) -> Array:
        """Return sums over the images of each group of values (m, k), and last the number of images: (B, count, k + 1).

        groups: (m,) from 0 to count - 1.
        """
        weights = self.weights(len(groups))
        columns = np.concatenate([values, np.ones((len(values), 1))], axis=1).astype(np.float32)
        # Group by group: one product with all one-hot columns would cost `count` times the work.
        members = [np.flatnonzero(groups == group) for group in range(count)]
        return np.stack([weights[:, m] @ columns[m] for m in members], axis=1).astype(np.float64)

    def group_means(self, values: Array, groups: Array, count: int) -> Array:
        """Return means over the images of each group, (B, count, k); see group_sums."""
        sums = self.group_sums(values, groups, count)
        return ratio_of_sums(sums[..., :-1], sums[..., -1:])

    def classes(self, *names: str) -> tuple[int, ...]:
        """Return class indices of names of classes or groups ("footwear", "Bag"), each once, in order."""
        groups, info = self.info.groups, self.info
        found = itertools.chain.from_iterable(groups.get(n) or (info.class_index(n),) for n in names)
        return tuple(sorted(set(found)))

    def members(self, *names: str) -> Array:
        """Return which test images belong to the named classes or groups: a mask (n,)."""
        return np.isin(self.labels, self.classes(*names))

    def votes(self) -> Array:
        """Return the mean share of kNN votes for each class (last axis), by true class (middle axis): (B, C, C)."""
        votes = self.array("knn_votes")
        self.used.add(self._smallest_class())
        return self._cached("votes", lambda: self._class_means(votes / votes.sum(axis=1, keepdims=True)))

    def vote_entropy(self) -> Array:
        """Return the mean entropy of an image's kNN votes, in nats, by true class: (B, C)."""
        votes = self.array("knn_votes")
        self.used.add(self._smallest_class())

        def compute() -> Array:
            entropy = scipy.special.entr(votes / votes.sum(axis=1, keepdims=True)).sum(axis=1, keepdims=True)
            return self._class_means(entropy)[..., 0]

        return self._cached("vote_entropy", compute)

    def confusion(self, first: int, second: int) -> Array:
        """Return the symmetrised kNN confusion of two classes, (votes[i, j] + votes[j, i]) / 2: (B,)."""
        votes = self.votes()
        return (votes[:, first, second] + votes[:, second, first]) / 2

    def confusions(self) -> dict[tuple[int, int], Array]:
        """Return the confusion (B,) of every pair of classes (i, j), i < j."""
        return {pair: self.confusion(*pair) for pair in itertools.combinations(range(len(self.info.classes)), 2)}

    def confusion_leads(self, first: int, second: int) -> Array:
        """Return how far a pair's confusion exceeds that of each other pair, (B, pairs - 1): all > 0 if it ranks first."""
        pair = (min(first, second), max(first, second))
        others = np.stack([value for other, value in self.confusions().items() if other != pair], axis=1)
        return self.confusion(*pair)[:, None] - others

    def knn_predictions(self) -> Array:
        """Return the class with most kNN votes, (n,); ties go to the lowest index."""
        return self.array("knn_votes").argmax(axis=1)

    def knn_accuracy(self, where: Array | None = None) -> Array:
        """Return the share of images whose kNN majority is their label, (B,)."""
        return self.mean(self.knn_predictions() == self.labels, where)

    def probe_accuracy(self) -> Array:
        """Return the share of images in whose latent means a linear classifier reads their label, (B,)."""
        return self.mean(self.array("probe_classes") == self.labels)

    def knn_recall(self, *names: str) -> Array:
        """Return the share of a group's images whose kNN majority lies in the group, (B,)."""
        return self.mean(np.isin(self.knn_predictions(), self.classes(*names)), self.members(*names))

    def knn_auroc(self, positive: Iterable[int], negative: Iterable[int]) -> Array:
        """Return how well votes tell two sets of classes apart, (B,).

        AUROC of the number of votes for the first set minus that for the second, among images of the two.
        """
        sides = (tuple(positive), tuple(negative))
        self.used.add(min(int(np.isin(self.labels, side).sum()) for side in sides))
        return self._cached(("knn_auroc", *sides), lambda: self._knn_auroc(*sides))

    def _knn_auroc(self, positive: tuple[int, ...], negative: tuple[int, ...]) -> Array:
        votes = self.array("knn_votes").astype(np.int64)
        margin = votes[:, positive].sum(axis=1) - votes[:, negative].sum(axis=1)
        levels, level = np.unique(margin, return_inverse=True)
        # Votes are few whole numbers, so the AUROC is a sum over levels: P(greater) + P(equal) / 2.
        shares = []
        for members in (positive, negative):
            images = np.flatnonzero(np.isin(self.labels, members))
            columns = (level[images, None] == np.arange(len(levels))).astype(np.float32)
            sums = (self.weights(len(votes))[:, images] @ columns).astype(np.float64)
            shares.append(ratio_of_sums(sums, sums.sum(axis=1, keepdims=True)))
        at_or_below = np.cumsum(shares[1], axis=1)
        return (shares[0] * (at_or_below - shares[1] / 2)).sum(axis=1)

    def latent_means(self) -> Array:
        """Return the posterior means of the test images, raw coordinates, (n, d) float64; d > 2: of the first (m, d)."""
        return self.array("latent_mean").astype(np.float64)

    def mean_variances(self) -> Array:
        """Return the variance over images of each dimension's posterior mean, the largest first, (d,)."""
        return np.sort(self.latent_means().var(axis=0))[::-1]

    def used_dimensions(self) -> int:
        """Return in how many dimensions the posterior means vary by more than USED_VARIANCE."""
        return int((self.mean_variances() > USED_VARIANCE).sum())

    def principal_coordinates(self, dimensions: int = 2) -> Array:
        """Return the posterior means along the first principal axes of the test images, (n, dimensions)."""

        def compute() -> Array:
            centred = self.latent_means() - self.latent_means().mean(axis=0)
            axes = np.linalg.eigh(centred.T @ centred)[1][:, ::-1]
            return centred @ axes[:, :dimensions]

        return self._cached(("principal", dimensions), compute)

    def class_moments(self, coordinates: Array | None = None) -> ClassMoments:
        """Return counts, means and scatter traces by class, of the posterior means or of given coordinates (m, k).

        These are of the first m test images.
        """
        if coordinates is not None:
            self.used.add(len(coordinates))
            return self._moments(coordinates)
        self.used.add(len(self.array("latent_mean")))
        return self._cached("moments", lambda: self._moments(self.latent_means()))

    def scatter(self, classes: Iterable[int] | None = None, coordinates: Array | None = None) -> Scatter:
        """Return the covariance traces within and between the given classes (all by default), raw coordinates."""
        moments = self.class_moments(coordinates)
        chosen = list(range(len(self.info.classes)) if classes is None else classes)
        counts, means = moments.counts[:, chosen], moments.means[:, chosen]
        total = counts.sum(axis=1)
        centre = np.einsum("bc,bcd->bd", counts, means) / total[:, None]
        between = (counts * ((means - centre[:, None]) ** 2).sum(axis=2)).sum(axis=1) / total
        within = moments.scatter[:, chosen].sum(axis=1) / total
        # What is left of a cloud in one point is rounding, and no variance.
        least = (8 * np.finfo(np.float64).eps * np.abs(means).max()) ** 2
        within, between = (np.where(part > least, part, 0.0) for part in (within, between))
        return Scatter(within, between, within + between)

    def spread(self, classes: Iterable[int]) -> Array:
        """Return the mean over the given classes of the trace of the class covariance, (B,), raw coordinates."""
        moments, chosen = self.class_moments(), list(classes)
        self.used.add(int(moments.counts[0, chosen].min()))
        return (moments.scatter[:, chosen] / moments.counts[:, chosen]).mean(axis=1)

    def group_angle(self, first: Iterable[int], second: Iterable[int]) -> Array:
        """Return the angle at the origin between the means of two sets of classes, (B,), in degrees."""
        moments, sides = self.class_moments(), (list(first), list(second))
        self.used.add(min(int(moments.counts[0, side].sum()) for side in sides))
        a, b = (np.einsum("bc,bcd->bd", moments.counts[:, side], moments.means[:, side]) for side in sides)
        lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
        # A mean that lies on the origin has no direction, and is not turned away from the other.
        cosine = np.divide((a * b).sum(axis=1), lengths, out=np.ones_like(lengths), where=lengths > 0)
        return np.degrees(np.arccos(np.clip(cosine, -1, 1)))

    def class_directions(self) -> Array:
        """Return each class's mean direction from the origin, (B, C) complex: modulus = circular resultant length.

        For two latent dimensions (Mardia & Jupp 2000, eq. 2.2.3).
        """
        z = self.latent_means()
        self.used.add(self._smallest_class())
        radius = np.maximum(np.hypot(z[:, 0], z[:, 1]), np.finfo(np.float64).tiny)
        means = self._cached("directions", lambda: self._class_means(z[:, :2] / radius[:, None]))
        return means[..., 0] + 1j * means[..., 1]

    def angular_separation(self) -> Array:
        """Return the mean angle between class directions over the mean circular standard deviation in a class, (B,)."""
        directions = self.class_directions()
        first, second = np.triu_indices(directions.shape[1], k=1)
        angles = np.abs(np.angle(directions[:, first] * directions[:, second].conj()))
        spread = np.sqrt(-2 * np.log(np.clip(np.abs(directions), np.finfo(np.float64).tiny, 1)))
        return ratio(angles.mean(axis=1), spread.mean(axis=1), of_nothing=0.0)

    def _data(self, values: str | Array) -> Array:
        return np.asarray(self.array(values) if isinstance(values, str) else values)

    def _mask(self, where: Array | None, size: int) -> Array:
        if where is None:
            return np.ones(size, dtype=bool)
        if len(where) < size:
            raise ResultsError(f"a mask over {len(where)} images cannot choose among {size}: not the same images.")
        return np.asarray(where[:size], dtype=bool)

    def _one_hot(self, classes: Array) -> Array:
        return (classes[:, None] == np.arange(len(self.info.classes))).astype(np.float32)

    def _smallest_class(self) -> int:
        return int(np.unique(self.labels, return_counts=True)[1].min())

    def _class_means(self, values: Array) -> Array:
        return self.group_means(values, self.labels, len(self.info.classes))

    def _moments(self, coordinates: Array) -> ClassMoments:
        labels = self.labels[: len(coordinates)]
        # Each class about its own mean, so that the squares below subtract no large numbers in float32.
        centres = np.zeros((len(self.info.classes), coordinates.shape[1]))
        for c in np.unique(labels):
            centres[c] = coordinates[labels == c].mean(axis=0)
        local = coordinates - centres[labels]
        values = np.concatenate([local, (local**2).sum(axis=1, keepdims=True)], axis=1)
        sums = self.group_sums(values, labels, len(centres))
        counts = sums[..., -1]
        shift = ratio_of_sums(sums[..., :-2], counts[..., None])
        squares = ratio_of_sums(sums[..., -2], counts)
        counts = np.where(counts > 0, counts, counts[0])
        return ClassMoments(counts, centres + shift, counts * np.maximum(squares - (shift**2).sum(axis=2), 0))

    def _cached(self, key: Any, compute: Callable[[], Any]) -> Any:
        if key not in self.cache:
            self.cache[key] = compute()
        return self.cache[key]
