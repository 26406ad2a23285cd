"""Train one VAE of the report by itself, measure its test loss and draw it: python -m vae --run e10."""

import dataclasses
import sys
from pathlib import Path

from vae.errors import SLIPS, told

try:
    import click

    from vae.building import command
    from vae.data.datasets import DATASETS, dataset_info
    from vae.grid import FIRST_SEED, make_grid
    from vae.spec import RunSpec

    RUNS = {spec.name: spec for spec in make_grid().runs}
except SLIPS as error:
    sys.exit(f"Error: {told(error)}")


@click.command(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.option("--run", "run", type=click.Choice(list(RUNS)), default="e10", help="Which run of vae/grid.py.")
@click.option("--epochs", type=click.IntRange(min=1), default=None, help="Instead of the run's own number of epochs.")
@click.option("--dataset", type=click.Choice(list(DATASETS)), default="fashion-mnist")
@click.option("--data", "data_dir", type=click.Path(path_type=Path), default=None, metavar="DIR",
              help="Folder with the data set's idx files; without it they are looked for, then downloaded.")  # fmt: skip
@click.option("--seed", type=int, default=FIRST_SEED)
@click.option("--device", type=click.Choice(["auto", "cuda", "mps", "cpu"]), default="auto")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("treino"), metavar="DIR",
              help="Where figures, checkpoints and downloaded data go.")  # fmt: skip
def main(run: str, epochs: int | None, dataset: str, data_dir: Path | None, seed: int, device: str, out: Path) -> None:
    """Train one VAE of the report by itself, measure its test loss and draw it.

    A training that was stopped goes on where it was with the same command.
    """
    spec = dataclasses.replace(RUNS[run], dataset=dataset)
    if epochs is not None:
        spec = dataclasses.replace(spec, training=dataclasses.replace(spec.training, epochs=epochs))
    train_alone(spec, seed, data_dir, device, out)


def train_alone(spec: RunSpec, seed: int, data_dir: Path | None, device_kind: str, out: Path) -> None:
    """Train a run from the newest checkpoint below out, print its test loss, and write its figures there."""
    from vae.building.plan import checkpoints_of
    from vae.building.progress import Progress
    from vae.building.received import choose_device
    from vae.data.tensors import load
    from vae.figures import load_theme
    from vae.models.conv import build_model
    from vae.portrait import portrait
    from vae.storage.checkpoints import CheckpointFolder
    from vae.storage.provenance import facts
    from vae.tasks import vae_task
    from vae.train import evaluate_terms, train
    from vae.updates import Reporter

    device = choose_device(device_kind)
    info = dataset_info(spec.dataset)
    data = load(info, data_dir, out / "dados").to(device)
    task = vae_task(spec)
    folder = CheckpointFolder(checkpoints_of(out / "pesos", info, spec, seed))
    label = f"{spec.name}/{seed}"
    with Progress() as progress:
        progress.expect(label)
        listener = Reporter(label, spec.epochs, progress.show)
        history = train(task, seed, data, device, folder, [spec.epochs], spec.name, facts(device.type), listener)
        progress.finished(label)
    model = build_model(spec.model, seed).to(device)
    model.load_state_dict(folder.weights(spec.epochs))
    bce, kl = evaluate_terms(task, model, data.test, seed).mean(dim=1).tolist()
    click.echo(f"Test, nats an image: -ELBO {bce + kl:.2f} = BCE {bce:.2f} + KL {kl:.2f}")
    for name, content in portrait(model, history, data, seed, load_theme("light")).items():
        path = out / f"{name}.png"
        path.write_bytes(content)
        click.echo(f"Drawn: {path}")


if __name__ == "__main__":
    command.run(lambda: main(prog_name="python -m vae", standalone_mode=False))
