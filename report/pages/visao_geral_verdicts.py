"""What the overview says of verdicts: which were decided beyond doubt, and on how many seeds its numbers stand."""

from report import ptbr
from report.claims import Verdict, VerdictKind
from report.evidence import Evidence
from report.labels import run_label
from report.pages.placar_rows import in_order
from vae.grid import REFERENCE_RUNS

FIRMEST = 4  # decided claims of a kind that the overview tells


def firmest(evidence: Evidence, kind: VerdictKind) -> list[Verdict]:
    """Return the verdicts of a kind that are the least likely by chance, at most FIRMEST, by number."""
    found = [verdict for verdict in evidence.verdicts.values() if verdict.kind is kind]
    return in_order(sorted(found, key=lambda verdict: verdict.adjusted_p or 0.0)[:FIRMEST])


def repeated(evidence: Evidence) -> dict[int, str]:
    """Return the names of the reference's runs by how many seeds each was trained with."""
    labels: dict[int, list[str]] = {}
    for run in REFERENCE_RUNS:
        labels.setdefault(len(evidence.grid.seeds_of(run)), []).append(run_label(evidence.spec(run)))
    return {seeds: ptbr.join(f"**{name}**" for name in names) for seeds, names in labels.items()}
