"""The runs of this report. To add one, add a line; to change one, change its numbers."""

import dataclasses
from collections import Counter
from collections.abc import Collection, Mapping
from functools import cached_property

from vae.data.datasets import DATASETS, FASHION_MNIST, DatasetInfo, dataset_info
from vae.errors import LaudoError, SpecError, meant
from vae.spec import (
    MADE_ONCE,
    RUN_NAME,
    RUN_NAME_IN_WORDS,
    ClassifierSpec,
    Code,
    ConvSpec,
    DatasetSpec,
    EvaluationSpec,
    ObjectiveSpec,
    Precision,
    RunSpec,
    Spec,
    TrainingSpec,
    is_whole,
    require,
)

FIRST_SEED = 42
# Training seeds of a run in the full profile if neither its row nor --seeds says more, and in the quick one. With one, no
# claim about training can be decided. A clone must find everything that the full profile asks for in results/.
SEEDS, QUICK_SEEDS = 3, 1
MOST_SEEDS = 100  # more would be a slip of the hand: a hundred times the trainings
QUICK_TRAIN_IMAGES, QUICK_VALIDATION_IMAGES = 3_000, 500  # at most, of each run in the quick profile
QUICK_SHARE, LEAST_QUICK_EPOCHS = 10, 2  # a tenth of its epochs, but not one alone


def _first(images: int, there: int) -> int | None:
    """Return how many of the images that are there, None for all."""
    return images if images < there else None


def _fewer(images: int) -> int:
    """Return how many images a run of fewer than these has at most: nine tenths of them."""
    return images * 9 // 10


@dataclasses.dataclass(frozen=True)
class Row:
    """A run: its name, and what differs from the reference's first.

    epochs: in the full profile; of QUICK_SHARE the quick one trains one. train_images: the first so many, None = all. seeds:
    training seeds in the full profile if --seeds does not say. precision: see TrainingSpec. Raises SpecError naming the
    run for what none can be.
    """

    name: str
    latent_dim: int = 2
    epochs: int = 10
    _: dataclasses.KW_ONLY
    beta: float = 1.0
    code: Code = "sample"
    train_images: int | None = None
    seeds: int = SEEDS
    precision: Precision = "float32"

    def __post_init__(self) -> None:
        most = _fewer(max(info.train_images for info in DATASETS.values()))
        try:
            require(
                isinstance(self.name, str) and bool(RUN_NAME.fullmatch(self.name)), "name", self.name, RUN_NAME_IN_WORDS
            )
            require(self.name not in MADE_ONCE, "name", self.name, f"another than {' and '.join(MADE_ONCE)}")
            right = is_whole(self.seeds) and 1 <= self.seeds <= MOST_SEEDS
            require(right, "seeds", self.seeds, f"a whole number from 1 to {MOST_SEEDS}")
            few = self.train_images is None or (is_whole(self.train_images) and 1 <= self.train_images <= most)
            require(few, "train_images", self.train_images, f"a whole number up to {most}, or None for all")
            self.spec(FASHION_MNIST, quick=False)
        except SpecError as error:
            raise SpecError(f"Run '{self.name}' (RUNS in vae/grid.py): {error}") from error

    def spec(self, info: DatasetInfo, quick: bool) -> RunSpec:
        """Return the run on a data set, in the full profile or the quick one."""
        return RunSpec(
            self.name,
            info.name,
            ConvSpec(latent_dim=self.latent_dim),
            ObjectiveSpec(self.beta, self.code),
            TrainingSpec(
                epochs=min(self.epochs, max(LEAST_QUICK_EPOCHS, self.epochs // QUICK_SHARE)) if quick else self.epochs,
                train_images=self._images(info, QUICK_TRAIN_IMAGES if quick else info.train_images),
                validation_images=_first(QUICK_VALIDATION_IMAGES, info.validation_images) if quick else None,
                precision=self.precision,
            ),
        )

    def _images(self, info: DatasetInfo, most: int) -> int | None:
        """Return the training images of the run where no run may have more than most; None = all of the data set."""
        there = min(most, info.train_images)
        if self.train_images is None:
            return _first(there, info.train_images)
        # Where there are not so many, a run of fewer images still has fewer than the others.
        return min(self.train_images, _fewer(there))


RUNS = (
    # The reference's four.
    Row("e10", 2, 10, seeds=5),
    Row("e50", 2, 50, seeds=5),
    Row("e100", 2, 100, seeds=5),
    Row("e10-l50", 50, 10, seeds=5),
    # Between 2 and 50 dimensions.
    Row("e10-l3", 3, 10),
    Row("e10-l5", 5, 10),
    Row("e10-l10", 10, 10),
    Row("e10-l20", 20, 10),
    # Deterministic autoencoders: no noise, no KL.
    Row("e10-ae", 2, 10, beta=0.0, code="mean"),
    Row("e100-ae", 2, 100, beta=0.0, code="mean"),
    Row("e10-l50-ae", 50, 10, beta=0.0, code="mean"),
    # The ends of the rate-distortion plane. Without its KL term a VAE is also the reference's second ablation.
    Row("e10-b0", 2, 10, beta=0.0),
    Row("e10-l50-b0", 50, 10, beta=0.0),
    Row("e10-b100", 2, 10, beta=100.0),
    Row("e10-l50-b100", 50, 10, beta=100.0),
    # The other two ablations: no noise, and noise that the gradient does not pass.
    Row("e10-mean", 2, 10, code="mean"),
    Row("e10-stopped", 2, 10, code="stopped"),
    # The last tenth of the long training, to see how still the latent stands.
    Row("e90", 2, 90, seeds=5),
    # Few images. Fewer steps than the other runs all the same: 1,000 of 600 images, 2,350 of 6,000.
    Row("e200-n600", 2, 200, train_images=600),
    Row("e200-l50-n600", 50, 200, train_images=600),
    Row("e200-l50-n600-b0", 50, 200, beta=0.0, train_images=600),
    Row("e50-l50-n6000", 50, 50, train_images=6_000),
)
# The runs of the reference report: three snapshots of one training in the plane, and a wide latent space. Of these the
# first seed's weights are published with the numbers, 1 or 2 MB each.
SNAPSHOTS, WIDE = ("e10", "e50", "e100"), "e10-l50"
REFERENCE_RUNS = (*SNAPSHOTS, WIDE)


def alike_but_for(run: str, *fields: str) -> tuple[str, ...]:
    """Return the names of RUNS that differ from one of them in these fields of Row alone, itself included, by their values.

    How many seeds a run has is no difference. Of a run that is not there, none.
    """
    base = next((row for row in RUNS if row.name == run), None)
    if base is None:
        return ()
    same = {name: getattr(base, name) for name in ("name", "seeds", *fields)}
    found = [row for row in RUNS if dataclasses.replace(row, **same) == base]
    # None, of images, is all.
    found.sort(key=lambda row: [(getattr(row, field) is None, getattr(row, field)) for field in fields])
    return tuple(row.name for row in found)


# Smaller samples, so that nothing but the training is left to wait for.
QUICK_EVALUATION = EvaluationSpec(
    train_images=1_000,
    prior_samples=1_000,
    reference_images=2_000,
    iwae_images=50,
    iwae_samples=16,
    probe_images=2_000,
    silhouette_images=1_000,
    tsne_images=500,
    prdc_images=500,
    interpolation_pairs=20,
    test_images=1_000,
)


PROFILES = ("full", "quick")


def deterministic_runs() -> tuple[str, ...]:
    """Return the names of RUNS that are autoencoders without noise or KL term, in their order."""
    return tuple(spec.name for spec in make_grid().runs if spec.deterministic)


@dataclasses.dataclass(frozen=True)
class Grid:
    """Everything that a profile trains and measures on one data set.

    run_seeds: training seeds by run. stored_whole: the entries whose first seed is stored with its weights, and with
    what is only drawn. seeds_asked: how many every run was asked to have, None if each has its own number.
    """

    profile: str
    dataset: DatasetSpec
    classifier: ClassifierSpec
    runs: tuple[RunSpec, ...]
    run_seeds: Mapping[str, tuple[int, ...]]
    stored_whole: Collection[str]
    evaluation: EvaluationSpec
    seeds_asked: int | None = None

    @property
    def options(self) -> str:
        """What a command needs to mean this grid and no other, with a space before it; '' for the published one."""
        asked = (("profile", self.profile, PROFILES[0]), ("dataset", self.dataset.dataset, FASHION_MNIST.name),
                 ("seeds", self.seeds_asked, None))  # fmt: skip
        return "".join(f" --{name} {value}" for name, value, default in asked if value != default)

    @property
    def folder(self) -> str:
        """Where its results are, by path from the root: only those of record are in the published folder."""
        name = f"{self.profile}-{self.dataset.dataset}"
        return "results" if name == f"{PROFILES[0]}-{FASHION_MNIST.name}" else f"runs/{name}"

    @cached_property
    def specs(self) -> dict[str, Spec]:
        """All that is stored, by name, in the order in which it is made."""
        specs: tuple[Spec, ...] = (self.dataset, self.classifier, *self.runs)
        return {spec.name: spec for spec in specs}

    def check_names(self, names: Collection[str]) -> None:
        """Raise LaudoError with the near matches for the first name that is no entry."""
        for name in names:
            if name not in self.specs:
                raise LaudoError(f"Unknown run '{name}'.{meant(name, self.specs)} Runs: {', '.join(self.specs)}.")

    def check_labels(self, names: Collection[str]) -> None:
        """Raise LaudoError for the first of these that is neither an entry nor one of its seeds, as in e50/43."""
        for name in names:
            run, _, seed = name.partition("/")
            self.check_names([run])
            if "/" in name and seed not in map(str, self.seeds_of(run)):
                raise LaudoError(f"No seed '{seed}' in '{name}': {run} has {', '.join(map(str, self.seeds_of(run)))}.")

    def seeds_of(self, name: str) -> tuple[int, ...]:
        """Return the seeds of an entry: data and classifier are made once."""
        return self.run_seeds.get(name, (FIRST_SEED,))

    @property
    def seeds(self) -> tuple[int, ...]:
        """Every seed that some run is trained with."""
        return max(self.run_seeds.values(), key=len, default=(FIRST_SEED,))

    @property
    def seeds_apart(self) -> bool:
        """Whether some runs are trained with more seeds than others."""
        return len(set(map(len, self.run_seeds.values()))) > 1

    @property
    def info(self) -> DatasetInfo:
        """Facts of the data set, with as many test images as the evaluation looks at."""
        info, test_images = dataset_info(self.dataset.dataset), self.evaluation.test_images
        return (
            info if test_images is None else dataclasses.replace(info, test_images=min(test_images, info.test_images))
        )


def make_grid(profile: str = "full", dataset: str = "fashion-mnist", seeds: int | None = None) -> Grid:
    """Return the grid of a profile; seeds, if given, is the number of seeds of every run.

    Raises LaudoError if fewer than one seed is asked for, or more than MOST_SEEDS; SpecError if two runs have one name.
    """
    quick = profile == "quick"
    if seeds is not None and seeds < 1:
        raise LaudoError(f"--seeds {seeds}: at least one seed is needed; try --seeds 1.")
    if seeds is not None and seeds > MOST_SEEDS:
        raise LaudoError(f"--seeds {seeds}: at most {MOST_SEEDS}; five decide most claims, try --seeds 5.")
    info = dataset_info(dataset)
    for row in RUNS:
        require(isinstance(row, Row), "RUNS (vae/grid.py)", row, "made of rows, such as Row('e10')")
    twice = [name for name, count in Counter(row.name for row in RUNS).items() if count > 1]
    if twice:
        raise SpecError(
            f"Run '{twice[0]}' stands twice in RUNS (vae/grid.py): results are stored by name; give one another."
        )
    return Grid(
        profile=profile,
        dataset=DatasetSpec(dataset),
        classifier=ClassifierSpec(dataset, epochs=4, train_images=QUICK_TRAIN_IMAGES)
        if quick
        else ClassifierSpec(dataset),
        runs=tuple(row.spec(info, quick) for row in RUNS),
        run_seeds={row.name: first_seeds(seeds or (QUICK_SEEDS if quick else row.seeds)) for row in RUNS},
        stored_whole={ClassifierSpec.name, *REFERENCE_RUNS},
        evaluation=QUICK_EVALUATION if quick else EvaluationSpec(),
        seeds_asked=seeds,
    )


def first_seeds(count: int) -> tuple[int, ...]:
    """Return so many seeds, from FIRST_SEED on."""
    return tuple(range(FIRST_SEED, FIRST_SEED + count))
