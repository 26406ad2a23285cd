"""A training that diverges, by the real command line: a learning rate that somebody mistyped."""

import re
import subprocess
import sys
from pathlib import Path

from tests.faults.trees import BUILD, RESULTS, Tree
from vae.storage.store import ResultsStore


def test_a_training_that_diverges_is_stopped_and_nothing_of_it_is_kept(tmp_path: Path) -> None:
    tree = Tree(tmp_path / "tree")
    spec = tree.root / "vae/spec.py"
    mistyped = spec.read_text().replace("learning_rate: float = 2e-3", "learning_rate: float = 2e10", 1)  # of the VAEs
    spec.write_text(mistyped)
    done = subprocess.run(
        [sys.executable, "build.py", *BUILD],
        cwd=tree.root,
        env=tree.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    errors = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert len(errors) == 1, done.stderr
    assert re.fullmatch(
        r"Error: Run e10\+e50\+e100\+e90: the loss is no longer finite at epoch 1, step [23]\. There is no checkpoint yet\. "
        r"Try a lower learning_rate \(vae/spec\.py; it changes the numbers of every run\) or, with a large beta, fewer "
        r"latent dimensions \(vae/grid\.py\)\."
        r"(?: 1 more failed, as said above\.)?",
        errors[0],
    ), errors[0]
    assert "Traceback" not in done.stderr
    assert ResultsStore(tree.root / RESULTS).stored() == {"classifier": [42], "dataset": [42]}, "what was good stays"
    assert len(list(tree.root.glob("runs/*/42/epoch-*"))) == 1, "the classifier's"
