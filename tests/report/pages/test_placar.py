"""The scoreboard: its summary and rows say what the evidence says, for any evidence; what changed since the publication before."""

import dataclasses
import re
from typing import Any

import numpy as np
import pytest

from report.comparison.changes import Revision, Snapshot
from report.comparison.snapshot import take
from report.evidence import Evidence
from report.judging.claims import VerdictKind, Why
from report.language import ptbr
from report.language.wording import on_claimed_side
from report.pages.placar import page as placar
from report.pages.placar.rows import CLAIMED, ELSEWHERE, by_number
from report.rendering.environment import make_environment
from report.rendering.medium import verdict_slug
from report.rendering.render import Rendering
from report.sections import PAGES
from tests.report.synthetic import QUALITY, evidence_of, synthetic_evidence, synthetic_results
from tests.report.test_pages import undrawn
from vae.grid import make_grid

REVISION = Revision("0123456789abcdef" * 2, "2026-11-01", "v1")
TITLE = "## Desde a última publicação"


def evidence(n_seeds: int = 5, seed: int = 4, **quality: float) -> Evidence:
    grid = make_grid("full", "fashion-mnist", n_seeds)
    return evidence_of(grid, synthetic_results(grid, np.random.default_rng(seed), QUALITY | quality))


def text(now: Evidence, previous: Snapshot | None) -> str:
    """The marked Markdown of the page, without its figure."""
    known = dataclasses.replace(now, previous=previous)
    return Rendering(placar.PAGE, known, make_environment(), draw=undrawn).text()


def plain(now: Evidence) -> str:
    """The page's text as it is read, and no number in it that cannot be followed."""
    marked = text(now, None)
    assert ptbr.unmarked_digits(marked) == [] == ptbr.unfollowed(marked)
    return ptbr.strip_marks(marked).replace(ptbr.NO_BREAK, " ")


def rows(said: str) -> dict[str, list[str]]:
    """The cells of the claims' rows, by number."""
    table = said[said.index("## Afirmação por afirmação") : said.index("## Como se julga")]
    lines = [line.split(" | ") for line in table.splitlines() if line.startswith("| [")]
    return {cells[0].split("]")[0].removeprefix("| ["): cells for cells in lines}


def section(now: Evidence, before: Evidence, **changes: Any) -> str:
    """The section alone; it has no number typed by hand."""
    snapshot = dataclasses.replace(take(before, before.grid.specs), **{"revision": REVISION} | changes)
    marked = text(now, snapshot)
    assert ptbr.unmarked_digits(marked) == [] == ptbr.unfollowed(marked)
    plain = ptbr.strip_marks(marked).replace(ptbr.NO_BREAK, " ")
    assert "None" not in plain
    return plain[plain.index(TITLE) : plain.index("## Como se julga")]


@pytest.fixture(scope="module")
def five() -> Evidence:
    return evidence(e50=3.0)


@pytest.mark.parametrize("n_seeds", [1, 5])
def test_the_summary_counts_verdicts_apart_from_values(n_seeds: int) -> None:
    now = evidence(n_seeds, e50=3.0)
    said = plain(now)
    lines = [line for line in said.splitlines() if line.startswith('| <span class="verdict') or "**Todas**" in line]
    counts = [[re.sub(r"<[^>]*>|\*", "", cell).strip() for cell in line.split("|")[1:-1]] for line in lines]
    verdicts = list(now.verdicts.values())
    for kind, line in zip(VerdictKind, counts, strict=False):
        assert line[:2] == [kind.value, str(sum(verdict.kind is kind for verdict in verdicts))]
    claimed = [verdict for verdict in verdicts if on_claimed_side(verdict)]
    measured = [verdict for verdict in verdicts if verdict.estimate]
    assert counts[-1] == [
        "Todas", str(len(verdicts)), str(len(claimed)), counts[-1][3], str(len(measured) - len(claimed)), counts[-1][5]
    ]  # fmt: skip
    assert 0 < int(counts[-1][5]) <= len(measured) - len(claimed)
    ours = sum(verdict.claim.ours for verdict in verdicts)
    assert (
        f"{len(verdicts)} afirmações reunidas, {len(verdicts) - ours} do relatório de referência e {ours} nossas, que"
        in said
    )
    assert said.count("pergunta nossa, que a afirmação levanta") == ours > 0
    assert 0 < int(counts[-1][3]) < len(claimed)
    beyond = "[45](experimentos.md#afirmacao-45): os dois conjuntos não estão ao alcance"
    assert f"- {beyond}" in said


def test_one_seed_decides_nothing_and_the_page_says_so() -> None:
    said = plain(evidence(1))
    lead = said[said.index("# Placar") : said.index("{ .lead }")]
    assert "nenhuma está decidida. Cada modelo foi treinado com uma só semente" in lead
    assert lead.endswith("\n")
    assert "nada aqui está decidido" in said
    assert "confirma-se" not in lead
    measured = {claim for claim, verdict in evidence(1).verdicts.items() if verdict.estimate}
    changes = [cells[4] for number, cells in rows(said).items() if number in measured]
    assert len(changes) == len(measured)
    assert all(cell.startswith("Mais sementes: com uma só nada se decide") for cell in changes)


def test_several_seeds_say_what_holds_and_why_the_rest_is_open(five: Evidence) -> None:
    said = plain(five)
    lead = said[said.index("# Placar") : said.index("{ .lead }")]
    for kind, verb in ((VerdictKind.CONFIRMED, "confirma"), (VerdictKind.REFUTED, "refuta")):
        assert re.search(rf"\b{sum(v.kind is kind for v in five.verdicts.values())} {verb}m?-se", lead)
    assert "uma só semente" not in said[: said.index("## Como se julga")]
    inside = sum(verdict.why is Why.MARGIN_INSIDE for verdict in five.verdicts.values())
    assert f"- {inside} afirmações: a margem está dentro do intervalo." in said


def test_rows_stand_by_number_and_carry_what_the_filter_asks_for(five: Evidence) -> None:
    said = plain(five)
    cells = rows(said)
    assert set(cells) == set(five.verdicts)
    for page in PAGES:
        on_page = [number for number in cells if f'data-pagina="{page.slug}"' in cells[number][0]]
        assert set(on_page) == {claim.id for claim in page.claims}
        assert on_page == sorted(on_page, key=by_number)
    for number, verdict in five.verdicts.items():
        assert f'data-veredito="{verdict_slug(verdict.kind)}"' in cells[number][0]
        side = "" if verdict.estimate is None else CLAIMED if on_claimed_side(verdict) else ELSEWHERE
        assert f'data-lado="{side}"' in cells[number][0]
    form = said[said.index('<form class="filter" hidden>') : said.index("</form>")]
    asked = {
        name: set(re.findall('value="([^"]+)"', part))
        for name, part in re.findall(r'<select name="(\w+)">(.*)</select>', form)
    }
    assert asked == {
        "veredito": {verdict_slug(kind) for kind in VerdictKind},
        "pagina": {page.slug for page in PAGES if page.claims},
        "lado": {CLAIMED, ELSEWHERE},
    }


def test_data_without_the_classes_would_need_them() -> None:
    cells = rows(plain(synthetic_evidence(n_seeds=2, dataset="digits")))
    assert "Um conjunto de dados que as tenha: Bag e Coat." in cells["13"][4]
    assert "não tem as classes de que ela fala" in cells["13"][2]
    assert "Nenhum dos treinos daqui pode decidi-la" in cells["45"][4]
    assert "Imagens alheias ao conjunto" in cells["41"][4]


def test_without_a_publication_before_there_is_no_section(five: Evidence) -> None:
    assert TITLE not in text(five, None)


def test_the_same_publication_is_said_in_one_sentence(five: Evidence) -> None:
    said = section(five, five)
    assert said == section(five, five)
    assert "A publicação anterior é a de 1º de novembro de 2026 (`v1`, revisão `0123456789`)." in said
    assert "De lá para cá nada mudou" in said
    assert "|" not in said


def test_a_publication_without_a_tag_goes_by_its_hash(five: Evidence) -> None:
    assert "(revisão `0123456789`)" in section(five, five, revision=dataclasses.replace(REVISION, name=""))


def test_verdicts_that_flipped_are_in_a_table(five: Evidence) -> None:
    before = evidence(e10=3.0, e50=0.0)
    assert (before.verdicts["5"].kind, five.verdicts["5"].kind) == (VerdictKind.REFUTED, VerdictKind.CONFIRMED)
    said = section(five, before)
    row = next(line for line in said.splitlines() if line.startswith("| [5](reconstrucoes.md#afirmacao-5) |"))
    assert five.verdicts["5"].claim.statement in row
    old, new = row.split("|")[3:5]
    assert "verdict--refutada" in old and "verdict--confirmada" in new
    for verdict, cell in ((before.verdicts["5"], old), (five.verdicts["5"], new)):
        assert verdict.estimate
        assert ptbr.strip_marks(ptbr.number(verdict.estimate.value, 3)) in cell
    assert "vereditos mudaram, de" in said or "veredito mudou, de" in said
    assert "Com uma só semente" not in said


def test_numbers_that_moved_are_in_a_table_with_the_criterion(five: Evidence) -> None:
    said = section(five, evidence(e10=3.0, e50=0.0))
    rows = [line for line in said.splitlines() if line.startswith("| `e50` · Nitidez (gradiente)")]
    assert len(rows) == 1
    assert rows[0].count("±") == 3
    assert "+0,1" in rows[0]
    assert "não contém o zero" in said
    assert "Se só o acaso os tivesse movido, cerca de" in said


def test_a_long_table_is_folded(five: Evidence) -> None:
    before = evidence(e10=3.0, e50=0.0)
    e50 = take(before, ["e50"]).readings["e50"]
    long, short = section(five, before), section(five, before, readings={"e50": {"sharpness": e50["sharpness"]}})
    rows = [sum(line.startswith("| `e") for line in said.splitlines()) for said in (long, short)]
    assert rows[0] > 12 > rows[1] == 1
    assert f"{rows[0]} números se moveram além do seu intervalo:\n\n<details" in long
    assert "<details" not in short


def test_one_seed_says_what_its_interval_is_of() -> None:
    said = section(evidence(1, e50=3.0), evidence(1, seed=5))
    assert "Nenhum veredito mudou" in said
    assert "Com uma só semente de cada lado, o intervalo é só das imagens de teste" in said
    assert "de cada lado há um só treino" in said
    assert "| `e10` · Limite IWAE (nats) |" in said


def test_runs_and_claims_that_came_and_went(five: Evidence) -> None:
    few = evidence(2, seed=4, e50=3.0)
    whole = take(few, few.grid.specs)
    verdicts = {claim: judged for claim, judged in whole.verdicts.items() if claim != "1"}
    verdicts["99"] = whole.verdicts["1"]
    runs = {run: facts for run, facts in whole.runs.items() if run != "e100"}
    training = {name: value for name, value in runs["e50"].spec["training"].items() if name != "batch_size"}
    other = dict(runs["e50"].spec) | {"training": training | {"learning_rate": 0.01, "momentum": 0.9}}
    runs["e50"] = dataclasses.replace(runs["e50"], spec=other)
    said = section(five, few, verdicts=verdicts, runs=runs, outside=("e20",), unlike=("e30",))
    assert "- Treinos novos: `e100`." in said
    assert "- Treinos que saíram: `e20`." in said
    assert "fora da comparação: `e30`." in said
    assert "`training.learning_rate` de `0.01` para `0.002`" in said
    assert "agora com `training.batch_size` `128`" in said
    assert "não mais com `training.momentum` `0.9`" in said
    assert "de 2 para 5 sementes" in said
    assert "1 afirmação é julgada pela primeira vez" in said
    assert "1 afirmação deixou de ser julgada." in said
    assert "outras sementes" not in said
    shifted = {**runs, "e10": dataclasses.replace(runs["e10"], numbers={42: "a", 1: "b", 2: "c", 3: "d", 4: "e"})}
    assert "`e10` (outras sementes)" in section(five, few, runs=shifted)


def test_what_was_measured_otherwise_is_not_compared(five: Evidence) -> None:
    said = section(five, five, yardstick="another")
    assert "não se comparam" in said
    assert "|" not in said


def test_another_classifier_is_said_to_be_another_eye(five: Evidence) -> None:
    said = section(five, evidence(seed=5))
    assert "Como o classificador é outro" in said
    assert "Com uma só semente" not in said, "the classifier has one, and no numbers here"
    same = take(five, ())
    runs = {**same.runs, "e10": dataclasses.replace(same.runs["e10"], numbers={42: "another"})}
    assert "Como o classificador é outro" not in section(five, five, runs=runs)


def test_other_data_sets_have_the_section_too() -> None:
    digits = synthetic_evidence(n_seeds=2, dataset="digits")
    assert "De lá para cá nada mudou" in section(digits, digits)
