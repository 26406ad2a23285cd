"""What the course's rubric asks for, and where the delivered page has it: looked for in the page, never asserted."""

import dataclasses
import re
from collections.abc import Callable, Collection, Iterator

from report.delivery.onepage import anchor
from report.references.cross_references import captions

HEADING = re.compile(r"^#{2,6} (.+?) \{ #([\w-]+) \}$", re.MULTILINE)
CLAIM = re.compile(r'<span id="([\w-]+-afirmacao-([\w-]+))"></span>')


@dataclasses.dataclass(frozen=True)
class Delivered:
    """What there is to be found: links by id or path, each with the words for it; the claims of each page.

    The page may say of a part only what was read from its text.
    """

    links: dict[str, str]
    claims: dict[str, list[str]]


Part = Callable[[Delivered], tuple[str, str]]  # what is found ('' = nothing), and what is missing if so


@dataclasses.dataclass(frozen=True)
class Criterion:
    """One thing that the rubric asks for, and what has to be there for it."""

    title: str
    parts: tuple[Part, ...]


@dataclasses.dataclass(frozen=True)
class Coverage:
    """Links to what was found for a criterion, and names of what was not."""

    title: str
    found: tuple[str, ...]
    missing: tuple[str, ...]


def _part(kind: str, slug: str, name: str) -> Part:
    identity = anchor(slug, name)
    return lambda delivered: (delivered.links.get(identity, ""), f"{kind} `{identity}`")


def section(slug: str, name: str = "") -> Part:
    """A heading of a page, the page itself without a name."""
    return _part("seção", slug, name)


def figure(slug: str, name: str) -> Part:
    """A figure with its caption."""
    return _part("figura", slug, f"fig-{name}")


def table(slug: str, name: str) -> Part:
    """A table with its caption."""
    return _part("tabela", slug, f"tab-{name}")


def code(path: str) -> Part:
    """A file of the delivered code."""
    return lambda delivered: (delivered.links.get(f"code/{path}", ""), f"código `code/{path}`")


def claims(slug: str) -> Part:
    """The claims that a page judges, at least one."""

    def part(delivered: Delivered) -> tuple[str, str]:
        judged = delivered.claims.get(slug, [])
        words = f"{'afirmação' if len(judged) == 1 else 'afirmações'} {', '.join(judged)}" if judged else ""
        return words, f"afirmações de `{slug}`"

    return part


RUBRIC = (
    Criterion("Preparação dos dados", (
        section("visao-geral", "os-dados"), section("treinamento", "dados-e-particao"), code("vae/data/tensors.py"), code("vae/data/raw_files.py"),
    )),
    Criterion("Modelo e reparametrização", (
        section("visao-geral", "o-modelo"), figure("visao-geral", "arquitetura"), table("visao-geral", "camadas"),
        section("treinamento", "reparametrizacao"), code("vae/models/conv.py"), code("vae/objectives.py"),
    )),
    Criterion("Treino e acompanhamento", (
        section("treinamento", "o-objetivo"), section("treinamento", "hiperparametros"), figure("treinamento", "curvas"),
        figure("treinamento", "ganhos"), claims("treinamento"), code("vae/train.py"), code("vae/steps.py"),
    )),
    Criterion("Avaliação", (
        section("treinamento", "onde-as-perdas-chegaram"), section("reconstrucoes", "como-se-mede"), claims("reconstrucoes"),
        claims("experimentos"), section("placar"), code("vae/evaluate.py"),
    )),
    Criterion("Amostragem", (
        section("geracao", "amostras"), figure("geracao", "amostras"), section("geracao", "qualidade-das-amostras"),
        figure("geracao", "interpolacoes"), claims("geracao"), code("vae/measurements/generation.py"),
    )),
    Criterion("Visualização das reconstruções", (
        section("reconstrucoes", "cinco-colunas"), figure("reconstrucoes", "colunas"), figure("reconstrucoes", "extremos"),
    )),
    Criterion("Visualização do espaço latente", (
        figure("espaco-latente", "quatro-espacos"), figure("espaco-latente", "plano"), figure("espaco-latente", "mapas"),
        figure("geracao", "plano"), claims("espaco-latente"),
    )),
    Criterion("Relatório", (
        section("visao-geral"), section("experimentos"), section("licoes"), section("reproducao"), code("LEIAME.txt"),
    )),
)  # fmt: skip


def delivered(page: str, files: Collection[str]) -> Delivered:
    """Return what a delivered page and its folder have."""
    links = {name: f"[{title}](#{name})" for title, name in HEADING.findall(page)}
    links |= {name: f"[{word} {number}](#{name})" for name, (word, number) in captions(page).items()}
    judged: dict[str, list[str]] = {}
    for identity, number in CLAIM.findall(page):
        judged.setdefault(identity.rsplit("-afirmacao-", 1)[0], []).append(f"[{number}](#{identity})")
    links |= {path: f"[`{path}`]({path})" for path in files if path.startswith("code/")}
    return Delivered(links, judged)


def coverage(page: str, files: Collection[str]) -> list[Coverage]:
    """Return, for each criterion, what a delivered page and its folder have of it and what they lack."""
    there = delivered(page, files)
    covered = []
    for criterion in RUBRIC:
        parts = [part(there) for part in criterion.parts]
        found, missing = (tuple(_chosen(parts, whether)) for whether in (True, False))
        covered.append(Coverage(criterion.title, found, missing))
    return covered


def _chosen(parts: list[tuple[str, str]], there: bool) -> Iterator[str]:
    for found, name in parts:
        if bool(found) == there:
            yield found if there else name


def check_list(covered: list[Coverage]) -> str:
    """Return the check list as a Markdown table."""
    lines = ["| O que a atividade pede | Situação | Onde está |", "| :-- | :-- | :-- |"]
    for each in covered:
        state = "✓ completo" if not each.missing else f"**falta:** {', '.join(each.missing)}"
        lines.append(f"| **{each.title}** | {state} | {'; '.join(each.found) or '—'} |")
    return "\n".join(lines) + "\n"
