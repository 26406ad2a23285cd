"""How fast the training loop is, and whether the faster paths train as the plain one: the tables of benchmarks/."""

import json
from typing import Any

from report import sources
from report.language import ptbr
from report.origins.numbers import Origin, trace
from report.origins.places import Place
from report.tables import Table
from vae.errors import LaudoError

SPEED, EQUIVALENCE = "benchmarks/speed.json", "benchmarks/equivalence.json"
LOOPS = {"notebook": "caderno", "float32": "este, em `float32`", "bfloat16": "este, em `bfloat16`"}
PATHS = {"plain": "caderno", "float32": LOOPS["float32"], "bfloat16": LOOPS["bfloat16"]}
MEBIBYTE = 2**20


def read(file: str) -> dict[str, Any]:
    """Return what a benchmark measured, its numbers with their origin.

    Raises LaudoError with the command that makes it if it is missing or cannot be read.
    """
    name = file.removesuffix(".json")
    try:
        body = json.loads(sources.read_source(file))
        body["summary"]  # what the tables show: a measurement of before has none
        traced: dict[str, Any] = trace(
            body, frozenset({Origin("medição de velocidade", (Place(file), Place(f"{name}.py")))})
        )
        return traced
    except (OSError, ValueError, LookupError, TypeError) as error:
        command = f"python -m {name.replace('/', '.')}"
        raise LaudoError(f"{file} cannot be read ({type(error).__name__}: {error}); make it with: {command}") from error


def spread(of: list[float], decimals: int) -> str:
    """Return median and range as "2,08 [2,00; 2,17]"."""
    low, middle, high = of
    return ptbr.with_interval(middle, low, high, decimals)


def speed_table(measured: dict[str, Any]) -> Table:
    """One line a loop: times the notebook's speed, images/s, seconds an epoch, share of the roofline, memory."""
    rows = []
    for name, words in LOOPS.items():
        found = measured["summary"][name]
        rows.append([
            ptbr.mark(words, found["epoch_seconds"]), spread(found["times"], 2), spread(found["images_per_second"], 0),
            ptbr.number(found["epoch_seconds"], 1, "s"), ptbr.percent(found["roofline"], 0),
            ptbr.number(found["peak_bytes"] / MEBIBYTE, 0, "MiB"),
        ])  # fmt: skip
    header = ["Laço", "Vezes o caderno", "Imagens por segundo", "Uma época", "Parte do teto", "Memória"]
    caption = (
        "O laço de treino e o de um caderno de curso, que se revezam na mesma máquina; mediana e, entre colchetes, o menor e o "
        "maior valor. O teto é a convolução mais rápida que a máquina fez em `float32`, e a conta é a do caderno para todos."
    )
    return Table(header, rows, ptbr.mark(caption, measured["peak"]["float32"]), id="velocidade")


def equivalence_table(measured: dict[str, Any]) -> Table:
    """One line a path: where it ends, and how far from the plain one with the same seed."""
    rows = []
    for name, words in PATHS.items():
        found = measured["summary"]["paths"][name]
        apart = sorted(found["apart"])
        rows.append([
            ptbr.mark(words, found["mean"]), ptbr.number(found["mean"], 2), ptbr.number(found["deviation"], 2),
            "—" if name == "plain" else ptbr.interval(apart[0], apart[-1], 2),
        ])  # fmt: skip
    header = ["Laço", "−ELBO de validação", "Desvio entre sementes", "Menos o caderno, na mesma semente"]
    caption = (
        "Fim do treino pelos três caminhos, com os mesmos pesos iniciais, lotes e ruídos, em nats por imagem. A última coluna dá "
        "a menor e a maior diferença entre as sementes."
    )
    return Table(header, rows, caption, id="equivalencia")


def context() -> dict[str, Any]:
    """Return the tables and what the section says beside them."""
    measured, agreed = read(SPEED), read(EQUIVALENCE)
    summary, paths = measured["summary"], agreed["summary"]["paths"]
    ours = ("float32", "bfloat16")
    return {
        "table": speed_table(measured),
        "equivalence_table": equivalence_table(agreed),
        "measured": measured,
        "torch": ptbr.mark(measured["versions"]["torch"]),
        "processor": ptbr.mark(measured["machine"]["processor"]),
        "agreed": agreed,
        "grid": {name: spread(summary[name]["grid_times"], 1) for name in ours},
        "farthest": {name: max(map(abs, paths[name]["apart"])) for name in ours},
        "file": ptbr.mark(SPEED),
        "equivalence_file": ptbr.mark(EQUIVALENCE),
    }
