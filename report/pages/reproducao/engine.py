"""The judging engine put to the test: tables and figure of its simulation, and what is to be said of them.

The numbers are those of benchmarks/engine.json, read by report/judging/calibration.py.
"""

from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from report.evidence import Evidence
from report.judging import statistics
from report.judging.calibration import COMMAND, FILE, Calibration, Single, read
from report.judging.statistics import ALPHA
from report.language import ptbr
from report.origins.numbers import Origin, constant, origins_of, trace
from report.origins.places import Place
from report.page import Plot
from report.tables import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from vae.figures.style import Theme

# Rows of the table by id, in its order, with what was compared and drawn.
SITUATIONS = {
    "one-seed": "Médias",
    "two-seeds": "Médias",
    "three-seeds": "Médias",
    "five-seeds": "Médias",
    "ten-seeds": "Médias",
    "more-images": "Médias, mais imagens",
    "seeds-alone": "Médias, só as sementes variam",
    "images-alone": "Médias, só as imagens variam",
    "interaction-alone": "Médias, cada imagem varia em cada treino",
    "heavy-tails": "Médias, caudas pesadas",
    "medians": "Medianas de uma razão assimétrica",
    "gains": "Razão entre dois ganhos",
    "neighbours": "Acerto pelos vizinhos",
    "least-apart": "Menor de dez parcelas, uma bem abaixo",
    "least-tied": "Menor de dez parcelas, todas iguais",
    "failures": "Médias, um treino em dez fracassa",
}
BY_SEEDS = ("two-seeds", "three-seeds", "five-seeds", "ten-seeds")  # the same situation, seen with ever more seeds
LIMIT = "failures"  # what five seeds cannot show to anybody
COMPARED = (*BY_SEEDS, "seeds-alone", "images-alone", "heavy-tails", "medians", "neighbours")
METHODS = {
    "engine": "motor",
    "seeds": "só as sementes",
    "images": "só as imagens",
    "satterthwaite": "Satterthwaite",
}
STYLES = {"engine": "data", "seeds": "series1", "images": "series2", "satterthwaite": "series4"}
FAMILIES = {
    "three-seeds": "todas na margem",
    "five-seeds": "todas na margem",
    "effects": "parte verdadeira, acasos em comum",
}
SIZE = "Sementes × imagens"
ORIGIN = Origin("simulação do motor de julgamento", (Place(FILE), Place("benchmarks/engine.py")))
DOUBT = 3  # standard errors of the simulation beyond which a count is not put down to its luck


def error_of(share: float, repetitions: int) -> float:
    """Return the standard error of a share counted over independent repetitions: binomial."""
    return (share * (1 - share) / repetitions) ** 0.5


def exceeds(count: int, repetitions: int, level: float) -> bool:
    """Return whether a count is more than the level allows, beyond the luck of the simulation."""
    return count / repetitions > level + DOUBT * error_of(level, repetitions)


def false_share(row: Single, method: str = "engine") -> float:
    """Return the share of experiments with a truth on the margin of which a method decided anything."""
    return (row.methods[method].confirmed + row.methods[method].refuted) / row.repetitions


def size_of(row: Single) -> str:
    """Return an experiment's seeds and images as "5 × 500"."""
    return f"{ptbr.integer(row.seeds)} × {ptbr.integer(row.images)}"


def engine_table(table: Calibration) -> Table:
    """One line a situation: false decisions, coverage, power and width of the engine."""
    rows = [_engine_row(name, table.single(name)) for name in SITUATIONS]
    header = ["Situação", SIZE, "Falsa confirmada", "Falsa refutada", "Cobertura", "Poder", "Largura"]
    caption = (
        "O motor diante de verdades conhecidas; médias, medianas e acerto são diferenças entre dois instantâneos. Falsas "
        "decisões: a verdade está exatamente na margem. Cobertura: parte dos intervalos que contêm a verdade. Poder: parte "
        "dos efeitos verdadeiros que ele confirma. Largura: a média do intervalo, em desvios-padrão das estimativas."
    )
    return Table(header, rows, caption, id="motor")


def methods_table(table: Calibration) -> Table:
    """One line a situation: share of false decisions of the engine and of each competitor."""
    rows = []
    for name in COMPARED:
        row = table.single(name)
        rows.append([
            SITUATIONS[name], size_of(row),
            *(ptbr.percent(false_share(row, method)) for method in METHODS),
        ])  # fmt: skip
    header = ["Situação", SIZE, *(name.capitalize() for name in METHODS.values())]
    caption = (
        "Decisões falsas, de um lado ou de outro, quando a verdade está exatamente na margem: o motor, e três modos usuais de "
        "calcular o intervalo com os mesmos dados."
    )
    return Table(header, rows, caption, id="motor-erros")


def families_table(table: Calibration) -> Table:
    """One line a family: share of families with any false decision, by method."""
    methods = {"engine": "motor", "uncorrected": "motor sem Holm", **METHODS}
    rows = []
    for name in FAMILIES:
        row = table.family(name)
        shares = [ptbr.percent(row.erred[method] / row.repetitions) for method in methods]
        rows.append([FAMILIES[name], ptbr.integer(row.seeds), *shares])
    header = ["Verdades", "Sementes", *(words[0].upper() + words[1:] for words in methods.values())]
    caption = (
        "Famílias em que houve ao menos uma decisão falsa. Fora a coluna que diz o contrário, todas as contas têm a correção "
        "de Holm."
    )
    return Table(header, rows, caption, id="motor-familias")


def draw_by_seeds(evidence: Evidence, theme: "Theme") -> "Figure":
    """False decisions against the number of seeds, a line a method, and the level that is promised."""
    from vae import figures

    table = read()
    rows = [table.single(name) for name in BY_SEEDS]
    seeds = [row.seeds for row in rows]
    curves = []
    for method, words in METHODS.items():
        shares = np.array([false_share(row, method) for row in rows])
        luck = 2 * np.array([error_of(share, row.repetitions) for share, row in zip(shares, rows, strict=True)])
        low, high = 100 * (shares - luck), 100 * (shares + luck)
        curves.append(figures.Curve(words, STYLES[method], seeds, 100 * shares, low=low, high=high))
    curves.append(figures.Curve("prometido", "muted", seeds, [100 * ALPHA] * len(seeds)))
    return figures.learning_curves(
        [figures.Panel("", curves)],
        theme=theme,
        x_label="sementes de treino",
        y_label="decisões falsas (%)",
        solid_label="",
        dashed_label="",
        tick_format=ptbr.tick_format(0),
    )


BY_SEEDS_PLOT = Plot(
    "motor-sementes",
    draw_by_seeds,
    caption="Decisões falsas numa diferença de médias cuja verdade está na margem, conforme o número de sementes. A linha "
    "cinzenta é o que se promete: no máximo {{ engine.level | percent(0) }}. As faixas são dois erros-padrão da contagem.",
    alt="Decisões falsas, de {{ engine.fewest }} a "
    "{{ engine.most | plural('semente', 'sementes') }}: {% for name, first, last in engine.lines %}"
    "{{ name }}, de {{ first | percent }} a {{ last | percent }}{{ '.' if loop.last else '; ' }}{% endfor %}",
)


def context() -> dict[str, Any]:
    """Return what the section says of the simulation: its tables, its sizes, and which counts are too many."""
    table: Calibration = trace(read(), frozenset({ORIGIN}))
    level = constant(statistics, "ALPHA")
    several = [row for row in (table.single(name) for name in SITUATIONS if name != LIMIT) if row.seeds > 1]
    first, last = (table.single(name) for name in (BY_SEEDS[0], BY_SEEDS[-1]))
    repetitions = min(row.repetitions for row in table.singles)
    return {
        "engine_table": engine_table(table),
        "methods_table": methods_table(table),
        "families_table": families_table(table),
        "file": ptbr.mark(FILE),
        "command": ptbr.mark(COMMAND),
        "outdated": table.outdated,
        "level": level,
        "ideal": trace(2 * NormalDist().inv_cdf(1 - ALPHA / 2), origins_of(level)),
        "resamples": table.resamples,
        "effect": table.effect,
        "repetitions": repetitions,
        "error": error_of(level, repetitions),
        "fewest": first.seeds,
        "most": last.seeds,
        "lines": [(words, false_share(first, name), false_share(last, name)) for name, words in METHODS.items()],
        "row": table.single,
        "family": table.family,
        "shares": shares_of,
        "erred": lambda row, method: row.erred[method] / row.repetitions,
        "name": situation,
        "worst_confirmed": max(several, key=lambda row: shares_of(row)["confirmed"]),
        "worst_covered": min(several, key=lambda row: shares_of(row)["covered"]),
        "failing": [situation(row) for row in several if _fails(row)],
        "failing_families": [row for row in table.families if exceeds(row.erred["engine"], row.repetitions, ALPHA)],
    }


def situation(row: Single) -> str:
    """Return a row's name as part of a sentence, with its number of seeds."""
    name = SITUATIONS[row.id]
    return f"{name[0].lower()}{name[1:]}, {ptbr.plural(row.seeds, 'semente', 'sementes')}"


def _fails(row: Single) -> bool:
    """Return whether the engine decides falsely, or misses the truth, more often than it says."""
    counts = row.methods["engine"]
    sides = (exceeds(count, row.repetitions, ALPHA / 2) for count in (counts.confirmed, counts.refuted))
    return any(sides) or exceeds(row.repetitions - counts.covered, row.repetitions, ALPHA)


def shares_of(row: Single, method: str = "engine") -> dict[str, float]:
    """Return a method's counts as shares of the repetitions."""
    counts = row.methods[method]
    names = ("covered", "confirmed", "refuted", "found")
    return {name: getattr(counts, name) / row.repetitions for name in names} | {"false": false_share(row, method)}


def _engine_row(name: str, row: Single) -> list[str]:
    shares = shares_of(row)
    return [
        SITUATIONS[name], size_of(row),
        *(ptbr.percent(shares[key]) for key in ("confirmed", "refuted", "covered", "found")),
        ptbr.number(row.methods["engine"].width, 1),
    ]  # fmt: skip
