"""What the explorer loads: every file is there, is what its checksum says, and holds what the results hold."""

import base64
import dataclasses
import gzip
import io
import json
import re
from typing import Any

import numpy as np
import onnx
import pytest
from PIL import Image

from report.evidence import Evidence
from report.language import ptbr
from report.pages.explorador import page as explorador
from report.pages.explorador.files import (
    DESCRIPTION,
    FOLDER,
    HOLES_SIDE,
    RUNTIME,
    explorer_files,
    outside,
    view_of,
)
from report.pages.geracao import figures as geracao_figures
from report.sources import ROOT
from tests.report.synthetic import evidence_of, synthetic_evidence, synthetic_results, weights_of
from tests.report.test_pages import text_of
from vae.errors import LaudoError
from vae.grid import SNAPSHOTS, make_grid
from vae.storage.results import sha256

SCRIPTS = ROOT / "docs/assets/javascripts/explorador"


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return synthetic_evidence(n_seeds=2)


@pytest.fixture(scope="module")
def files(evidence: Evidence) -> dict[str, bytes]:
    return explorer_files(evidence)


@pytest.fixture(scope="module")
def described(files: dict[str, bytes]) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(files[DESCRIPTION])
    return read


def content_of(files: dict[str, bytes], asset: dict[str, Any]) -> bytes:
    packed = files[f"{FOLDER}/{asset['file']}"]
    return gzip.decompress(packed) if asset["file"].endswith(".gz") else packed


def assets(described: dict[str, Any]) -> list[dict[str, Any]]:
    models = described["models"]
    return [described["labels"], described["images"], *(model[name] for model in models for name in ("points", "decoder", "encoder"))]  # fmt: skip


def test_every_file_is_described_with_its_size_and_checksum(files: dict[str, bytes], described: dict[str, Any]) -> None:
    listed = assets(described)
    assert {f"{FOLDER}/{asset['file']}" for asset in listed} | {DESCRIPTION} == set(files)
    for asset in listed:
        assert len(files[f"{FOLDER}/{asset['file']}"]) == asset["bytes"]
        assert sha256(content_of(files, asset)) == asset["sha256"]


def test_points_and_images_are_those_of_the_results(
    evidence: Evidence, files: dict[str, bytes], described: dict[str, Any]
) -> None:
    images = np.frombuffer(content_of(files, described["images"]), np.uint8).reshape(-1, 28, 28)
    np.testing.assert_array_equal(images, evidence.dataset.array("explored_images"))
    labels = np.frombuffer(content_of(files, described["labels"]), np.uint8)
    np.testing.assert_array_equal(labels, evidence.labels)
    assert [model["run"] for model in described["models"]] == list(SNAPSHOTS)
    for model in described["models"]:
        points = np.frombuffer(content_of(files, model["points"]), "<f2").reshape(-1, 2)
        np.testing.assert_array_equal(points, evidence.headline(model["run"]).array("latent_mean"))
        assert len(np.unpackbits(np.frombuffer(base64.b64decode(model["holes"]), np.uint8))) == HOLES_SIDE**2


def test_a_model_names_the_result_that_it_comes_from(
    evidence: Evidence, files: dict[str, bytes], described: dict[str, Any]
) -> None:
    for model in described["models"]:
        result = evidence.headline(model["run"])
        for part in ("decoder", "encoder"):
            read = onnx.load_from_string(content_of(files, model[part]))
            facts = {entry.key: entry.value for entry in read.metadata_props}
            assert facts == {
                "run": model["run"], "seed": "42", "weights_sha256": sha256(weights_of(model["run"], 42)),
                "training_key": result.keys.training, "evaluation_key": result.keys.evaluation,
            }  # fmt: skip
        assert model["weights_sha256"] == sha256(weights_of(model["run"], 42))


def test_the_view_holds_all_but_a_thousandth_of_the_points(evidence: Evidence) -> None:
    view = view_of(evidence)
    assert view % 0.5 == 0
    shares = [outside(evidence, run) / len(evidence.labels) for run in SNAPSHOTS]
    assert max(shares) <= 0.01
    furthest = max(np.abs(evidence.headline(run).array("latent_mean")).max() for run in SNAPSHOTS)
    assert furthest > view - 0.5 or max(shares) > 0


def test_the_view_of_points_that_are_all_at_zero_is_not_empty() -> None:
    grid = make_grid(seeds=1)
    results = synthetic_results(grid, np.random.default_rng(0))
    for run in SNAPSHOTS:
        (result,) = results[run].values()
        still = np.zeros_like(result.array("latent_mean"))
        results[run] = {result.seed: dataclasses.replace(result, arrays={**result.arrays, "latent_mean": still})}
    collapsed = Evidence(grid, evidence_of(grid, results).samples, {}, weights=weights_of)
    assert view_of(collapsed) == 0.5
    assert explorer_files(collapsed)


def test_the_runtime_is_the_one_that_the_worker_imports(described: dict[str, Any]) -> None:
    path = ROOT / "docs/assets/vendor" / RUNTIME
    packed = path.read_bytes()
    assert described["runtime"] == {
        "file": RUNTIME, "bytes": len(packed), "sha256": sha256(gzip.decompress(packed)),
    }  # fmt: skip
    imported = re.findall(r'from "\.\./\.\./vendor/([^"]+)"', (SCRIPTS / "worker.js").read_text())
    assert [name.split("/")[0] for name in imported] == [RUNTIME.split("/")[0]]
    assert (path.parent / imported[0].split("/")[1]).is_file()


def test_without_published_weights_the_page_says_how_to_get_them(evidence: Evidence) -> None:
    lost = dataclasses.replace(evidence, weights=lambda run, seed: None)
    with pytest.raises(LaudoError, match=r"weights of e10/42 .* --retrain e10"):
        explorer_files(lost)


def test_the_page_tells_holes_of_the_models_that_it_loads_and_not_a_mean_over_seeds(evidence: Evidence) -> None:
    text = ptbr.strip_marks(text_of(explorador.PAGE, evidence)).replace(ptbr.NO_BREAK, " ")
    for run in SNAPSHOTS:
        assert f"{ptbr.strip_marks(ptbr.percent(evidence.headline(run).score('hole_mass')))} no " in text
    picture = np.asarray(Image.open(io.BytesIO(explorador.draw_plane(evidence))).convert("RGB")).astype(int)
    orange = picture.max(axis=2) != picture.min(axis=2)
    count = explorador.context(evidence)["hole_count"]
    assert count == geracao_figures.plane_holes(evidence, "e100")[1::2, 1::2][:10, :10].sum()
    side = picture.shape[0] // 28
    assert f"o contorno marca os quadros que caem em buracos, {count} de {side**2}." in text
    assert 0 < orange.reshape(side, 28, side, 28).any(axis=(1, 3)).sum() <= count


def test_the_map_of_tones_is_not_called_confidence(evidence: Evidence) -> None:
    text = text_of(explorador.PAGE, evidence)
    assert "**O contraste**" in text and "confian" not in text.lower()
