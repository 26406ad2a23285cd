"""Whatever the runs show, every page renders, its verdicts follow their estimates, its sentences their verdicts.

Results are drawn from the whole legal range of every number (tests/report/drawn.py). A test's name holds the seed of its
draw. LAUDO_DRAWS=500 draws that many.
"""

import dataclasses
import functools
import itertools
import os
import re

import numpy as np
import pytest

from report.evidence import Evidence
from report.judging.claims import Verdict, VerdictKind
from report.judging.statistics import ALPHA, SHARE, UNBOUNDED, Samples, crossed_errors, half_width
from report.language import ptbr
from report.metrics import METRICS
from report.page import PAGES_DIR, Page
from report.rendering.environment import make_environment
from report.rendering.medium import verdict_mark
from report.rendering.render import Rendering, render_page
from report.sections import PAGES
from tests.report.drawn import drawn_results
from tests.report.synthetic import evidence_of
from tests.report.test_pages import text_of
from vae.grid import REFERENCE_RUNS, make_grid

DRAWS = range(int(os.environ.get("LAUDO_DRAWS", "12")))
RESAMPLES = 40  # intervals are rough, and must be obeyed all the same
Sayings = dict[str, dict[VerdictKind, str]]
DECIDED = (VerdictKind.CONFIRMED, VerdictKind.REFUTED)
PILL = re.compile(r'<span class="verdict verdict--[a-z-]+">([^<]+)</span>')
# What no reader may see: values that are none, Jinja left over, marks left over, an interval that is not there.
BROKEN = re.compile(
    r"(?<![\w-])(?:nan|None|inf|undefined|Undefined|True|False)(?!\w)|{{|{%|}}|%}|[\ue000-\uf8ff]|∞|\(intervalo \)|"
    r"[+\u2212]{2}"
)
CODE = re.compile(r"^ *```.*?^ *```|`[^`\n]+`|\\\[.*?\\\]|\\\(.*?\\\)", re.DOTALL | re.MULTILINE)


@functools.lru_cache(maxsize=1)
def drawn_evidence(seed: int) -> Evidence:
    """Judge one draw; one in four is of a data set without garments, one in three of a single training."""
    rng = np.random.default_rng(seed)
    grid = make_grid("full", "digits" if seed % 4 == 3 else "fashion-mnist", (1, 3, 5)[seed % 3])
    return evidence_of(grid, drawn_results(grid, rng), RESAMPLES)


@pytest.mark.parametrize("seed", DRAWS, ids="seed {}".format)
def test_whatever_the_runs_show(seed: int) -> None:
    evidence = drawn_evidence(seed)
    faults, said = [*misjudged(evidence), *out_of_bounds(evidence)], sayings(evidence)
    for page in PAGES:
        marked = text_of(page, evidence)
        faults += [f"{page.slug}: typed: {found}" for found in ptbr.unmarked_digits(marked)]
        faults += [f"{page.slug}: from nowhere: {found}" for found in ptbr.unfollowed(marked)]
        text = ptbr.strip_marks(marked)
        faults += [f"{page.slug}: broken: {near(text, found)}" for found in BROKEN.finditer(CODE.sub("", text))]
        faults += misquoted(page, evidence, text, said)
    assert not faults, f"seed {seed}:\n" + "\n".join(faults)


@pytest.mark.parametrize("kind", [*DECIDED, VerdictKind.INCONCLUSIVE])
def test_whatever_the_verdicts_are(kind: VerdictKind) -> None:
    """Every verdict forced to be the same: no page keeps a sentence, or a pill, of another."""
    evidence = forced(drawn_evidence(1), kind)
    said = sayings(drawn_evidence(1))
    texts = {page: ptbr.strip_marks(text_of(page, evidence)) for page in PAGES}
    assert [fault for page, text in texts.items() for fault in misquoted(page, evidence, text, said)] == []


@pytest.mark.parametrize("page", [page for page in PAGES if page.quotes], ids=lambda page: page.slug)
def test_text_that_turns_on_a_verdict_has_words_for_each(page: Page) -> None:
    """A template that asks for a verdict's kind says three different things of it, beside the claim's own sentence."""
    evidence = drawn_evidence(1)
    said = sayings(evidence)
    template = (PAGES_DIR / page.template).read_text()
    for claim_id in set(re.findall(r'verdict\("(\w+)"\)\.kind ==', template)):
        changed = [forced(evidence, kind, claim_id) for kind in (*DECIDED, VerdictKind.INCONCLUSIVE)]
        texts = {free_text(ptbr.strip_marks(text_of(page, one)), said) for one in changed}
        assert len(texts) == 3, claim_id


def test_all_figures_of_a_draw() -> None:
    evidence = drawn_evidence(1)
    for page in PAGES:
        assert all(render_page(page, evidence, make_environment()).files.values()), page.slug


def misjudged(evidence: Evidence) -> list[str]:
    """Return the verdicts that their estimates do not bear out, with Holm's correction made anew from the replicates."""
    faults = []
    tested = {i: v for i, v in evidence.verdicts.items() if v.estimate is not None}
    in_doubt = False  # Holm: once one claim of the order is not decided, none after it is
    for rank, claim_id in enumerate(sorted(tested, key=lambda i: tested[i].estimate.p_value)):
        verdict = tested[claim_id]
        claim, measured = verdict.claim, verdict.estimate
        low, high = interval(evidence.samples, verdict, ALPHA / (len(tested) - rank))
        in_doubt |= low <= claim.margin <= high or measured.n_seeds == 1
        above = (measured.value > claim.margin) == (claim.side == "above")
        # Of the least of several, one that agrees in all trainings has an error that is not known: no interval to show.
        unbounded = not np.isfinite(high - low)
        due = (
            VerdictKind.INCONCLUSIVE
            if in_doubt or unbounded
            else VerdictKind.CONFIRMED
            if above
            else VerdictKind.REFUTED
        )
        if verdict.kind is not due:
            faults.append(f"claim {claim_id} is {verdict.kind}, not {due}: [{low}, {high}], margin {claim.margin}")
    faults += [f"claim {i} has no estimate and is {v.kind}" for i, v in evidence.verdicts.items()
               if i not in tested and v.kind is not VerdictKind.UNTESTED]  # fmt: skip
    return faults


def out_of_bounds(evidence: Evidence) -> list[str]:
    """Return the claims and metrics with a value beyond what they are said to take."""
    found = {
        f"claim {i}": (v.estimate.value, v.claim.bounds) for i, v in evidence.verdicts.items() if v.estimate is not None
    }
    for (name, metric), run in itertools.product(METRICS.items(), REFERENCE_RUNS):
        bounds = metric.bounds or (SHARE if metric.percent else UNBOUNDED)
        found[f"{name} of {run}"] = (evidence.estimate(metric.read, run).value, bounds)
    tolerance = 1e-6  # rounding of sums in float32
    return [f"{name}: {value} is not in {bounds}" for name, (value, bounds) in found.items()
            if not bounds[0] - tolerance <= value <= bounds[1] + tolerance]  # fmt: skip


def interval(samples: Samples, verdict: Verdict, level: float) -> tuple[float, float]:
    """Return the interval of a claim's statistic, or of the least of several, at 1 - level."""
    replicates, images = samples.replicates(verdict.claim.statistic, *verdict.claim.needs)
    rows = np.stack(list(replicates.values())).astype(float)
    ends = []
    columns = rows[..., None] if rows.ndim == 2 else rows
    for index in range(columns.shape[2]):
        table = columns[..., index]
        value, errors = table[:, 0].mean(), crossed_errors(table, images)
        ends.append((value - half_width(errors, level), value + half_width(errors, level / columns.shape[2])))
    return min(low for low, _ in ends), min(high for _, high in ends)


def forced(evidence: Evidence, kind: VerdictKind, *only: str) -> Evidence:
    """Return evidence whose measured claims (or only some of them) have this verdict, whatever their estimate."""
    verdicts = {
        claim_id: dataclasses.replace(verdict, kind=kind)
        if verdict.estimate and (not only or claim_id in only)
        else verdict
        for claim_id, verdict in evidence.verdicts.items()
    }
    return dataclasses.replace(evidence, verdicts=verdicts)


def misquoted(page: Page, evidence: Evidence, text: str, said: Sayings) -> list[str]:
    """Return what a page says of a claim that is not what its verdict says, wherever it stands on the page."""
    kinds = {claim_id: verdict.kind for claim_id, verdict in evidence.verdicts.items()}
    faults = [f"{page.slug}: claim {i} is {kinds[i]}, and the page says: {sentence}"
              for i, texts in said.items() for kind, sentence in texts.items()
              if kind is not kinds[i] and sentence in text]  # fmt: skip
    faults += [f"{page.slug}: {lost}" for lost in counts_that_are_wrong(page, evidence, text, said)]
    if page.slug == "placar":
        rows = re.findall(r"^\| \[([^\]]+)\]\(.*?" + PILL.pattern, text, re.MULTILINE)
        assert {claim_id for claim_id, _ in rows} == set(evidence.verdicts)
        return faults + [f"placar: {i}: {kind}" for i, kind in rows if evidence.verdicts[i].kind.value != kind]
    due = {kind: tuple(said[i][kind] for i in said if kinds[i] is kind) for kind in VerdictKind}
    for claim_id, gist in re.findall(r'aside\("(\w+)", "([^"]+)"\)', (PAGES_DIR / page.template).read_text()):
        due[kinds[claim_id]] += (f"a afirmação de que {gist} fica",)
    for pill in PILL.finditer(text):
        before = text[: pill.start()].rstrip()
        if not before.endswith(due[VerdictKind(pill[1])]):
            faults.append(f"{page.slug}: '{pill[1]}' marks no sentence of such a claim: {before[-120:]}")
    return faults


def sayings(evidence: Evidence) -> Sayings:
    """Return the sentence of every measured claim for each verdict that it might have, and of the others their only one."""
    quoting = next(page for page in PAGES if "*" in page.quotes)
    said: Sayings = {claim_id: {} for claim_id in evidence.verdicts}
    for kind in (*DECIDED, VerdictKind.INCONCLUSIVE):
        rendering = Rendering(quoting, forced(evidence, kind), make_environment())
        for claim_id, verdict in rendering.evidence.verdicts.items():
            said[claim_id][verdict.kind] = ptbr.strip_marks(rendering.sentence(claim_id))
    for claim_id, texts in said.items():
        assert len(set(texts.values())) == len(texts), f"claim {claim_id} says the same of two verdicts"
    return said


def free_text(text: str, said: Sayings) -> str:
    """Return a page without the sentences of claims, their pills, their evidence, and what the reference says."""
    text = re.sub(r"<details.*?</details>", "", text, flags=re.DOTALL)
    for sentence in (sentence for texts in said.values() for sentence in texts.values()):
        text = text.replace(sentence, "")
    return PILL.sub("", re.sub(r"^\|.*", "", text, flags=re.MULTILINE))


def counts_that_are_wrong(page: Page, evidence: Evidence, text: str, said: Sayings) -> list[str]:
    """Return the words of verdicts in a page's own text that are no true count of them.

    Only the claims' sentences and pills say how a claim was judged; the pages' own text may count verdicts, and define
    them on the scoreboard.
    """
    kinds = [verdict.kind for verdict in evidence.verdicts.values()]
    totals = {kind.value: kinds.count(kind) for kind in VerdictKind}
    free = free_text(text, said)
    counted = re.findall(r"(\d+)[\s\xa0]+(confirmada|refutada|inconclusiva|não testada)", free)
    faults = [f"{number} {kind}, of {totals[kind]}" for number, kind in counted if int(number) != totals[kind]]
    if page.slug == "placar":
        summed = re.findall(PILL.pattern + r"\s(\d+)", text.split("{ .lead }")[0])
        faults += [f"{number} {kind}, of {totals[kind]}" for kind, number in summed if int(number) != totals[kind]]
        return faults
    free = re.sub(r"\d+[\s\xa0]+(?:confirmada|refutada|inconclusiva|não testada)s?", "", free)
    if page.slug in ("visao-geral",):
        free = (
            free.replace("*inconclusivas*", "")
            if set(kinds) <= {VerdictKind.INCONCLUSIVE, VerdictKind.UNTESTED}
            else free
        )
    if page.slug != "reproducao":  # it says what the engine does with imaginary claims
        faults += [near(free, word) for word in re.finditer(r"confirmad|refutad|inconclusiv", free)]
    return faults


def near(text: str, found: re.Match[str]) -> str:
    return found.string[max(0, found.start() - 60) : found.end() + 40].replace("\n", " ")


def test_the_checks_find_what_is_wrong() -> None:
    """A verdict turned round, a sentence of another, a pill of another: each is found."""
    evidence = drawn_evidence(1)
    page = next(page for page in PAGES if page.slug == "experimentos")
    text, said = ptbr.strip_marks(text_of(page, evidence)), sayings(evidence)
    kind = evidence.verdicts["30"].kind
    other = next(k for k in (*DECIDED, VerdictKind.INCONCLUSIVE) if k is not kind)
    turned = forced(evidence, other, "30")
    assert misjudged(evidence) == []
    assert any("claim 30" in fault for fault in misjudged(turned))
    assert misquoted(page, evidence, text, said) == []
    assert any("claim 30" in fault for fault in misquoted(page, turned, text, said))
    sentence = said["30"][kind]
    swapped = text.replace(f"{sentence} {verdict_mark(kind)}", f"{sentence} {verdict_mark(other)}")
    assert swapped != text
    assert any("marks no sentence" in fault for fault in misquoted(page, evidence, swapped, said))
    for broken in ("a nan b", "None", "{{ x }}", "\ue000", "(intervalo )", "é de ∞ nats"):
        assert BROKEN.search(broken), broken
