"""The data sets that the report knows: names, classes, sizes, checksums. No torch, no files."""

import dataclasses

from vae.errors import LaudoError, meant
from vae.spec import digest

SPLIT_SEED = 42  # the same for every training seed, so that runs are paired
IMAGE_SIDE = 28


@dataclasses.dataclass(frozen=True)
class DatasetInfo:
    """A data set of 28x28 grey images.

    files: sha256 of each raw file (decompressed), by name; empty for the embedded digits.
    groups: sets of class indices that claims speak of ("footwear"); empty where they make no sense.
    interpolations: pairs of classes between which interpolations are decoded.
    foreign: an embedded data set of other things, which a model of this one should find strange; "" = none.
    """

    name: str
    title: str
    classes: tuple[str, ...]
    train_images: int
    validation_images: int
    test_images: int
    files: dict[str, str]
    groups: dict[str, tuple[int, ...]]
    interpolations: tuple[tuple[int, int], ...]
    foreign: str = ""

    @property
    def checksum(self) -> str:
        """Identify the content and the split; part of every key."""
        sizes = [self.train_images, self.validation_images, self.test_images, SPLIT_SEED]
        return digest([self.name, dict(sorted(self.files.items())), sizes])

    def class_index(self, name: str) -> int:
        """Return the index of a class by its name."""
        return self.classes.index(name)


FASHION_MNIST = DatasetInfo(
    name="fashion-mnist",
    title="Fashion-MNIST",
    classes=(
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ),
    train_images=54_000,
    validation_images=6_000,
    test_images=10_000,
    files={
        "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    },
    groups={"footwear": (5, 7, 9), "tops": (0, 2, 6), "clothes": (0, 1, 2, 3, 4, 6), "upper": (0, 2, 4, 6)},
    interpolations=((7, 9), (7, 0), (0, 2), (1, 3), (5, 7), (8, 4)),
    foreign="digits",
)

MNIST = DatasetInfo(
    name="mnist",
    title="MNIST",
    classes=tuple(str(digit) for digit in range(10)),
    train_images=54_000,
    validation_images=6_000,
    test_images=10_000,
    files={
        "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    },
    groups={},
    interpolations=((1, 7), (4, 9), (3, 8), (0, 6), (5, 3), (2, 7)),
)

DIGITS = DatasetInfo(
    name="digits",
    title="Digits (scikit-learn)",
    classes=tuple(str(digit) for digit in range(10)),
    train_images=1_350,
    validation_images=150,
    test_images=297,
    files={},
    groups={},
    interpolations=MNIST.interpolations,
)

DATASETS = {info.name: info for info in (FASHION_MNIST, MNIST, DIGITS)}


def dataset_info(name: str) -> DatasetInfo:
    """Return a data set by name.

    Raises LaudoError naming the near matches if there is none.
    """
    if name in DATASETS:
        return DATASETS[name]
    raise LaudoError(f"Unknown data set '{name}'.{meant(name, DATASETS)} Known: {', '.join(DATASETS)}.")
