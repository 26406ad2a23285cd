"""Evidence whose numbers remember where they came from (report/origins/numbers.py), and the context of a page that uses it."""

import dataclasses
import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import vae.grid
from report import sources
from report.evidence import Evidence, headline_of
from report.judging import claims as engine
from report.judging.sample import Sample
from report.judging.statistics import Estimate, Samples
from report.metrics import METRICS
from report.origins import dataflow, places, reads
from report.origins.numbers import Origin, Origins, Result, trace
from report.origins.places import GRID, Place
from report.page import Page
from vae.data.datasets import DatasetInfo
from vae.grid import FIRST_SEED, Grid
from vae.spec import MADE_ONCE, DatasetSpec, EvaluationSpec, RunSpec, Spec
from vae.storage.results import Array, RunResult

DATASETS, PROVENANCE = "vae/data/datasets.py", "vae/storage/provenance.py"


class TracedEvidence(Evidence):
    """Evidence that puts their origins on the numbers it gives, and notes what was read on which line."""

    def __getattribute__(self, name: str) -> Any:
        if name in _FIELDS:
            # Counting verdicts, or going through the grid, reads nothing that could carry an origin.
            found = super().__getattribute__("verdicts").values() if name == "verdicts" else ()
            reads.note(result for verdict in found for result in rests_on(verdict))
        return super().__getattribute__(name)

    def seeds(self, run: str) -> Mapping[int, RunResult]:
        found = super().seeds(run)
        reads.note((run, seed) for seed in found)
        results = (self._traced(result) for result in found.values())
        return {result.seed: result for result in results}

    def headline(self, run: str) -> RunResult:
        result = headline_of(super().seeds(run))  # the others are not read
        reads.note([(run, result.seed)])
        return self._traced(result)

    def device(self, run: str) -> str:
        device: str = trace(super().device(run), _score_origins(self.headline(run), "device"))
        return device

    def spec(self, run: str) -> RunSpec:
        reads.note((run, seed) for seed in self.grid.seeds_of(run))
        return super().spec(run)

    def paired(self, runs: Iterable[str]) -> Evidence:
        # To carry verdicts over is not to read them: what is made of the pair would have all the grid for its origin.
        own = {name: object.__getattribute__(self, name) for name in _FIELDS}
        return TracedEvidence(**own | {"samples": own["samples"].paired(runs)})

    def estimate(self, statistic: Callable[..., Array | float], *runs: str) -> Estimate:
        found = super().estimate(statistic, *runs)
        results = results_of(self.samples.seeds(runs), runs)
        reads.note(results)
        place = places.of_function(statistic)
        origin = Origin(f"estatística `{statistic_name(statistic)}`", (place,), results)
        estimate: Estimate = trace(found, frozenset({origin}))
        return estimate

    @functools.cached_property
    def _kept(self) -> dict[Result, RunResult]:
        return {}

    def _traced(self, result: RunResult) -> RunResult:
        key = (result.run, result.seed)
        if key not in self._kept:
            self._kept[key] = _traced_result(result)
        return self._kept[key]


class TracedSamples(Samples):
    """Samples that note who takes one."""

    def sample(self, run: str, seed: int) -> Sample:
        reads.note(results_of([seed], [run]))
        return super().sample(run, seed)


_FIELDS = frozenset(field.name for field in dataclasses.fields(Evidence))


def traced(evidence: Evidence) -> Evidence:
    """Return evidence whose specs, sizes, scores, estimates and verdicts carry their origins."""
    if isinstance(evidence, TracedEvidence):
        return evidence
    return TracedEvidence(**_fields(evidence) | {
        "grid": traced_grid(evidence.grid),
        "samples": TracedSamples(**_fields(evidence.samples) | {"info": traced_info(evidence.info)}),
        "verdicts": {name: traced_verdict(verdict) for name, verdict in evidence.verdicts.items()},
    })  # fmt: skip


def _fields(owner: Any) -> dict[str, Any]:
    return {field.name: getattr(owner, field.name) for field in dataclasses.fields(owner)}


def traced_grid(grid: Grid) -> Grid:
    """Return a grid whose numbers have the origins of specs: of a run its line in the grid, of a size its field."""
    seeds = Origin(
        "sementes da grade", tuple(places.of_constant(vae.grid, name) for name in ("FIRST_SEED", "SEEDS", "RUNS"))
    )
    return dataclasses.replace(
        grid,
        runs=tuple(_traced_spec(spec, grid) for spec in grid.runs),
        classifier=_traced_spec(grid.classifier, grid),
        run_seeds={name: trace(own, frozenset({seeds})) for name, own in grid.run_seeds.items()},
        evaluation=_with_fields(grid.evaluation, _evaluation_origin),
    )


def traced_info(info: DatasetInfo) -> DatasetInfo:
    """Return the facts of a data set with their origins: the line that states each."""

    def origin(owner: Any, name: str) -> Origin:
        results = frozenset({(DatasetSpec.name, FIRST_SEED)})
        return Origin(f"conjunto de dados: `{name}`", (places.of_keyword(DATASETS, name, info.name),), results)

    return _with_fields(info, origin)


def traced_verdict(verdict: engine.Verdict) -> engine.Verdict:
    """Return a verdict whose numbers, its claim's margin and id included, have the claim as their origin."""
    claim = verdict.claim
    facts = engine.evidence(verdict)
    place = Place(facts["file"], facts["line"])
    origins = frozenset({Origin(claim.measure, (place,), rests_on(verdict), claim.id)})
    followed: engine.Verdict = trace(verdict, origins)
    return followed


def rests_on(verdict: engine.Verdict) -> frozenset[Result]:
    """Return the results that a verdict was judged by: of the seeds that all its runs have."""
    return results_of(verdict.estimate.per_seed if verdict.estimate else (), verdict.claim.needs)


def results_of(seeds: Iterable[int], runs: Iterable[str]) -> frozenset[Result]:
    """Return the results that a statistic of some runs over some seeds was read from."""
    listed = list(seeds)
    return frozenset((run, seed) for run in runs for seed in ([FIRST_SEED] if run in MADE_ONCE else listed))


def statistic_name(statistic: Callable[..., Any]) -> str:
    """Return the name of a statistic's function, that in which it is written if it has none itself."""
    names = places.unwrapped(statistic).__qualname__.split(".")
    return next((name for name in reversed(names) if not name.startswith("<")), names[-1])


def followed_context(page: Page, evidence: Evidence, made: reads.Reads) -> dict[str, Any]:
    """Return what a page's own context gives, its plain numbers traced to the reads that they were made from.

    made: where these reads are kept. A number that was made from none of them has no origin.
    """
    with reads.recording(made):
        values = page.context(evidence)
    path, known, others = dataflow.entries(page.context)
    context = {}
    for name, value in values.items():
        nodes = [known[name]] if name in known else others
        found = made.of(path, nodes)
        if callable(value):
            context[name] = _followed_function(name, value, made, found)
        elif found is not None:
            origin = Origin(f"cálculo da página: `{name}`", (Place(path, nodes[0].lineno),), frozenset(found))
            context[name] = trace(value, frozenset({origin}), deep=False)
        else:
            context[name] = value
    return context


def _followed_function(
    name: str, function: Callable[..., Any], made: reads.Reads, found: set[Result] | None
) -> Callable[..., Any]:
    """Return a function for a template: the plain numbers that it gives have the origin of what it read when called."""

    @functools.wraps(function)
    def followed(*arguments: Any, **options: Any) -> Any:
        with reads.recording(reads.Reads(outer=made)) as own:
            value = function(*arguments, **options)
        results = own.everything()
        results = found if results is None else results
        if results is None:
            return value
        place = places.of_function(function)
        origin = Origin(f"cálculo da página: `{name}`", (place,), frozenset(results))
        return trace(value, frozenset({origin}), deep=False)

    return followed


def _traced_result(result: RunResult) -> RunResult:
    line = sources.definition(PROVENANCE, "facts")[1]
    made = frozenset({Origin("procedência", (Place(PROVENANCE, line),), frozenset({(result.run, result.seed)}))})
    return dataclasses.replace(
        result,
        scores={name: trace(value, _score_origins(result, name)) for name, value in result.scores.items()},
        **{name: trace(getattr(result, name), made) for name in ("seed", "keys", "provenance")},
    )


def _score_origins(result: RunResult, name: str) -> Origins:
    place = places.of_score(name)
    what = METRICS[name].label if name in METRICS else f"`{name}`"
    return frozenset({Origin(what, (place,) if place else (), frozenset({(result.run, result.seed)}))})


def _traced_spec(spec: Any, grid: Grid) -> Any:
    results = frozenset((spec.name, seed) for seed in grid.seeds_of(spec.name))
    stated = _varying(grid.runs)

    def origin(owner: Spec, name: str) -> Origin:
        line = places.of_text(GRID, spec.name)  # none for what is no run
        place = line if name in stated and line.line else places.of_field(type(owner), name)
        return Origin(f"especificação: `{name}`", (place,), results)

    return _with_fields(spec, origin)


def _varying(specs: Iterable[Any]) -> set[str]:
    """Return the fields in which specs differ: what the grid says of each run; the others are what all runs share."""
    values: dict[str, set[Any]] = {}
    for spec in specs:
        for field in dataclasses.fields(spec):
            values.setdefault(field.name, set()).add(getattr(spec, field.name))
    differing = {name for name, found in values.items() if len(found) > 1}
    nested = [name for name, found in values.items() if all(dataclasses.is_dataclass(value) for value in found)]
    return differing.union(*(_varying(values[name]) for name in nested))


def _evaluation_origin(owner: EvaluationSpec, name: str) -> Origin:
    declared = next(field.default for field in dataclasses.fields(owner) if field.name == name)
    usual = getattr(owner, name) == declared
    place = places.of_field(EvaluationSpec, name) if usual else places.of_keyword(GRID, name)
    return Origin(f"tamanho da avaliação: `{name}`", (place,))


def _with_fields(owner: Any, origin: Callable[[Any, str], Origin]) -> Any:
    """Return a dataclass, and those in its fields, with the origin of each of its fields on it."""
    return dataclasses.replace(owner, **{
        name: _with_fields(value, origin) if dataclasses.is_dataclass(value) else trace(value, frozenset({origin(owner, name)}))
        for name, value in _fields(owner).items()
    })  # fmt: skip
