"""Pages from evidence: pure functions to text and bytes. Nothing here reads or writes a file but templates and sources."""

import dataclasses
import json
import math
import re
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from typing import Any

import jinja2

from report.evidence import Evidence
from report.judging import claims as engine
from report.judging import statistics
from report.judging.bootstrap import one_thread
from report.language import ptbr, wording
from report.language.labels import run_label
from report.metrics import METRICS
from report.origins.numbers import Result, constant
from report.origins.reads import Reads, recording
from report.page import ACTIVITY, Figure, Page, PageError, page_path
from report.references import bibliography, citation, cross_references, glossary, terms
from report.rendering import drawing
from report.rendering.environment import render_sentence, render_template
from report.rendering.following import claim_anchor, claim_data_path, figure_origins, finished
from report.rendering.medium import SITE, Medium, verdict_slug
from report.rendering.tracing import followed_context, rests_on, traced
from report.sections import claims_of, page_of, runs_of
from report.settings import NOBODY, Identity
from report.tables import metrics_table
from vae.errors import MISTAKES, LaudoError, in_words, innermost, raise_if_asked
from vae.spec import MADE_ONCE, DatasetSpec
from vae.storage.results import RESULT_FILE, dump_json

TRIAL = (
    '!!! warning "Ensaio"\n'
    "    Estes resultados são do perfil `quick`, com menos imagens e menos épocas que o relatório: servem para vê-lo funcionar. "
    "As épocas de que falam as afirmações da referência não são as destes treinos."
)


@dataclasses.dataclass(frozen=True)
class RenderedPage:
    """A page's Markdown with its numbers still marked (see report/language/ptbr.py), and its files by path below rendered/."""

    marked: str
    files: dict[str, bytes]


def render_page(
    page: Page, evidence: Evidence, environment: jinja2.Environment, identity: Identity = NOBODY
) -> RenderedPage:
    """Return a page: Markdown, figures, and the evidence of its claims as JSON.

    identity: who publishes it, and where. Raises PageError naming template and line for what is undefined, unformatted or missing.
    """
    try:
        return _rendered(page, usable(page, evidence), environment, identity)
    except PageError:
        raise
    except MISTAKES as error:
        raise_if_asked(error)
        place = innermost(error, "report/pages/") or f"Page {page.slug}"
        raise PageError(f"{place}: {in_words(error)}{_elsewhere(error)}") from error


def _elsewhere(error: Exception) -> str:
    """Return where an error was raised that is no sentence yet, in words after it."""
    place = "" if isinstance(error, LaudoError) else innermost(error, "report/", "vae/")
    return f" ({place})" if place else ""


def _rendered(page: Page, evidence: Evidence, environment: jinja2.Environment, identity: Identity) -> RenderedPage:
    with one_thread():
        rendering = Rendering(page, evidence, environment, identity)
        marked = with_badge(rendering.text(), identity.colab)
    text, data = finished(marked, page.slug, rendering.evidence, environment, rendering.drawn)
    text = text if page.slug == terms.SLUG else glossary.explained(text)
    updated = ptbr.strip_marks(ptbr.date(rendering.updated))
    text += f'\n<p class="updated">Atualizada com os resultados de <time datetime="{rendering.updated}">{updated}</time>.</p>\n'
    files = {page_path(page.slug): text.encode()}
    beside = {**rendering.images, **data, **page.files(evidence)}
    if page.card:
        beside[drawing.card_path(page.slug)] = page.card(rendering.side_by_side, identity.site_name)
    files |= {f"{ACTIVITY}/{name}": content for name, content in beside.items()}
    files |= {
        f"{ACTIVITY}/{claim_data_path(page.slug, claim.id)}": claim_data(evidence, claim) for claim in page.claims
    }
    return RenderedPage(marked, files)


def usable(page: Page, evidence: Evidence) -> Evidence:
    """Return the evidence that a page may use: that of the runs which it and its claims name."""
    # What changed since the publication before is told of every run of the grid.
    return evidence if page.compares else evidence.of_runs(runs_of(page))


@dataclasses.dataclass
class Rendering:
    """One page while it is rendered: what its template may call, and the images that it called for."""

    page: Page
    evidence: Evidence
    environment: jinja2.Environment
    identity: Identity = NOBODY
    medium: Medium = SITE
    draw: Callable[[Page, Figure, Evidence], dict[str, bytes]] = drawing.draw
    images: dict[str, bytes] = dataclasses.field(default_factory=dict)
    shown: set[str] = dataclasses.field(default_factory=set)
    drawn: set[Result] = dataclasses.field(default_factory=set)
    made: Reads = dataclasses.field(default_factory=Reads)

    def __post_init__(self) -> None:
        for claim in claims_of(self.page):
            if claim.id not in self.evidence.verdicts:
                why = self.evidence.pending.get(claim.id, f"claim {claim.id} was not judged")
                raise PageError(f"Page {self.page.slug}: {why}")
        if self.medium.linked:
            self.evidence = traced(self.evidence)

    def _recording(self, read: Reads) -> AbstractContextManager[Reads]:
        # Where no number leads to its origins, following them is an eighth of the work, for nothing.
        return recording(read) if self.medium.linked else nullcontext(read)

    @cached_property
    def side_by_side(self) -> Evidence:
        """The evidence that the page's own numbers are of; its claims are judged on all seeds that their runs share."""
        return self.evidence.paired(self.page.side_by_side)

    @cached_property
    def context(self) -> dict[str, Any]:
        """What every template sees, and what the page's own context adds."""
        evidence = self.side_by_side
        trained = [run for run in self.page.side_by_side or self.page.runs if run not in MADE_ONCE]
        seeds = list(evidence.seeds(trained[0])) if trained else []
        common = {
            "page": self.page,
            "evidence": evidence,
            "dataset": evidence.info,
            "seeds": seeds,
            "seeds_note": wording.seeds_note(
                seeds,
                apart=any(len(self.evidence.seeds(run)) > len(seeds) for run in trained if self.page.side_by_side),
            ),
            "grid": evidence.grid,
            "run": evidence.spec,
            "label": lambda run: run_label(evidence.spec(run)),
            "metric": lambda name, run: METRICS[name].text(METRICS[name].measure(evidence, run)),
            "value": lambda name, run: METRICS[name].measure(evidence, run).value,
            "metrics_table": lambda *arguments, **options: str(metrics_table(evidence, *arguments, **options)),
            "verdict": self.verdict,
            "claim": self.claim,
            "sentence": self.sentence,
            "chapter_of": lambda verdict: page_of(verdict.claim),
            "mark": self.medium.mark,
            "slug_of": verdict_slug,
            "anchor": claim_anchor,
            "figure": self.figure,
            "source": self.medium.source,
            "source_link": lambda path, name="": self.medium.source_link(path, name, 0),
            "linked": self.medium.linked,
            "ref": cross_references.reference,
            "cite": bibliography.cite,
            "citep": bibliography.citep,
            "citation": self.citation,
        }
        own = followed_context(self.page, evidence, self.made) if self.medium.linked else self.page.context(evidence)
        return common | own

    def text(self) -> str:
        """Return the page's Markdown; numbers still carry the marks of their formatter."""
        with self._recording(self.made):
            body = ptbr.with_one_stop(render_template(self.environment, self.page.template, self.context))
        body = cross_references.numbered(body, self.page.template)
        forgotten = [figure.id for figure in self.page.figures if figure.id not in self.shown]
        if forgotten:
            raise PageError(f"report/pages/{self.page.template} never shows figure '{forgotten[0]}' of its page.")
        unsaid = [claim.id for claim in self.page.claims if f'id="{claim_anchor(claim.id)}"' not in body]
        if unsaid:
            raise PageError(
                f"report/pages/{self.page.template} never states claim '{unsaid[0]}' of its page; say there: "
                f'{{{{ claim("{unsaid[0]}") }}}}'
            )
        if not re.search(r"^# \S", body, re.MULTILINE):
            raise PageError(f"report/pages/{self.page.template} has no title; begin it with: # {{{{ page.title }}}}")
        front = {"title": self.page.title, "description": self.page.description, "updated": self.updated}
        head = "".join(f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in front.items())
        head += "hide:\n  - toc\n" if self.page.wide else ""
        if self.evidence.grid.profile == "quick":
            body = below_title(body, TRIAL)
        return f"---\n{head}---\n\n{body.strip()}\n"

    @cached_property
    def updated(self) -> str:
        """The ISO day of the last result that the page shows; neither commits nor builds make it any newer."""
        return self.evidence.measured_on(runs_of(self.page))

    def citation(self, title: str) -> str:
        """Return the report's BibTeX entry as a code block."""
        return (
            f"```bibtex\n{citation.bibtex(self.identity, title, self.updated, f'{ACTIVITY}/{self.page.slug}/')}\n```\n"
        )

    def verdict(self, claim_id: str) -> engine.Verdict:
        """Return a verdict by claim id; PageError if the page neither states nor quotes the claim."""
        if claim_id not in {claim.id for claim in claims_of(self.page)}:
            raise PageError(
                f"Page {self.page.slug} speaks of claim '{claim_id}' but neither states nor quotes it; "
                f"add it to claims=(...) of its Page in report/pages/, or to quotes=(...) if another page states it."
            )
        return self.evidence.verdicts[claim_id]

    def claim(self, claim_id: str) -> str:
        """Return the block of a claim: its sentence with the verdict's mark, and its evidence to fold out."""
        verdict = self.verdict(claim_id)
        facts = engine.evidence(verdict)
        return self.environment.get_template("_claim.md.jinja").render(
            facts=facts | {"id": claim_anchor(claim_id)},
            verdict=verdict,
            number=ptbr.mark(claim_id),
            sentence=self.sentence(claim_id),
            mark=self.medium.mark(verdict.kind),
            confidence=ptbr.percent(constant(statistics, "CONFIDENCE"), 0),
            runs=[f"`{ptbr.mark(run)}`" for run in verdict.claim.needs if run != DatasetSpec.name],
            data_link=claim_data_path(page_of(verdict.claim).slug, claim_id),
            code_link=self.medium.source_link(facts["file"], "", facts["line"]) if facts["file"] else "",
            **wording.evidence_words(verdict, self.evidence.info),
        ).strip()  # fmt: skip

    def sentence(self, claim_id: str) -> str:
        """Return the Portuguese sentence of a claim's verdict, its numbers filled in."""
        return self.sentence_of(self.verdict(claim_id))

    def sentence_of(self, verdict: engine.Verdict) -> str:
        """Return the Portuguese sentence of a verdict."""
        claim, measured = verdict.claim, verdict.estimate
        if measured is None:
            return wording.untested_sentence(verdict, self.evidence.info)
        source = {
            engine.VerdictKind.CONFIRMED: claim.confirmed,
            engine.VerdictKind.REFUTED: claim.refuted,
        }.get(verdict.kind, claim.inconclusive)
        values = wording.evidence_words(verdict, self.evidence.info) | {
            "raw": measured.value,
            "run": self.evidence.spec,
            "label": lambda run: run_label(self.evidence.spec(run)),
        }
        return render_sentence(self.environment, source, values, f"claim {claim.id}, {verdict.kind.value}")

    def figure(self, figure_id: str) -> str:
        """Return the Markdown of one of the page's figures, with numbered caption and alt text."""
        figure = self.page.figure(figure_id)
        self.shown.add(figure_id)
        with self._recording(Reads()) as read:
            files = self.draw(self.page, figure, self.side_by_side)
        loaded = self.evidence.samples.results
        drawn = {(run, seed) for run, seed in read.everything() or () if seed in loaded.get(run, ())}
        self.drawn |= drawn
        self.images |= files
        origins = figure_origins(drawn, self.evidence)
        return drawing.markdown(self.page, figure, files, origins, self.environment, self.context)


def with_badge(text: str, colab: str) -> str:
    """Return a page with the link that opens the notebook in Colab below its title."""
    return below_title(text, f"[Abrir no Colab]({colab}){{ .colab }}") if colab else text


def below_title(text: str, words: str) -> str:
    """Return a page with a paragraph more below its title."""
    return re.sub(r"^# .*$", lambda title: f"{title[0]}\n\n{words}", text, count=1, flags=re.MULTILINE)


def claim_data(evidence: Evidence, claim: engine.Claim) -> bytes:
    """Return the evidence of a claim with the provenance of every result that it rests on, as JSON."""
    verdict = evidence.verdicts[claim.id]
    used = rests_on(verdict)
    body = engine.evidence(verdict)
    body["results"] = {
        f"{run}/{seed}/{RESULT_FILE}": {
            "keys": dataclasses.asdict(result.keys),
            "provenance": {name: value for name, value in result.provenance.items() if name != "epoch_seconds"},
        }
        for run in claim.needs
        for seed, result in evidence.seeds(run).items()
        if (run, seed) in used
    }
    return dump_json({name: None if isinstance(v, float) and not math.isfinite(v) else v for name, v in body.items()})
