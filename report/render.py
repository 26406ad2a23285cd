"""Pages from evidence: pure functions to text and bytes. Nothing here reads or writes a file but templates and sources."""

import dataclasses
import json
from typing import Any

import jinja2

from report import claims as claim_engine
from report import ptbr, sources
from report.codepages import code_path
from report.environment import PageError, render_sentence, render_template
from report.evidence import Evidence
from report.labels import run_label
from report.metrics import METRICS
from report.page import Page, Picture, Plot
from report.rendered import ACTIVITY, page_path
from report.sections import claims_of, page_of
from report.tables import metrics_table
from vae.results import dump_json


@dataclasses.dataclass
class Rendering:
    """One page while it is rendered: what its template may call, and the files that it calls for."""

    page: Page
    evidence: Evidence
    environment: jinja2.Environment
    shown: list[str] = dataclasses.field(default_factory=list)

    def context(self) -> dict[str, Any]:
        """Return what every template sees, and what the page's own context adds."""
        evidence = self.evidence
        common = {
            "page": self.page,
            "evidence": evidence,
            "dataset": evidence.info,
            "grid": evidence.grid,
            "run": evidence.spec,
            "label": lambda run: run_label(evidence.spec(run)),
            "metric": lambda name, run: METRICS[name].text(METRICS[name].measure(evidence, run)),
            "value": lambda name, run: METRICS[name].measure(evidence, run).value,
            "metrics_table": lambda names, runs, caption: str(metrics_table(evidence, names, runs, caption)),
            "verdict": self.verdict,
            "claim": self.claim,
            "sentence": self.sentence,
            "figure": self.figure,
            "source": source_block,
            "source_link": source_link,
            "provenance": lambda run: evidence.headline(run).provenance,
        }
        return common | self.page.context(evidence)

    def text(self) -> str:
        """Return the page's Markdown; numbers still carry the marks of their formatter."""
        body = render_template(self.environment, self.page.template, self.context())
        missing = [figure.id for figure in self.page.figures if figure.id not in self.shown]
        if missing:
            raise PageError(f"report/pages/{self.page.template} never shows figure '{missing[0]}' of its page.")
        front = {"title": self.page.title, "description": self.page.description}
        head = "".join(f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in front.items())
        return f"---\n{head}---\n\n{body.strip()}\n"

    def verdict(self, claim_id: str) -> claim_engine.Verdict:
        """Return a verdict by claim id; PageError if the page neither states nor quotes the claim."""
        known = {claim.id for claim in claims_of(self.page)}
        if claim_id not in known:
            raise PageError(f"Page {self.page.slug} speaks of claim '{claim_id}' but neither states nor quotes it.")
        return self.evidence.verdicts[claim_id]

    def claim(self, claim_id: str) -> str:
        """Return the block of a claim: its sentence with the verdict's mark, and its evidence to fold out."""
        verdict = self.verdict(claim_id)
        template = self.environment.get_template("_claim.md.jinja")
        facts = claim_engine.evidence(verdict)
        return template.render(
            verdict=verdict,
            facts=facts,
            sentence=self.sentence(claim_id),
            runs=[run_label(self.evidence.spec(run)) for run in verdict.claim.needs if run in self._vae_runs()],
            data_link=claim_data_path(page_of(verdict.claim).slug, claim_id),
            code_link=source_link(facts["file"], line=facts["line"]),
            page_link=f"{page_of(verdict.claim).slug}.md",
        ).strip()

    def sentence(self, claim_id: str) -> str:
        """Return the Portuguese sentence of a verdict, its numbers filled in."""
        verdict = self.verdict(claim_id)
        claim, measured = verdict.claim, verdict.estimate
        if measured is None:
            missing = ptbr.join(list(verdict.untested.missing)) if verdict.untested else ""
            return f"{claim.statement} Não testada: o conjunto {self.evidence.info.title} não tem {missing}."
        source = {
            claim_engine.VerdictKind.CONFIRMED: claim.confirmed,
            claim_engine.VerdictKind.REFUTED: claim.refuted,
        }.get(verdict.kind, claim.inconclusive)
        values = {
            "value": ptbr.number(measured.value, claim.decimals, claim.unit),
            "interval": ptbr.interval(measured.low, measured.high, claim.decimals, claim.unit),
            "margin": ptbr.number(claim.margin, claim.decimals, claim.unit),
            "raw": measured.value,
            "run": self.evidence.spec,
            "seeds": measured.n_seeds,
        }
        return render_sentence(self.environment, source, values, f"claim {claim_id}, {verdict.kind.value}")

    def figure(self, figure_id: str) -> str:
        """Return the Markdown of one of the page's figures, with numbered caption and alt text."""
        figure = self.page.figure(figure_id)
        self.shown.append(figure_id)
        where = f"figure {figure_id} of page {self.page.slug}"
        context = self.context()
        alt, caption = (render_sentence(self.environment, text, context, where) for text in (figure.alt, figure.caption))
        if not alt:
            raise PageError(f"{where} has no alt text; say its main finding.")
        names = figure_names(self.page, figure)
        eager = isinstance(figure, Plot) and figure.eager
        template = self.environment.get_template("_figure.md.jinja")
        return template.render(figure=figure, names=names, alt=alt, caption=caption, eager=eager,
                               plot=isinstance(figure, Plot)).strip()  # fmt: skip

    def _vae_runs(self) -> set[str]:
        return {run.name for run in self.evidence.grid.runs}


def render_text(page: Page, evidence: Evidence, environment: jinja2.Environment) -> str:
    """Return a page's Markdown, numbers marked (see report/ptbr.py)."""
    return Rendering(page, evidence, environment).text()


def render_page(page: Page, evidence: Evidence, environment: jinja2.Environment) -> dict[str, bytes]:
    """Return all files of a page by their path below rendered/: Markdown, figures, evidence as JSON."""
    files = {page_path(page.slug): ptbr.strip_marks(render_text(page, evidence, environment)).encode()}
    for figure in page.figures:
        files |= draw(page, figure, evidence)
    for claim in page.claims:
        body = claim_engine.evidence(evidence.verdicts[claim.id])
        body["results"] = {
            f"{run}/{seed}": {"keys": dataclasses.asdict(result.keys), "provenance": dict(result.provenance)}
            for run in claim.needs
            for seed, result in evidence.seeds(run).items()
        }
        files[f"{ACTIVITY}/{claim_data_path(page.slug, claim.id)}"] = dump_json(body)
    return files


def draw(page: Page, figure: Plot | Picture, evidence: Evidence) -> dict[str, bytes]:
    """Return the image files of a figure: one for both themes, or one for each."""
    from vae.figures.style import DARK, LIGHT, to_png, to_svg

    names = [f"{ACTIVITY}/{name}" for name in figure_names(page, figure)]
    if isinstance(figure, Picture):
        return {names[0]: figure.draw(evidence)}
    encode = to_png if figure.raster else to_svg
    return {name: encode(figure.draw(evidence, theme)) for name, theme in zip(names, (LIGHT, DARK), strict=True)}


def figure_names(page: Page, figure: Plot | Picture) -> list[str]:
    """Return the paths of a figure's files beside the page: light, then dark; or the one of a picture."""
    stem = f"figuras/{page.slug}/{figure.id}"
    if isinstance(figure, Picture):
        return [f"{stem}.png"]
    suffix = "png" if figure.raster else "svg"
    return [f"{stem}.claro.{suffix}", f"{stem}.escuro.{suffix}"]


def claim_data_path(slug: str, claim_id: str) -> str:
    """Return where the evidence of a claim is, beside the page that states it."""
    return f"dados/{slug}/{claim_id}.json"


def source_block(path: str, name: str) -> str:
    """Return a real definition as a code block, with a link to its place."""
    text, first = sources.definition(path, name)
    # The title is a number-free path; the line number lives in the link only.
    return f'```python title="{path}"\n{text}\n```\n'


def source_link(path: str, name: str = "", line: int = 0) -> str:
    """Return the link target of a definition or line in the site's own copy of the code."""
    if name:
        line = sources.definition(path, name)[1]
    return code_path(path) + (f"#L-{line}" if line else "")


