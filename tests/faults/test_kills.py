"""Builds that are stopped at random moments, again and again, end with what an undisturbed build makes, byte for byte.

What holds dates, durations and the list of sessions is another in a build that was stopped, and has to be: provenance
(in its own files, in the manifest's line on them, in the JSON beside the pages) and the digests of it in the records of
the pages. All else is compared byte for byte; of these, everything but the dates, durations and sessions.
"""

import json
import random
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from safetensors.numpy import load_file

from tests.faults.trees import BUILD, RESULTS, Ended, Tree, files
from vae.building.lock import HOLDER, LOCK
from vae.storage.checkpoint_files import NAME

KILLS, STOPS = 22, 9  # SIGKILLs; SIGTERMs and SIGINTs each
SAME_FACTS = ("commit", "dirty", "device", "python", "torch", "numpy", "platform")


def moments(rng: random.Random, whole: float) -> Iterator[dict[str, Any]]:
    """Yield the moments of the signals: at some time of the whole build, of a phase, or between two operations on files.

    Storing takes milliseconds, which a time would miss. Those of rendering come last, when there is nothing else to do.
    """
    early = [{"seconds": rng.uniform(0, whole / 3)} for _ in range(8)]
    early += [{"phase": "training", "seconds": rng.uniform(0, whole / 20)} for _ in range(8)]
    early += [{"phase": "evaluating", "seconds": rng.uniform(0, whole / 20)} for _ in range(8)]
    early += [{"phase": "storing", "operation": rng.randint(1, 25)} for _ in range(7)]
    rng.shuffle(early)
    yield from early
    late = [{"phase": "rendering", "operation": rng.randint(1, 300)} for _ in range(6)]
    late += [{"phase": "rendering", "seconds": rng.uniform(0, whole / 2)} for _ in range(3)]
    rng.shuffle(late)
    yield from late


def test_a_build_that_is_stopped_again_and_again_ends_as_an_undisturbed_one(
    tree: Tree, undisturbed: tuple[Ended, Path]
) -> None:
    first, expected = undisturbed
    rng = random.Random(20261125)
    orders = list(moments(rng, first.seconds))
    numbers = [signal.SIGKILL] * KILLS + [signal.SIGTERM] * STOPS + [signal.SIGINT] * STOPS
    assert len(numbers) == len(orders)
    rng.shuffle(numbers)
    tree.forget()
    seen: Counter[tuple[str, str]] = Counter()
    for number, order in zip(numbers, orders, strict=True):
        while True:
            ended = tree.build(*BUILD, number=number, **order)
            if ended.code != 0:
                break
            # It was done before its time came: as good as any other end, and a new one begins.
            assert_same(tree.root, expected)
            tree.forget()
        assert ended.fired, ended.stderr
        seen[number.name, ended.phase] += 1
        if number is signal.SIGKILL:
            assert ended.code == -signal.SIGKILL
        else:
            assert ended.code == 130, (number, order, ended)
            assert "Stopped. Nothing is lost: give the same command again" in ended.stderr
    done = tree.build(*BUILD)
    assert done.code == 0, done.stderr
    assert_same(tree.root, expected)
    killed = Counter({phase: count for (name, phase), count in seen.items() if name == "SIGKILL"})
    assert killed.total() == KILLS >= 20
    assert {"training", "evaluating", "storing", "rendering"} <= killed.keys(), seen


def assert_same(root: Path, expected: Path) -> None:
    """Compare results, checkpoints and pages."""
    for top, comparable in ((RESULTS, result), ("runs", checkpoint), ("rendered", page)):
        here, there = files(root / top), files(expected / top)
        if top == "runs":
            here, there = (
                {n: c for n, c in each.items() if not n.startswith(("quick-digits/", LOCK, HOLDER))}
                for each in (here, there)
            )
        assert here.keys() == there.keys(), here.keys() ^ there.keys()
        for name, content in here.items():
            if content != there[name]:
                assert comparable(root / top / name) == comparable(expected / top / name), name


def result(path: Path) -> Any:
    """What must be equal of a file of the results folder that differs."""
    if path.name == "manifest.json":
        listed = json.loads(path.read_bytes())["files"]
        return {name: None if name.endswith("/provenance.json") else entry for name, entry in listed.items()}
    assert path.name == "provenance.json"
    return facts(json.loads(path.read_bytes()))


def facts(provenance: dict[str, Any]) -> Any:
    """What is equal of a training and an evaluation that were stopped: who did it, and how far."""
    sessions = provenance.get("training", [])
    return (
        {name: {session[name] for session in sessions} for name in SAME_FACTS},
        max((session["until"] for session in sessions), default=None),
        len(provenance.get("epoch_seconds", [])),
        {name: provenance["evaluation"][name] for name in SAME_FACTS},
    )


def checkpoint(path: Path) -> Any:
    """Weights, optimiser state and epochs of a checkpoint."""
    assert NAME.fullmatch(path.name)
    return {name: array.tobytes() for name, array in load_file(path).items()}


def page(path: Path) -> Any:
    """What must be equal of a rendered file that differs: only JSON may."""
    assert path.suffix == ".json", path
    body = json.loads(path.read_bytes())
    if path.name == "estimates.json":
        return sorted(json.dumps(estimate, sort_keys=True) for estimate in body["estimates"].values())
    if path.parent.name == ".laudo":
        return body["inputs"].keys(), body["files"].keys()
    return without_provenance(body)


def without_provenance(body: Any) -> Any:
    """Put the facts that are equal in place of every provenance in it."""
    if isinstance(body, dict):
        return {
            name: facts(value) if name == "provenance" else without_provenance(value) for name, value in body.items()
        }
    return body


def test_the_comparison_sees_a_byte(built: Tree, undisturbed: tuple[Ended, Path]) -> None:
    _, expected = undisturbed
    assert_same(built.root, expected)
    for name in (f"{RESULTS}/e10/42/result.json", "rendered/atividades/04-vae/espaco-latente.md", "rendered/index.md"):
        path = built.root / name
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        with pytest.raises(AssertionError):
            assert_same(built.root, expected)
        path.write_bytes(content)
    extra = built.root / "rendered" / ".left.tmp"
    extra.write_bytes(b"")
    with pytest.raises(AssertionError):
        assert_same(built.root, expected)
