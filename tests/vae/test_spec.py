import dataclasses
import json
from collections.abc import Callable

import pytest

from vae import spec
from vae.errors import SpecError
from vae.spec import (
    ClassifierSpec,
    ConvSpec,
    DatasetSpec,
    EvaluationSpec,
    ObjectiveSpec,
    RunSpec,
    TrainingSpec,
    canonical,
    evaluation_key,
    training_key,
    trajectory_key,
)

DATA = "d" * 64
RUN = RunSpec("e10", "fashion-mnist")


@dataclasses.dataclass(frozen=True)
class OtherModel:
    """Another family, with a field of the same name."""

    latent_dim: int = 2


@dataclasses.dataclass(frozen=True)
class OtherRun:
    dataset: str
    model: ConvSpec | OtherModel


def test_a_name_is_no_part_of_a_key() -> None:
    renamed = dataclasses.replace(RUN, name="ten-epochs")
    assert training_key(renamed, DATA) == training_key(RUN, DATA)
    assert canonical(ClassifierSpec("mnist", name="eye")) == canonical(ClassifierSpec("mnist"))


def test_an_edited_default_is_another_key() -> None:
    """A constructor with another default stands for someone who edits the default in spec.py."""

    @dataclasses.dataclass(frozen=True)
    class Edited(TrainingSpec):
        learning_rate: float = 1e-3

    edited, as_it_is = canonical(Edited()), canonical(TrainingSpec())
    assert edited["learning_rate"] == 1e-3
    assert as_it_is["learning_rate"] == 2e-3


def test_a_field_added_later_leaves_the_old_keys_alone() -> None:
    assert "train_images" not in canonical(TrainingSpec())
    assert "code" not in canonical(ObjectiveSpec())
    assert canonical(TrainingSpec(train_images=100))["train_images"] == 100


def test_another_type_of_nested_spec_is_another_run_even_with_equal_fields() -> None:
    assert canonical(OtherRun("mnist", OtherModel())) != canonical(OtherRun("mnist", ConvSpec()))
    assert canonical(OtherRun("mnist", OtherModel()))["model"]["type"] == "OtherModel"


@pytest.mark.parametrize(
    "other",
    [
        dataclasses.replace(RUN, dataset="mnist"),
        dataclasses.replace(RUN, model=ConvSpec(latent_dim=3)),
        dataclasses.replace(RUN, model=ConvSpec(encoder_channels=(32, 64, 129))),
        dataclasses.replace(RUN, objective=ObjectiveSpec(beta=2.0)),
        dataclasses.replace(RUN, objective=ObjectiveSpec(code="mean")),
        dataclasses.replace(RUN, training=TrainingSpec(epochs=11)),
        dataclasses.replace(RUN, training=TrainingSpec(batch_size=64)),
        dataclasses.replace(RUN, training=TrainingSpec(learning_rate=1e-3)),
        dataclasses.replace(RUN, training=TrainingSpec(train_images=100)),
        dataclasses.replace(RUN, training=TrainingSpec(validation_images=100)),
        dataclasses.replace(RUN, training=TrainingSpec(precision="bfloat16")),
    ],
)
def test_what_changes_the_numbers_changes_the_key(other: RunSpec) -> None:
    assert training_key(other, DATA) != training_key(RUN, DATA)


def test_every_field_of_a_run_is_tried_above() -> None:
    nested = (ConvSpec, ObjectiveSpec, TrainingSpec)
    fields = {field.name for kind in nested for field in dataclasses.fields(kind)}
    assert fields == {
        "latent_dim", "encoder_channels", "decoder_channels", "beta", "code", "epochs", "batch_size", "learning_rate",
        "train_images", "validation_images", "precision",
    }  # fmt: skip


def test_data_and_numerics_are_part_of_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    before = training_key(RUN, DATA)
    assert training_key(RUN, "e" * 64) != before
    monkeypatch.setattr(spec, "TRAINING_NUMERICS", spec.TRAINING_NUMERICS + 1)
    assert training_key(RUN, DATA) != before


def test_epochs_are_no_part_of_a_trajectory() -> None:
    longer = RunSpec("e50", "fashion-mnist", training=TrainingSpec(epochs=50))
    slower = RunSpec("e10", "fashion-mnist", training=TrainingSpec(learning_rate=1e-4))
    assert trajectory_key(longer, DATA) == trajectory_key(RUN, DATA)
    assert trajectory_key(slower, DATA) != trajectory_key(RUN, DATA)
    assert trajectory_key(ClassifierSpec("m", epochs=3), DATA) != trajectory_key(ClassifierSpec("m", epochs=4), DATA)


def test_a_trajectory_is_no_key_of_any_run() -> None:
    assert trajectory_key(RUN, DATA) != training_key(RUN, DATA)


def test_the_evaluation_key_holds_training_sizes_classifier_and_numerics(monkeypatch: pytest.MonkeyPatch) -> None:
    base = evaluation_key(RUN, DATA, EvaluationSpec(), "eye")
    longer = RunSpec("e50", "fashion-mnist", training=TrainingSpec(epochs=50))
    others = {
        evaluation_key(longer, DATA, EvaluationSpec(), "eye"),
        evaluation_key(RUN, DATA, EvaluationSpec(iwae_samples=8), "eye"),
        evaluation_key(RUN, DATA, EvaluationSpec(), "another eye"),
    }
    training = training_key(RUN, DATA)
    monkeypatch.setattr(spec, "EVALUATION_NUMERICS", spec.EVALUATION_NUMERICS + 1)
    others.add(evaluation_key(RUN, DATA, EvaluationSpec(), "eye"))
    assert base not in others
    assert len(others) == 4
    assert training_key(RUN, DATA) == training, "a new evaluation trains nothing again"


def test_a_spec_read_from_a_result_has_the_keys_of_the_spec() -> None:
    for each in (RUN, ClassifierSpec("fashion-mnist"), DatasetSpec("fashion-mnist")):
        stored = json.loads(json.dumps(canonical(each)))
        assert training_key(stored, DATA) == training_key(each, DATA)
        assert evaluation_key(stored, DATA, EvaluationSpec(), "eye") == evaluation_key(
            each, DATA, EvaluationSpec(), "eye"
        )


def test_published_keys_stay() -> None:
    # A literal: whoever changes it makes every published result stale, and must mean to (TRAINING_NUMERICS).
    assert spec.TRAINING_NUMERICS == 1
    assert training_key(RUN, DATA) == "5b15912631fc9c52753be93d35a2d19e36ba87c4ef3875aeabce9ec09720ccd2"


def test_how_many_images_are_explored_is_part_of_the_data_set_s_key_alone() -> None:
    few, many = DatasetSpec("fashion-mnist", explored_images=10), DatasetSpec("fashion-mnist")
    assert training_key(few, DATA) != training_key(many, DATA)
    # A data set of before, whose images were not stored, has a key of its own: it is measured again, and nothing else.
    assert training_key({"type": "DatasetSpec", "dataset": "fashion-mnist"}, DATA) not in {
        training_key(few, DATA), training_key(many, DATA),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: EvaluationSpec(prior_samples=0), "prior_samples=0: it must be a whole number, at least 1"),
        (lambda: EvaluationSpec(train_images=None), "train_images=None: it must be a whole number"),
        (lambda: EvaluationSpec(test_images=0), "test_images=0"),
        (lambda: EvaluationSpec(tsne_perplexity=-1.0), "tsne_perplexity=-1.0: it must be a number greater than zero"),
        (lambda: DatasetSpec("digits", explored_images=-1), "explored_images=-1"),
        (lambda: ConvSpec(encoder_channels=(32, 0)), r"encoder_channels=\(32, 0\): it must be whole numbers"),
        (lambda: ConvSpec(decoder_channels=()), r"decoder_channels=\(\)"),
        (lambda: ConvSpec(encoder_channels=5), "encoder_channels=5: it must be whole numbers"),
        (lambda: ObjectiveSpec(beta=10**400), "beta=10+: it must be a number, zero or greater"),
        (lambda: TrainingSpec(batch_size=0), "batch_size=0"),
        (lambda: TrainingSpec(learning_rate=0.0), "learning_rate=0.0: it must be a number greater than zero"),
        (lambda: ClassifierSpec("digits", epochs=0), "epochs=0"),
    ],
)
def test_a_spec_that_can_be_none_is_refused_with_field_and_value(make: Callable[[], object], said: str) -> None:
    with pytest.raises(SpecError, match=said):
        make()
