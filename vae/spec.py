"""What a run is: frozen values, standard library only.

A spec holds what changes the numbers and nothing else (no device, no path, no progress option), so that its
hash tells whether a stored result still answers the question that the grid asks.
"""

import dataclasses
import hashlib
import json
import re
import sys
from collections.abc import Mapping
from typing import Any, Literal, get_args

from vae.errors import SpecError

# Raised by hand when the same spec would train to other numbers. tests/vae/test_numerics.py fails when the
# numbers change and this does not.
TRAINING_NUMERICS = 1
# The same for evaluation: raising it evaluates again from the weights, and trains nothing.
EVALUATION_NUMERICS = 3
RUN_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
RUN_NAME_IN_WORDS = "lower-case letters, digits and hyphens"


def absent(value: Any) -> dict[str, Any]:
    """Return the metadata of a field that was added later: with this value a spec means what it meant without the field.

    Such a value is left out of the key, so that adding a field retrains nothing that is published.
    """
    return {"absent": value}


def require(holds: bool, name: str, value: Any, what: str) -> None:
    """Raise SpecError naming a field, its value and what it must be, if that does not hold."""
    if not holds:
        raise SpecError(f"{name}={value!r}: it must be {what}.")


def is_whole(value: Any) -> bool:
    """Return whether a value is a whole number, which for Python True is too."""
    return isinstance(value, int) and not isinstance(value, bool)


def _whole(spec: Any, name: str) -> None:
    value = getattr(spec, name)
    require(is_whole(value) and value >= 1, name, value, "a whole number, at least 1")


def _count_or_all(spec: Any, name: str) -> None:
    if getattr(spec, name) is not None:
        _whole(spec, name)


def _number(spec: Any, name: str, zero: bool) -> None:
    value = getattr(spec, name)
    # A whole number may be too large to be a float.
    right = (is_whole(value) or isinstance(value, float)) and 0 <= value < sys.float_info.max and (zero or value > 0)
    require(right, name, value, "a number, zero or greater" if zero else "a number greater than zero")
    if not isinstance(value, float):
        object.__setattr__(spec, name, float(value))  # 1 and 1.0 are one training, and would have two keys


def _one_of(spec: Any, name: str, literal: Any) -> None:
    value = getattr(spec, name)
    require(value in get_args(literal), name, value, f"one of {', '.join(map(repr, get_args(literal)))}")


@dataclasses.dataclass(frozen=True)
class ConvSpec:
    """The reference's convolutional VAE; see vae/models/conv.py for the layers."""

    latent_dim: int = 2
    encoder_channels: tuple[int, ...] = (32, 64, 128)
    decoder_channels: tuple[int, ...] = (64, 32, 16)

    def __post_init__(self) -> None:
        _whole(self, "latent_dim")
        for name in ("encoder_channels", "decoder_channels"):
            channels = getattr(self, name)
            right = (
                isinstance(channels, tuple)
                and bool(channels)
                and all(is_whole(count) and count >= 1 for count in channels)
            )
            require(right, name, channels, "whole numbers, each at least 1")


Code = Literal["sample", "mean", "stopped"]
Precision = Literal["float32", "bfloat16"]


@dataclasses.dataclass(frozen=True)
class ObjectiveSpec:
    """Negative ELBO with a weight on its KL term (Higgins 2017); beta 1 is the ELBO itself.

    code: what the decoder is trained on. "sample": a reparametrised draw from q(z|x) (Kingma & Welling 2014). "mean":
    its mean, without noise; with beta 0 that is a deterministic autoencoder. "stopped": a draw through which no
    gradient reaches the encoder.
    """

    beta: float = 1.0
    code: Code = dataclasses.field(default="sample", metadata=absent("sample"))

    def __post_init__(self) -> None:
        _number(self, "beta", zero=True)
        _one_of(self, "code", Code)


@dataclasses.dataclass(frozen=True)
class TrainingSpec:
    """How the objective is minimised: Adam, constant learning rate, the last short batch kept.

    precision: of the layers' products in a training step. With "bfloat16" weights, losses and Adam stay in float32 (mixed
    precision, Micikevicius 2018), and so does all that is measured outside the step; it is faster where the processor
    multiplies bfloat16, and agrees within the spread of seeds (benchmarks/RESULTS.md).
    """

    epochs: int = 10
    batch_size: int = 128
    learning_rate: float = 2e-3
    # The first so many of the training split, and of the validation split on which it is measured; None = all.
    train_images: int | None = dataclasses.field(default=None, metadata=absent(None))
    validation_images: int | None = dataclasses.field(default=None, metadata=absent(None))
    precision: Precision = dataclasses.field(default="float32", metadata=absent("float32"))

    def __post_init__(self) -> None:
        _whole(self, "batch_size")
        _number(self, "learning_rate", zero=False)
        _count_or_all(self, "train_images")
        _count_or_all(self, "validation_images")
        _one_of(self, "precision", Precision)


@dataclasses.dataclass(frozen=True)
class RunSpec:
    """One row of the grid. Its name is for people and is not part of its key.

    As all specs, it raises SpecError for what it cannot be, naming field and value.
    """

    name: str
    dataset: str
    model: ConvSpec = ConvSpec()
    objective: ObjectiveSpec = ObjectiveSpec()
    training: TrainingSpec = TrainingSpec()

    def __post_init__(self) -> None:
        if self.name:  # a trajectory has neither
            _whole(self, "epochs")

    @property
    def epochs(self) -> int:
        return self.training.epochs

    @property
    def latent_dim(self) -> int:
        return self.model.latent_dim

    @property
    def beta(self) -> float:
        return self.objective.beta

    @property
    def deterministic(self) -> bool:
        """Whether this is an autoencoder without a distribution over its latent: nothing trains q(z|x)'s variance."""
        return self.objective.code == "mean" and self.beta == 0

    def trajectory(self) -> "RunSpec":
        """The training that this run is a snapshot of: the same spec without name and epochs.

        Runs that differ only in epochs share one trajectory, so 10, 50 and 100 epochs cost 100 and not 160,
        and are paired by construction.
        """
        return dataclasses.replace(self, name="", training=dataclasses.replace(self.training, epochs=0))


@dataclasses.dataclass(frozen=True)
class ClassifierSpec:
    """The independent CNN that serves as the eye of the sample metrics; see vae/models/classifier.py.

    Its learning rate falls along half a cosine; a constant one ended at 91.96 % test accuracy, below the 92 % asked for.
    """

    dataset: str
    epochs: int = 12
    batch_size: int = 128
    learning_rate: float = 2e-3
    train_images: int | None = dataclasses.field(default=None, metadata=absent(None))
    name: str = "classifier"

    def __post_init__(self) -> None:
        _whole(self, "epochs")
        _whole(self, "batch_size")
        _number(self, "learning_rate", zero=False)
        _count_or_all(self, "train_images")


@dataclasses.dataclass(frozen=True)
class DatasetSpec:
    """What is measured on the data alone: entropy floor, baselines, the fixed images.

    explored_images: how many test images are stored themselves, the first ones, for the explorer.
    """

    dataset: str
    explored_images: int = 2_000
    name: str = "dataset"

    def __post_init__(self) -> None:
        _whole(self, "explored_images")


Spec = RunSpec | ClassifierSpec | DatasetSpec
MADE_ONCE = (DatasetSpec.name, ClassifierSpec.name)  # entries without training seeds: every seed is set against them
Fields = Mapping[str, Any]  # a spec as its result stores it: what canonical() returns


@dataclasses.dataclass(frozen=True)
class EvaluationSpec:
    """Sizes of the evaluation. Part of the evaluation key: another size gives other numbers."""

    train_images: int = 10_000
    prior_samples: int = 10_000
    shown_samples: int = 100
    neighbours: int = 10
    reference_images: int = 30_000
    iwae_images: int = 250
    iwae_samples: int = 64
    probe_images: int = 20_000
    silhouette_images: int = 5_000
    tsne_images: int = 5_000
    tsne_perplexity: float = 30.0
    prdc_images: int = 5_000
    prdc_neighbours: int = 5
    interpolation_pairs: int = 200
    interpolation_steps: int = 11
    manifold_side: int = 21
    fixed_per_class: int = 4
    # The first so many of the test split; None = all.
    test_images: int | None = dataclasses.field(default=None, metadata=absent(None))

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            if field.name == "tsne_perplexity":
                _number(self, field.name, zero=False)
            elif field.name == "test_images":
                _count_or_all(self, field.name)
            else:
                _whole(self, field.name)


def canonical(spec: Any) -> dict[str, Any]:
    """Return the fields of a spec as JSON values, without its name and what absent() says to leave out.

    Defaults are written out: who edits one asks for other numbers, and the key must say so.
    """
    fields: dict[str, Any] = {"type": type(spec).__name__}
    for field in dataclasses.fields(spec):
        value = getattr(spec, field.name)
        if field.name == "name" or ("absent" in field.metadata and value == field.metadata["absent"]):
            continue
        fields[field.name] = canonical(value) if dataclasses.is_dataclass(value) else value
    return fields


def digest(value: Any) -> str:
    """Return the sha256 of a JSON value in canonical form (sorted keys, no spaces)."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def training_key(spec: Spec | Fields, data_checksum: str) -> str:
    """Return the hash that a stored training must carry to be fresh."""
    fields = spec if isinstance(spec, Mapping) else canonical(spec)
    return digest([fields, data_checksum, TRAINING_NUMERICS])


def trajectory_key(spec: RunSpec | ClassifierSpec, data_checksum: str) -> str:
    """Return the hash shared by all runs that are snapshots of one training."""
    return training_key(spec.trajectory() if isinstance(spec, RunSpec) else spec, data_checksum)


def evaluation_key(spec: Spec | Fields, data_checksum: str, evaluation: EvaluationSpec, depends_on: str = "") -> str:
    """Return the hash that a stored result must carry to be fresh.

    depends_on is the training key of what the evaluation uses beside the run itself (the classifier).
    """
    key = training_key(spec, data_checksum)
    return digest([key, canonical(evaluation), depends_on, EVALUATION_NUMERICS])
