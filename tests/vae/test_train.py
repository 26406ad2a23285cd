import dataclasses
from collections.abc import Callable

import pytest
import torch
from safetensors.torch import load_file

from tests.vae.tiny import INFO, Quiet, StopAfter, StopError, tiny_run
from vae import train as training
from vae.data.tensors import Data, as_input
from vae.errors import TrainingError
from vae.spec import ClassifierSpec, Code, ObjectiveSpec
from vae.storage.checkpoints import CheckpointFolder, History
from vae.tasks import classifier_task, vae_task
from vae.train import evaluate_terms, standard_normal, stream

Trained = tuple[History, CheckpointFolder]
Train = Callable[..., Trained]
RUN = tiny_run()


def same(a: CheckpointFolder, b: CheckpointFolder, epoch: int) -> bool:
    """Whether weights and optimiser state of an epoch are equal to the bit."""
    first, second = load_file(a.file(epoch)), load_file(b.file(epoch))
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


def test_the_same_seed_gives_the_same_weights_and_history(trained: Train) -> None:
    (first, here), (second, there), (third, elsewhere) = (
        trained("a", RUN), trained("b", RUN), trained("c", RUN, seed=43),
    )  # fmt: skip
    assert same(here, there, 3)
    assert first.columns == second.columns
    assert not same(here, elsewhere, 3)
    assert first.columns["train_bce"] != third.columns["train_bce"]


def test_the_global_stream_changes_nothing(trained: Train) -> None:
    torch.manual_seed(1)
    _, here = trained("a", RUN)
    torch.manual_seed(2)
    torch.rand(5)
    _, there = trained("b", RUN)
    assert same(here, there, 3)


@pytest.mark.parametrize("stopped_after", [1, 2])
def test_a_training_that_was_stopped_ends_as_an_undisturbed_one(
    trained: Train, monkeypatch: pytest.MonkeyPatch, stopped_after: int
) -> None:
    whole, there = trained("whole", RUN)
    monkeypatch.setattr(training, "SECONDS_BETWEEN_CHECKPOINTS", -1.0)
    with pytest.raises(StopError):
        trained("stopped", RUN, listener=StopAfter(stopped_after))
    history, here = trained("stopped", RUN)
    assert same(here, there, 3)
    assert history.columns == whole.columns
    assert history.epochs == 3
    assert [session["until"] for session in here.read(3)[2]] == [stopped_after, 3], "who trained which epochs"


def test_a_resumed_training_does_not_begin_again(trained: Train, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "SECONDS_BETWEEN_CHECKPOINTS", -1.0)
    with pytest.raises(StopError):
        trained("a", RUN, listener=StopAfter(2))

    class Epochs(Quiet):
        def __init__(self) -> None:
            self.seen: list[int] = []

        def epoch(self, epoch: int, history: History) -> None:
            self.seen.append(epoch)

    listener = Epochs()
    trained("a", RUN, listener=listener)
    assert listener.seen == [3]


def test_a_classifier_with_dropout_and_batch_norm_resumes_exactly(
    trained: Train, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = ClassifierSpec("tiny", epochs=2, batch_size=64, train_images=100)
    task = classifier_task(spec, INFO)
    whole, there = trained("whole", RUN, snapshots=(2,), task=task)
    monkeypatch.setattr(training, "SECONDS_BETWEEN_CHECKPOINTS", -1.0)
    with pytest.raises(StopError):
        trained("stopped", RUN, snapshots=(2,), task=task, listener=StopAfter(1))
    history, here = trained("stopped", RUN, snapshots=(2,), task=task)
    assert same(here, there, 2)
    assert history.columns == whole.columns


def test_fewer_validation_images_leave_the_training_as_it_is(trained: Train) -> None:
    few = dataclasses.replace(RUN, training=dataclasses.replace(RUN.training, validation_images=10))
    (whole, here), (part, there) = trained("whole", RUN), trained("part", few)
    assert same(here, there, RUN.epochs)
    assert part.columns["train_bce"] == whole.columns["train_bce"]
    assert part.columns["validation_bce"] != whole.columns["validation_bce"]


def test_snapshots_of_a_trajectory_are_separate_trainings(trained: Train) -> None:
    together, here = trained("together", RUN, snapshots=(1, 2, 3))
    for epochs in (1, 2, 3):
        alone, there = trained(f"alone-{epochs}", tiny_run(epochs=epochs))
        assert same(here, there, epochs)
        assert together.until(epochs).columns == alone.columns


def test_a_snapshot_missing_before_a_later_one_is_trained(trained: Train) -> None:
    _, here = trained("a", RUN)
    assert here.epochs() == [3]
    _, there = trained("b", RUN, snapshots=(2, 3))
    trained("a", RUN, snapshots=(2, 3))
    assert here.epochs() == [2, 3]
    assert same(here, there, 2)
    assert same(here, there, 3)


def test_only_wanted_checkpoints_stay(trained: Train, monkeypatch: pytest.MonkeyPatch) -> None:
    _, quick = trained("quick", RUN, keep=(1,))
    monkeypatch.setattr(training, "SECONDS_BETWEEN_CHECKPOINTS", -1.0)
    _, slow = trained("slow", RUN, keep=(1,))
    assert quick.epochs() == slow.epochs() == [1, 3], "how fast the machine is decides nothing"


def test_the_last_short_batch_is_kept(trained: Train, tiny: Data) -> None:
    seen: list[tuple[int, int, int]] = []

    class Steps(Quiet):
        def step(self, epoch: int, step: int, steps: int, images: int) -> None:
            seen.append((step, steps, images))

    trained("a", tiny_run(epochs=1), listener=Steps())
    assert [images for *_, images in seen] == [32] * 6 + [8]
    assert {steps for _, steps, _ in seen} == {7}


def test_a_part_of_the_images_is_what_a_spec_asks_for(trained: Train) -> None:
    sizes: list[int] = []

    class Images(Quiet):
        def step(self, epoch: int, step: int, steps: int, images: int) -> None:
            sizes.append(images)

    trained("a", tiny_run(epochs=1, train_images=50), listener=Images())
    assert sizes == [32, 18]


def test_losses_fall(trained: Train) -> None:
    history, _ = trained("a", tiny_run(epochs=3, learning_rate=5e-3))
    bce = history.columns["train_bce"]
    assert bce[2] < bce[1] < bce[0]
    assert history.columns["learning_rate"] == [5e-3] * 3


def test_beta_weighs_the_kl_term(trained: Train) -> None:
    from vae.spec import ObjectiveSpec

    spec = tiny_run(epochs=3, learning_rate=5e-3)
    free, _ = trained("a", dataclasses.replace(spec, objective=ObjectiveSpec(beta=0.0)))
    bound, _ = trained("b", dataclasses.replace(spec, objective=ObjectiveSpec(beta=50.0)))
    assert bound.columns["validation_kl"][-1] < free.columns["validation_kl"][-1] / 2


def test_divergence_names_run_epoch_and_step(trained: Train) -> None:
    wild = tiny_run("wild", learning_rate=1e12)
    says = r"wild.*epoch 1, step \d+\. There is no checkpoint yet\. Try a lower learning_rate \(vae/spec\.py; "
    with pytest.raises(TrainingError, match=says):
        trained("a", wild)


def test_divergence_names_the_last_good_checkpoint_before_it(trained: Train, monkeypatch: pytest.MonkeyPatch) -> None:
    _, folder = trained("a", RUN, snapshots=(1, 3))
    folder.file(3).rename(folder.file(9))
    monkeypatch.setattr(training, "train_epoch", lambda *_: torch.tensor([[1.0, 1.0], [torch.inf, 1.0]]))
    with pytest.raises(TrainingError, match=r"epoch 2, step 2\. The last good checkpoint is epoch 1\."):
        trained("a", RUN)


def test_a_training_that_its_last_step_breaks_keeps_nothing_of_that_epoch(trained: Train) -> None:
    task, models = vae_task(RUN), []

    def build(seed: int) -> torch.nn.Module:
        models.append(task.build(seed))
        return models[-1]

    class Breaks(Quiet):
        def step(self, epoch: int, step: int, steps: int, images: int) -> None:
            if (epoch, step) == (2, steps):  # the loss of this step was finite, and no other follows
                torch.nn.init.constant_(next(models[-1].parameters()), torch.nan)

    says = (
        r"Run a3: .* at epoch 2, after its last step\. The last good checkpoint is epoch 1\. Try a lower learning_rate"
    )
    with pytest.raises(TrainingError, match=says):
        trained("a", RUN, snapshots=(1, 2, 3), task=dataclasses.replace(task, build=build), listener=Breaks())
    _, folder = trained("a", RUN, snapshots=(1,))
    assert folder.epochs() == [1]
    history, _ = trained("a", RUN, snapshots=(1, 2, 3))
    assert history.columns == trained("b", RUN)[0].columns, "it goes on from what was good"


def test_out_of_memory_says_what_to_lower(trained: Train, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> torch.Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(training, "train_epoch", full)
    with pytest.raises(
        TrainingError,
        match=r"a3: cpu ran out of memory in epoch 1, .* 32 images\. .* lower batch_size \(vae/spec\.py; ",
    ):
        trained("a", RUN)


def test_evaluation_draws_the_same_noise_at_every_call(tiny: Data, trained: Train) -> None:
    task = vae_task(RUN)
    model = task.build(42)
    first, again, other = (evaluate_terms(task, model, tiny.test, seed) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert first.shape == (2, 60)
    assert not torch.equal(first[0], other[0])
    assert torch.equal(first[1], other[1]), "the KL term has no noise"


def test_streams_are_independent() -> None:
    streams = {
        stream(seed, epoch, purpose) for seed in (1, 2) for epoch in (0, 1, 11) for purpose in ("order", "noise")
    }
    assert len(streams) == 12
    a, b = (standard_normal(1_000, 1, stream(1, 1, purpose), torch.device("cpu")) for purpose in ("order", "noise"))
    assert abs(torch.corrcoef(torch.cat([a, b], dim=1).T)[0, 1].item()) < 0.1


def gradients(code: Code, beta: float, tiny: Data) -> tuple[float, float, float]:
    """Return the size of the gradient at the mean head, the log-variance head and the decoder after one step's backward."""
    run = dataclasses.replace(RUN, objective=ObjectiveSpec(beta, code))
    task = vae_task(run)
    model = task.build(42)
    noise = standard_normal(8, task.noise_dim, 1, torch.device("cpu"))
    terms = task.terms(model, as_input(tiny.train.images[:8]), tiny.train.labels[:8], noise)
    (torch.tensor(task.weights) @ terms.mean(dim=1)).backward()
    heads = (model.encoder.mean.weight, model.encoder.logvar.weight, model.decoder.expand.weight)
    mean, logvar, decoder = (0.0 if head.grad is None else head.grad.abs().sum().item() for head in heads)
    return mean, logvar, decoder


def test_each_ablation_cuts_the_gradient_where_it_says(tiny: Data) -> None:
    assert all(gradients("sample", 0.0, tiny))
    mean, logvar, decoder = gradients("mean", 0.0, tiny)
    assert mean > 0 and decoder > 0 and logvar == 0, "an autoencoder knows no variance"
    mean, logvar, decoder = gradients("stopped", 0.0, tiny)
    assert mean == logvar == 0 and decoder > 0, "nothing but the KL term could teach the encoder"
    assert all(gradients("stopped", 1.0, tiny))
