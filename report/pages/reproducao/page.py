"""The page: its runs, claims, figures, and what its text is given."""

from typing import Any

import vae.reproduction.tolerances
import vae.spec
from report.evidence import Evidence, devices
from report.judging import calibration
from report.language import ptbr
from report.language.labels import run_label
from report.language.untrusted import code, plain
from report.origins.numbers import constant
from report.page import Page
from report.pages.reproducao import engine, speed
from report.tables import Table
from vae.grid import RUNS
from vae.spec import DatasetSpec, RunSpec
from vae.storage.results import RunResult

SHORT = 12  # hexadecimal digits of a commit or key that are shown


def trainings(evidence: Evidence) -> Table:
    """One line a run and seed: when, where and how long it was trained."""
    rows = []
    for name, spec in evidence.grid.specs.items():
        if isinstance(spec, DatasetSpec):
            continue
        for seed, result in sorted(evidence.seeds(name).items()):
            finished = result.provenance["training"][-1]["finished"]
            seconds = sum(result.provenance["epoch_seconds"])
            rows.append([
                f"`{ptbr.mark(name)}`", ptbr.mark(str(seed), seed), run_label(spec) if isinstance(spec, RunSpec) else "classificador",
                ptbr.short_date(finished), ptbr.duration(seconds), ptbr.mark(plain(devices(result)), seed),
            ])  # fmt: skip
    header = ["Treino", "Semente", "Modelo", "Terminou em", "Tempo de treino", "Dispositivo"]
    caption = "Treinos deste relatório. O tempo é o da trajetória até a última época do treino, sem a validação."
    return Table(header, rows, caption, id="treinos", numeric=False)


def versions(evidence: Evidence) -> Table:
    """Software of training and evaluation, each distinct combination once."""
    seen: dict[tuple[str, ...], list[str]] = {}
    fields = ("commit", "dirty", "python", "torch", "numpy", "platform")
    for name in evidence.grid.specs:
        for seed, result in sorted(evidence.seeds(name).items()):
            sessions = [("treino", session) for session in result.provenance.get("training", [])]
            for stage, facts in [*sessions, ("avaliação", result.provenance["evaluation"])]:
                labels = seen.setdefault((stage, *(str(facts[field]) for field in fields)), [])
                if f"{name}/{seed}" not in labels:
                    labels.append(f"{name}/{seed}")
    rows = []
    for (stage, commit, dirty, *rest), labels in seen.items():
        shown = ptbr.mark(code(commit[:SHORT])) + (" (com alterações)" if dirty == "yes" else "")
        rows.append([stage, shown, *(ptbr.mark(plain(value)) for value in rest), ptbr.mark(", ".join(labels))])
    header = ["Etapa", "Commit", "Python", "torch", "numpy", "Sistema", "Resultados"]
    return Table(header, rows, "Código e versões de cada resultado.", id="versoes", numeric=False)


def keys(evidence: Evidence) -> Table:
    """The keys that the stored results carry."""
    rows = []
    for name in evidence.grid.specs:
        result: RunResult = evidence.headline(name)
        rows.append([
            f"`{ptbr.mark(name)}`", f"`{ptbr.mark(result.keys.training[:SHORT])}`",
            f"`{ptbr.mark(result.keys.evaluation[:SHORT])}`", f"`{ptbr.mark(f'{evidence.grid.folder}/{name}/{result.seed}/')}`",
        ])  # fmt: skip
    header = ["Treino", "Chave do treino", "Chave da avaliação", "Pasta"]
    return Table(header, rows, "Chaves de cada resultado, da primeira semente.", id="chaves", numeric=False)


def retrained(evidence: Evidence) -> dict[str, Any] | None:
    """Return the seeds whose short training is no beginning of the long one, and how far apart their losses then are.

    most: the largest difference of the validation -ELBO after the short training, nats. None where there is no such seed.
    """
    apart = {}
    for seed, short in evidence.seeds("e10").items():
        if seed in evidence.seeds("e100"):
            losses = [run.history["validation_neg_elbo"] for run in (short, evidence.seeds("e100")[seed])]
            if losses[0] != losses[1][: len(losses[0])]:
                apart[seed] = abs(losses[0][-1] - losses[1][len(losses[0]) - 1])
    return {"seeds": sorted(apart), "most": max(apart.values())} if apart else None


def context(evidence: Evidence) -> dict[str, Any]:
    """Tables, the numerics versions, and the simulation of the judging engine."""
    return {
        "trainings": trainings(evidence),
        "versions": versions(evidence),
        "retrained": retrained(evidence),
        "keys": keys(evidence),
        "numerics": {
            "training": constant(vae.spec, "TRAINING_NUMERICS"),
            "evaluation": constant(vae.spec, "EVALUATION_NUMERICS"),
        },
        "files": [(ptbr.mark(name), ptbr.mark(digest)) for name, digest in evidence.info.files.items()],
        "sizes": evidence.grid.evaluation,
        "example": ptbr.mark("e50"),
        "again": ptbr.mark("e200-n600"),
        "tolerances": {
            name.lower(): constant(vae.reproduction.tolerances, name)
            for name in ("LOSSES", "EPOCH_LOSSES", "KL", "SHARES", "SCALES", "OWN", "CLASSES")
        },
        "engine": engine.context(),
        "speed": speed.context(),
    }


PAGE = Page(
    slug="reproducao",
    title="Reprodução",
    description="De onde vem cada número, com que versões, e os comandos que o refazem.",
    runs=(*(row.name for row in RUNS), "classifier"),
    beside=(),
    figures=(engine.BY_SEEDS_PLOT,),
    context=context,
    made_from=(*calibration.ENGINE, calibration.FILE),  # it says whether the engine is still the one that was simulated
)
