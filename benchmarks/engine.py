"""The judging engine put to the test: python -m benchmarks.engine writes benchmarks/engine.json.

Nothing in the file depends on when or how fast it was made: the same code gives the same table. --quick divides the
repetitions by ten and writes nothing.
"""

import argparse
import dataclasses
import functools
import platform
import time
import zlib
from collections.abc import Callable, Mapping
from importlib.metadata import version

import numpy as np

from benchmarks import families, trials
from benchmarks.experiments import Experiment, error_alone, failing, gains, heavy, least, means, medians, neighbours
from report.judging.calibration import FILE, Calibration, Single, engine_digest
from report.sources import ROOT
from vae.storage.results import dump_json

SEED = 20_140_427
RESAMPLES = 200  # of the images: an error known to 5 %, which the degrees of freedom account for
SINGLE, FAMILY = 2_000, 1_000  # repetitions

both = functools.partial(means, seed_sd=0.1, image_sd=1.0, noise_sd=0.3)  # 5 seeds, 500 images: errors of one size

# id -> experiment, seeds, images.
SINGLES: Mapping[str, tuple[Experiment, int, int]] = {
    "one-seed": (both(), 1, 500),
    "two-seeds": (both(), 2, 500),
    "three-seeds": (both(), 3, 500),
    "five-seeds": (dataclasses.replace(both(), alone=error_alone), 5, 500),
    "ten-seeds": (both(), 10, 500),
    "more-images": (both(), 5, 1_000),
    "seeds-alone": (means(0.1, 0.0, 0.0), 5, 500),
    "images-alone": (means(0.0, 1.0, 0.0), 5, 500),
    "interaction-alone": (means(0.0, 0.0, 1.0), 5, 500),
    "heavy-tails": (both(seeds=heavy, images=heavy), 5, 200),
    "medians": (medians(), 5, 500),
    "gains": (gains(), 5, 500),
    "neighbours": (neighbours(), 5, 1_000),
    "least-apart": (least(0.8), 5, 1_000),
    "least-tied": (least(0.5), 5, 1_000),
    "failures": (means(0.1, 0.3, 0.3, seeds=failing), 5, 500),
}

# id -> design, seeds, images. At least as many claims as the report tests; a test sees to that.
FAMILIES: Mapping[str, tuple[families.Design, int, int]] = {
    "three-seeds": (families.Design(80), 3, 200),
    "five-seeds": (families.Design(80), 5, 200),
    "effects": (families.Design(80, effects=35, size=8.0, shared=0.5), 5, 200),
}


def simulate(fraction: int, tell: Callable[[str], None]) -> Calibration:
    """Return the table with its repetitions divided by fraction; every row has random numbers of its own."""
    digest = engine_digest()  # first, so that what is edited meanwhile counts as a change
    singles, judged = [], []
    for name, (experiment, seeds, images) in SINGLES.items():
        times = SINGLE // fraction
        counts = trials.count(experiment, seeds, images, times, RESAMPLES, _generator(name))
        singles.append(Single(name, seeds, images, times, counts))
        tell(f"{name}: {counts['engine']}")
    for name, (design, seeds, images) in FAMILIES.items():
        times = FAMILY // fraction
        judged.append(families.count(name, design, seeds, images, times, RESAMPLES, _generator(f"family {name}")))
        tell(f"family {name}: {judged[-1].erred} {judged[-1].found}")
    versions = {"python": platform.python_version(), "numpy": version("numpy"), "scipy": version("scipy")}
    return Calibration(digest, SEED, RESAMPLES, trials.EFFECT, versions, tuple(singles), tuple(judged))


def _generator(name: str) -> np.random.Generator:
    return np.random.default_rng([SEED, zlib.crc32(name.encode())])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engine", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the repetitions; writes nothing")
    quick = parser.parse_args().quick
    start = time.monotonic()
    table = simulate(10 if quick else 1, print)
    print(f"{time.monotonic() - start:.0f} s")
    if not quick:
        (ROOT / FILE).write_bytes(dump_json(dataclasses.asdict(table)))
        print(f"{FILE} written; the page shows it: python build.py --section reproducao")


if __name__ == "__main__":
    main()
