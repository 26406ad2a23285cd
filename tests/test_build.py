"""The command line in its own process: exit codes, sentences instead of tracebacks, and what it leaves alone."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.report.repository import commit, start
from vae.building.lock import sole_build
from vae.building.plan import keys_of
from vae.data.datasets import dataset_info
from vae.grid import make_grid
from vae.reproduction.scratch import FOLDER
from vae.spec import canonical
from vae.storage.results import RunResult
from vae.storage.store import ResultsStore

ROOT = Path(__file__).parents[1]
# Fails loudly when anything imports torch.
NO_TORCH = "import sys; sys.modules['torch'] = None; sys.argv = ['build.py', *sys.argv[1:]]; import build; build.run()"


def call(*arguments: str, tmp: Path) -> subprocess.CompletedProcess[str]:
    """Run build.py without torch and with a results folder of its own."""
    command = [sys.executable, "-c", NO_TORCH, *arguments, "--results", str(tmp / "results")]
    environment = os.environ | {"LAUDO_CACHE": str(tmp / "cache")}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def test_help_and_no_option_explain_themselves(tmp_path: Path) -> None:
    for arguments in (("--help",), ()):
        done = call(*arguments, tmp=tmp_path)
        assert done.returncode == 0
        assert all(
            option in done.stdout for option in ("--all", "--section", "--retrain", "--status", "--check", "--compare")
        )
    assert list(tmp_path.iterdir()) == []


def test_status_of_nothing_needs_no_torch_and_changes_nothing(tmp_path: Path) -> None:
    done = call("--status", tmp=tmp_path)
    assert done.returncode == 0
    last = f"e10-l50/{make_grid('full', 'fashion-mnist', None).seeds[-1]}"
    words = (last, "classifier/42", "missing", "espaco-latente")
    assert all(word in done.stdout for word in words), done.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_says_what_and_how_long_and_changes_nothing(tmp_path: Path) -> None:
    done = call("--all", "--dry-run", "--device", "cpu", tmp=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Would train" in done.stdout
    assert "on cpu, in about" in done.stdout
    assert "Data: Fashion-MNIST, from " in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_data_for_a_data_set_without_files_is_refused(tmp_path: Path) -> None:
    done = call("--all", "--dry-run", "--dataset", "digits", "--data", str(tmp_path), tmp=tmp_path)
    assert done.returncode == 1
    assert f"--data {tmp_path}: " in done.stderr and "leave --data out" in done.stderr


def test_a_dry_run_on_a_gpu_that_is_not_there_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    done = call("--all", "--dry-run", "--device", "cuda", tmp=tmp_path)
    assert "No nvidia-smi on this machine" in done.stdout


@pytest.mark.parametrize(("package", "arguments"), [
    ("click", ("build.py", "--status")),
    ("numpy", ("build.py", "--status")),
    ("threadpoolctl", ("build.py", "--status")),
    ("click", ("-m", "vae", "--dataset", "digits")),
    ("torch", ("-m", "vae", "--dataset", "digits")),
])  # fmt: skip
def test_a_package_that_is_missing_is_named_with_the_environment(
    package: str, arguments: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        f"import sys\nclass No:\n def find_spec(self, name, path=None, target=None):\n"
        f"  if name == '{package}': raise ModuleNotFoundError(name, name=name)\nsys.meta_path.insert(0, No())\n"
    )
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1 and "Traceback" not in done.stderr, done.stderr
    assert done.stderr.startswith(f"Error: The package {package} is not installed in this Python")
    assert "source .venv/bin/activate" in done.stderr


@pytest.mark.parametrize("option", [(), ("--dry-run",)])
def test_data_that_is_not_there_is_told_before_anything_is_done(tmp_path: Path, option: tuple[str, ...]) -> None:
    done = call("--all", "--data", str(tmp_path / "nowhere"), *option, tmp=tmp_path)
    assert done.returncode == 1
    assert "nowhere: there is no such folder; give --data DIR" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("arguments", "words"), [
    (("--retrain", "e5O", "--all"), ("Unknown run 'e5O'", "Did you mean", "e50")),
    (("--section", "espaco-latent"), ("Unknown section 'espaco-latent'", "Did you mean espaco-latente")),
    (("--section", "espaco"), ("Unknown section 'espaco'", "Did you mean espaco-latente?")),
    (("--dataset", "fashion", "--all"), ("Unknown data set 'fashion'", "fashion-mnist")),
    (("--seeds", "0", "--all"), ("--seeds 0", "at least one seed")),
    (("--seeds", "100000", "--all", "--dry-run"), ("--seeds 100000: at most 100", "--seeds 5")),
    (("--check", "--status"), ("--status stands alone",)),
    (("--check", "--all"), ("--check stands alone",)),
    (("--seeds", "two", "--all"), ("--seeds", "two")),
    (("--profile", "huge", "--all"), ("--profile", "huge", "quick")),
    (("--retrain", "e50"), ("--retrain goes with --all or --section",)),
    (("--all", "--section", "licoes"), ("--all renders every page",)),
    (("--dry-run",), ("--dry-run goes with",)),
    (("--compare", "no-such-revision"), ("Unknown revision 'no-such-revision'", "git log --oneline -- results")),
    (("--compare", "HEAD", "--all"), ("--compare stands alone",)),
    (("--compare", "HEAD", "--check"), ("--compare stands alone",)),
    (("--reproduce", "e5O"), ("Unknown run 'e5O'", "Did you mean", "e50")),
    (("--reproduce", "e50", "--all"), ("--reproduce stands alone",)),
    (("--reproduce", "e50", "--section", "licoes"), ("--reproduce stands alone",)),
    (("--reproduce", "e50", "--retrain", "e50"), ("--reproduce stands alone",)),
    (("--reproduce", "e50", "--status"), ("--reproduce stands alone",)),
    (("--reproduce", "e50", "--check"), ("--reproduce stands alone",)),
    (("--reproduce", "e50", "--compare", "HEAD"), ("--reproduce stands alone",)),
    (("--save",), ("--save goes with --compare REV",)),
    (("--nope",), ("--nope",)),
])  # fmt: skip
def test_what_was_typed_wrong_is_a_usage_error(
    tmp_path: Path, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    done = call(*arguments, tmp=tmp_path)
    assert done.returncode == 2, done.stdout + done.stderr
    assert all(word in done.stderr for word in words), done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_results_folder_that_is_a_file_is_a_usage_error_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("mine")
    done = call("--status", tmp=tmp_path)
    assert done.returncode == 2
    assert "name a new one, or that of earlier results" in done.stderr
    assert (tmp_path / "results").read_text() == "mine"


def test_a_damaged_manifest_is_a_failure_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "manifest.json").write_text("{")
    (tmp_path / "results" / "e10" / "42").mkdir(parents=True)
    done = call("--section", "espaco-latente", tmp=tmp_path)
    assert done.returncode == 1
    assert "manifest.json is damaged" in done.stderr
    assert "git checkout" in done.stderr
    status = call("--status", tmp=tmp_path)
    assert status.returncode == 1, "a script that asks for the state is told"
    assert "manifest.json is damaged" in status.stdout


def test_compare_says_what_changed_between_two_commits(tmp_path: Path) -> None:
    folder = start(tmp_path / "laudo")
    store = ResultsStore(folder / "results")
    info = dataset_info("digits")
    grid = make_grid("full", info.name, 1)
    for number, tag in ((1.0, "v1"), (2.0, "v2")):
        arrays = {"test_labels": np.zeros(7, dtype=np.uint8)}
        for name, spec in list(grid.specs.items())[:3]:
            keys = keys_of(grid, info, spec)
            scores = {"iwae": number}
            store.save(RunResult(name, 42, canonical(spec), keys, scores, {}, arrays, {"training": []}))
        commit(folder, tag)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    def compare(*arguments: str) -> subprocess.CompletedProcess[str]:
        code = NO_TORCH.replace(
            "build.run()", f"import pathlib; build.ROOT = pathlib.Path({str(folder)!r}); build.run()"
        )
        command = [sys.executable, "-c", code, *arguments, "--dataset", "digits", "--results", str(store.root)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    done = compare("--compare", "v1", "--save")
    assert (done.returncode, done.stderr) == (0, "Judging the claims by the results of then and of now.\n")
    assert "e10         other numbers" in done.stdout
    assert re.search(r"e10 +iwae +1\.00 +2\.00 +\+1\.00 +nats", done.stdout)
    saved = store.root / "previous.json"
    assert f"Saved as the publication before, in {saved}" in done.stdout
    after = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert {path: content for path, content in after.items() if path != saved} == before

    (store.root / "manifest.json").write_text("{")
    commit(folder, "v3")
    done = compare("--compare", "v3")
    assert done.returncode == 1
    assert "results/manifest.json cannot be read. Name another revision" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_not_published_cannot_be_reproduced(tmp_path: Path) -> None:
    done = call("--reproduce", "e50", tmp=tmp_path)
    assert done.returncode == 1
    assert f"e50/42 is not in {tmp_path / 'results'}: nothing is published to compare with." in done.stderr
    assert "--results DIR" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_says_what_is_reproduced_and_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "results").symlink_to(ROOT / "results")
    before = set((ROOT / "runs").glob(f"{FOLDER}/**/*"))
    done = call("--reproduce", "e200-n600", "--reproduce", "dataset", "--dry-run", "--device", "cpu", tmp=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Would train 2 and evaluate 2 results on cpu, in about" in done.stdout
    assert "e200-n600/42" in done.stdout
    assert "e10/42" not in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["results"]
    assert set((ROOT / "runs").glob(f"{FOLDER}/**/*")) == before


def test_check_counts_its_faults(tmp_path: Path) -> None:
    extra = tmp_path / "results" / "e10" / "42" / "notes.txt"
    extra.parent.mkdir(parents=True)
    extra.write_text("mine")
    done = call("--check", tmp=tmp_path)
    assert done.returncode == 1
    assert "result.json is not in the manifest of" in done.stderr, "what is asked for, with its remedy"
    assert "--retrain e10/42" in done.stderr
    assert f"{extra} is not in the manifest." in done.stderr
    assert "2 faults." in done.stderr


def test_the_second_build_in_a_tree_is_a_sentence(tmp_path: Path) -> None:
    with sole_build(ROOT / "runs"):
        done = call("--section", "licoes", tmp=tmp_path)
    assert done.returncode == 1
    assert f"Another build is at work here: process {os.getpid()} on " in done.stderr
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize(
    "options", [("--compare", "HEAD"), ("--compare", "HEAD", "--save"), ("--deliver", "handed-in")]
)
def test_what_keeps_estimates_or_a_scoreboard_waits_for_a_build_too(tmp_path: Path, options: tuple[str, ...]) -> None:
    with sole_build(ROOT / "runs"):
        done = call(*(str(tmp_path / option) if option == "handed-in" else option for option in options), tmp=tmp_path)
    assert done.returncode == 1
    assert f"Another build is at work here: process {os.getpid()} on " in done.stderr
    assert not any((tmp_path / name).exists() for name in ("results", "handed-in"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_build_says_how_to_go_on(tmp_path: Path, number: signal.Signals) -> None:
    waiting = "import build, signal, time, vae.building.plan; signal.signal(signal.SIGINT, signal.default_int_handler); build.make_plan = lambda *_: print('working', flush=True) or time.sleep(60); build.run()"
    command = [sys.executable, "-c", waiting, "--all", "--results", str(tmp_path / "results")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "working\n"
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said.strip() == "Stopped. Nothing is lost: give the same command again; a training goes on where it was."
