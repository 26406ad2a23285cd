"""How far a number of a run that was trained again elsewhere may lie from the published one, and why. Standard library only.

Another processor, library or number of threads adds the same numbers in another order. The first step then differs in
the last bits, each step amplifies that, and after some tens of steps two trainings differ as two draws of one thing.
They share the first weights, the order of the images and the noise, and stay nearer to each other than two seeds do.
How far they drift was measured: runs trained once with AVX-512 instructions and once with AVX2 or none, of 22 to 1,700 steps.
A tolerance is round, at least a third wider than the largest drift seen, and so narrow that other trainings are
outside: another seed, another objective (tests/vae/reproduction/test_reproduce.py). GPUs were not
measured; they are held to the same.

Scores and epochs are held one by one. Of the arrays, what belongs to an image or a pixel stays with it (its loss, its
class, its place in the latent space, which neither turns nor flips, as the first weights are the same), and is compared
element by element: by the mean, for single images do jump. What is made of differences, extremes or neighbours is after
any drift another number for each image; of it the distribution is compared, which is the same mean of the sorted values.
The picture of t-SNE may turn as a whole; of it the distances between successive images are compared, sorted.
"""

import dataclasses
import enum
from fnmatch import fnmatchcase


class Measure(enum.Enum):
    """What is compared of two arrays of one shape."""

    EACH = "difference"
    MEAN = "mean difference"
    SORTED = "mean difference of the sorted values"
    STEPS = "mean difference of the sorted distances between successive rows"
    UNEQUAL = "share that is another"


@dataclasses.dataclass(frozen=True)
class Tolerance:
    """The largest difference from what is published, for the names that match one of the patterns, and its reason.

    relative: of the published value. absolute: in its own unit. spread: in standard deviations over the published array.
    """

    names: str
    reason: str
    relative: float = 0.0
    absolute: float = 0.0
    spread: float = 0.0
    measure: Measure = Measure.EACH

    def covers(self, name: str) -> bool:
        """Return whether it is for numbers of this name."""
        return any(fnmatchcase(name, pattern) for pattern in self.names.split())

    @property
    def words(self) -> str:
        parts = (
            f"{100 * self.relative:g} %" if self.relative else "",
            f"{self.absolute:g}" if self.absolute else "",
            f"{self.spread:g} standard deviations over the array" if self.spread else "",
        )
        amount = " + ".join(filter(None, parts)) or "0"
        return amount if self.measure is Measure.EACH else f"{amount} ({self.measure.value})"


SAME = Tolerance("*", "in the same setup every sum is taken in the same order")
UNKNOWN = Tolerance("*", "nothing is known of how it drifts, see vae/reproduction/tolerances.py")
EXACT = Tolerance(
    "parameters learning_rate test_labels train_counts fixed_images fixed_indices explored_images test_length test_width",
    "it follows from spec and data without a sum of fractions",
)
ROUNDED = Tolerance(
    "test_entropy train_entropy foreign_entropy mean_image_bce pca*_bce pca*_mse pca*_sharpness pca*_variance "
    "test_brightness mixing_feature_jump",
    "no training is in it: what remains is the rounding of sums in single precision",
    relative=1e-4,
)  # fmt: skip
KL = Tolerance(
    "test_kl train_kl validation_kl mutual_information",
    "drift is 5 %, and 14 % where it still grows fast; of a collapsed latent nothing but noise is left",
    relative=0.15, absolute=0.05,
)  # fmt: skip
LOSSES = Tolerance(
    "iwae *_neg_elbo *_bce *_deviance *_cross_entropy",
    "drift is 0.6 %, seeds differ by 0.3 %; of a deviance it is that of its BCE, less a constant",
    relative=0.015,
)  # fmt: skip
EPOCH_LOSSES = Tolerance(
    LOSSES.names,
    "Adam's steps throw single epochs up to 1.6 % off, at other epochs after any drift; of a deviance as of its BCE",
    relative=0.03,
)
SCALES = Tolerance(
    "aggregate_kl posterior_deviation davies_bouldin fisher trace_* *_frechet frechet_floor *_density laplacian sharpness",
    "scales and ratios of the latent space and of sharpness: drift is 14 %, seeds differ by 12 %",
    relative=0.3,
)
SHARES = Tolerance(
    "*_accuracy *_error *_precision *_recall *_coverage *_tv hole_mass pca2_share pca_shares trustworthiness_* continuity_* ssim "
    "silhouette*",
    "shares and coefficients between -1 and 1: drift is 0.04, seeds differ by 0.02",
    absolute=0.08,
)  # fmt: skip
OWN = Tolerance(
    "test_bce test_mean_bce test_mse test_ssim latent_mean sample_images manifold fixed_reconstructions "
    "interpolation_images confusion",
    "it belongs to an image or a pixel: drift is 0.2, another seed's latents and samples are 0.8 off",
    spread=0.3, measure=Measure.MEAN,
)  # fmt: skip
CLASSES = Tolerance(
    "*_classes test_predictions",
    "drift gives 9 % of the images another class, 19 % of a hardly trained run's; another seed 84 % of the samples",
    absolute=0.3, measure=Measure.UNEQUAL,
)  # fmt: skip
DISTRIBUTIONS = Tolerance(
    "test_kl test_deviation test_sharpness test_laplacian latent_logvar foreign_bce silhouette* knn_votes *_entropy *_jump "
    "*_density",
    "only its distribution stays: drift is 0.4 standard deviations, of a collapsed latent, which has none, 3 %",
    relative=0.05, spread=0.5, measure=Measure.SORTED,
)  # fmt: skip
PICTURE = Tolerance(
    "tsne", "the picture may turn, and clusters change places: drift is 0.16", spread=0.3, measure=Measure.STEPS
)
MSE = Tolerance("mse", "drift is 1 %, seeds differ by 1 %", relative=0.05)
UNITS = Tolerance("active_units", "a dimension at the threshold is counted or not: drift is 12 %", relative=0.2)

SCORES = (EXACT, ROUNDED, KL, LOSSES, MSE, SCALES, UNITS, SHARES)
HISTORY = (EXACT, KL, EPOCH_LOSSES, SHARES)
ARRAYS = (EXACT, ROUNDED, OWN, CLASSES, DISTRIBUTIONS, PICTURE, SHARES)


def tolerance_of(name: str, table: tuple[Tolerance, ...]) -> Tolerance:
    """Return the first tolerance of a table that is for a name; UNKNOWN, which allows nothing, if none is."""
    return next((tolerance for tolerance in table if tolerance.covers(name)), UNKNOWN)


def scale_of(name: str) -> str:
    """Return the number of which a relative tolerance is a share: a deviance is a BCE without its floor."""
    return name.replace("_deviance", "_bce")
