"""What the explorer loads: models, points, images, and a description of them with the checksum of each."""

import base64
import gzip
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from report import sources
from report.evidence import Evidence
from report.language import ptbr
from report.language.labels import run_label
from vae.grid import SNAPSHOTS
from vae.metrics.holes import hole_map
from vae.storage.results import Array, dump_json, sha256

FOLDER = "dados/explorador"
DESCRIPTION = f"{FOLDER}/explorador.json"
# Below docs/assets/vendor/; docs/assets/javascripts/explorador/worker.js names the same version.
RUNTIME = "onnxruntime-web-1.30.0/ort-wasm-simd-threaded.wasm.gz"
OUTSIDE = 0.001  # share of a model's points that may lie outside of the view
HOLES_SIDE = 96  # cells a side of the map of holes
ELLIPSE = 0.95  # of a posterior's mass, within the ellipse that is drawn of it

Files = dict[str, bytes]


def explorer_files(evidence: Evidence) -> Files:
    """Return the explorer's files by path beside its page; the description last."""
    info, data = evidence.info, evidence.dataset
    images = data.array("explored_images")
    files: Files = {}
    view = view_of(evidence)
    described = {
        "classes": list(info.classes),
        "view": view,
        "holes_side": HOLES_SIDE,
        "ellipse": ELLIPSE,
        "palette": {name: _colours(theme) for name, theme in _palette()["themes"].items()},
        "ends": [int(np.flatnonzero(data.array("test_labels") == label)[0]) for label in info.interpolations[1]],
        "runtime": _asset(RUNTIME, _runtime()),
        "labels": _add(files, "classes.bin", data.array("test_labels").astype(np.uint8).tobytes()),
        "images": _add(files, "imagens.bin", np.ascontiguousarray(images).tobytes(), compress=True),
        "models": [_model(files, evidence, run, view) for run in SNAPSHOTS],
    }
    return {**files, DESCRIPTION: dump_json(described)}


def view_of(evidence: Evidence) -> float:
    """Return how far the view of the plane reaches from zero along both axes: a multiple of a half, the same for all models."""
    reach = [np.quantile(_furthest(evidence, run), 1 - OUTSIDE) for run in SNAPSHOTS]
    return max(float(np.ceil(2 * max(reach)) / 2), 0.5)


def outside(evidence: Evidence, run: str) -> int:
    """Return how many points of a model lie outside of the view."""
    return int((_furthest(evidence, run) > view_of(evidence)).sum())


def _furthest(evidence: Evidence, run: str) -> Array:
    return np.abs(evidence.headline(run).array("latent_mean").astype(np.float64)).max(axis=1)


def _model(files: Files, evidence: Evidence, run: str, view: float) -> dict[str, Any]:
    # Only here: whoever renders another page need not wait for onnx.
    from vae import export

    result, published = evidence.headline(run), evidence.published_weights(run)
    weights = export.read_weights(published)
    facts = {"run": run, "seed": str(result.seed), "weights_sha256": sha256(published), **{f"{name}_key": key for name, key in
             (("training", result.keys.training), ("evaluation", result.keys.evaluation))}}  # fmt: skip
    means, logvars = result.array("latent_mean"), result.array("latent_logvar")
    cells = (2 * np.arange(HOLES_SIDE) + 1) / HOLES_SIDE - 1
    holes = hole_map(means, logvars, view * cells)
    return {
        "run": run,
        "label": ptbr.strip_marks(run_label(evidence.spec(run))),
        "weights_sha256": facts["weights_sha256"],
        "points": _add(files, f"{run}-pontos.bin", means.astype("<f2").tobytes()),
        "decoder": _add(files, f"{run}-decodificador.onnx", export.decoder(weights, facts), compress=True),
        "encoder": _add(files, f"{run}-codificador.onnx", export.encoder(weights, facts), compress=True),
        "holes": base64.b64encode(np.packbits(holes).tobytes()).decode(),
    }


def _add(files: Files, name: str, content: bytes, compress: bool = False) -> dict[str, Any]:
    """Add a file and return what the description says of it. The checksum is of the content before it is compressed."""
    if compress:
        name, packed = f"{name}.gz", _compressed(content)
    else:
        packed = content
    files[f"{FOLDER}/{name}"] = packed
    return {"file": name, "bytes": len(packed), "sha256": sha256(content)}


@lru_cache(maxsize=2 * len(SNAPSHOTS) + 1)  # the page asks for the sizes of its files before they are written
def _compressed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def _asset(name: str, packed: bytes) -> dict[str, Any]:
    return {"file": name, "bytes": len(packed), "sha256": sha256(gzip.decompress(packed))}


def _runtime() -> bytes:
    return (Path(sources.ROOT) / "docs/assets/vendor" / RUNTIME).read_bytes()


def _palette() -> dict[str, Any]:
    from vae.figures.style import PALETTE_FILE  # matplotlib comes with it

    palette: dict[str, Any] = json.loads(PALETTE_FILE.read_bytes())
    return palette


def _colours(theme: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: theme[name] for name in ("background", "text", "muted", "grid", "ramp", "classes")}
    return kept | {"accent": theme["styles"]["series3"], "holes": theme["styles"]["refuted"]}
