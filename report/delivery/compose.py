"""Pages, code and figures of a delivery, from evidence: pure, no file is written."""

import dataclasses
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from report import sources
from report.delivery.course import EXERCISE, Course
from report.delivery.folder import PAGE
from report.delivery.onepage import Source, image_name, one_page
from report.delivery.rubric import Coverage, check_list, coverage
from report.evidence import Evidence
from report.judging.bootstrap import one_thread
from report.judging.claims import VerdictKind
from report.language import ptbr
from report.page import ACTIVITY, Figure, Page, Plot
from report.references import cross_references
from report.rendering.environment import make_environment
from report.rendering.medium import Medium
from report.rendering.render import TRIAL, Rendering, usable
from report.settings import Identity

TEMPLATES = Path(__file__).parent
TITLE = "Relatório: autocodificadores variacionais (VAE)"
TO_DECLARE = "a declarar"
CODE = "code"

INTRODUCTION = """\
Este é o relatório inteiro da atividade numa página só. Cada parte é uma página do site do relatório: onde se lê “esta página”, leia-se
a parte. Os números, as figuras e as frases são gerados a partir dos resultados medidos"""
NONE_TYPED = "; nenhum foi digitado"
README = """\
O código do relatório sobre autocodificadores variacionais: os próprios arquivos, como são executados.

vae/          dados, modelo, objetivo, treino, avaliação e figuras (PyTorch)
report/       estatística, afirmações e páginas do relatório
benchmarks/   medidas de velocidade e simulação do motor que julga as afirmações
build.py      o comando que treina, avalia e monta tudo, no repositório do relatório

Instalar (Python 3.11 a 3.13), nesta pasta:

    python -m venv .venv && source .venv/bin/activate
    pip install --require-hashes -r requirements.txt

Treinar um VAE e desenhar o que ele faz (curvas, reconstruções, amostras, espaço latente):

    python -m vae --run e10                              # Fashion-MNIST, 10 épocas
    python -m vae --run e10 --dataset digits --epochs 2  # segundos: os dígitos do scikit-learn
"""


@dataclasses.dataclass(frozen=True)
class Delivery:
    """A delivery's files by path, what it has and lacks of what the course asks for, and the numbers typed by hand in it."""

    files: Mapping[str, bytes]
    covered: list[Coverage]
    typed: list[str]

    @property
    def missing(self) -> list[str]:
        return [name for each in self.covered for name in each.missing]


def compose(
    pages: Sequence[Page],
    evidence: Evidence,
    course: Course,
    ai_use: str,
    identity: Identity,
    tell: Callable[[str], None],
) -> Delivery:
    """Return the delivery of some pages for a course's site, and tell of each when it is composed.

    ai_use: as it is to stand in the front matter. Raises PageError as the rendering of the pages does.
    """
    environment = make_environment(TEMPLATES)
    medium = _medium(course.place)
    parts: list[Source] = []
    figures: dict[str, bytes] = {}
    typed: list[str] = []
    with one_thread():
        for page in pages:
            rendering = Rendering(page, usable(page, evidence), environment, identity, medium, draw=draw_light)
            marked = rendering.text()
            typed += [f"report/pages/{page.template}: {excerpt!r}" for _, excerpt in ptbr.unmarked_digits(marked)]
            text = ptbr.strip_marks(marked)
            parts.append(Source(page.slug, text.replace(TRIAL, "") if parts else text))  # one page is warned of once
            figures |= {image_name(name): content for name, content in rendering.images.items()}
            tell(f"{page.slug}: composed")
    files = figures | code()
    site = f"{identity.site_url}{ACTIVITY}/" if identity.site_url else ""
    body = cross_references.renumbered(one_page(parts, files.keys(), site))
    covered = coverage(body, files.keys())
    head = _head(ai_use, identity, f"{INTRODUCTION}{'' if typed else NONE_TYPED}.\n")
    asked = f"## O que a atividade pede e onde está\n\n{check_list(covered)}"
    body = body if course.numbers else cross_references.labelled(body)
    return Delivery(files | {PAGE: f"{head}\n{asked}\n{body}".encode()}, covered, typed)


def code() -> dict[str, bytes]:
    """Return the files of the delivered code: the sources as they are, and how to run them."""
    names = [*sources.code_files(), "requirements.txt", "LICENSE"]
    files = {f"{CODE}/{name}": (sources.ROOT / name).read_bytes() for name in names if (sources.ROOT / name).is_file()}
    return files | {f"{CODE}/LEIAME.txt": README.encode()}


def draw_light(page: Page, figure: Figure, evidence: Evidence) -> dict[str, bytes]:
    """Return the images of a figure, a plot in its light variant alone, on its background.

    A course's site may be read in dark, and its zoom puts every image on white: with a background each is legible on both.
    """
    from report.rendering.drawing import draw
    from vae import figures

    if not isinstance(figure, Plot):
        return draw(page, figure, evidence)
    theme = figures.load_theme("light")
    drawn = figure.draw(evidence, theme)
    suffix, encode = ("png", figures.to_png) if figure.raster else ("svg", figures.to_svg)
    return {f"figuras/{page.slug}/{figure.id}.claro.{suffix}": encode(drawn, background=theme.background)}


def _head(ai_use: str, identity: Identity, introduction: str) -> str:
    front = f"---\ntitle: {json.dumps(TITLE, ensure_ascii=False)}\nexercise: {EXERCISE}\nai_use: {ai_use}\n---\n"
    links = [
        f"Autoria: {identity.author}" if identity.author else "",
        f"[Site do relatório]({identity.site_url})" if identity.site_url else "",
        f"[Repositório]({identity.repository})" if identity.repository else "",
        f"[Abrir no Colab]({identity.colab})" if identity.colab else "",
        f"[Código desta entrega]({CODE}/LEIAME.txt)",
    ]
    return f"{front}\n# {TITLE}\n\n{introduction}\n{' · '.join(filter(None, links))}\n"


def _medium(place: str) -> Medium:
    def included(path: str, name: str) -> str:
        text, first = sources.definition(path, name)
        last = first + text.count("\n")
        return f'```python title="{CODE}/{path}"\n--8<-- "{place}/{CODE}/{path}:{first}:{last}"\n```\n'

    return Medium(_mark, included, lambda path, name, line: f"{CODE}/{path}", linked=False)


def _mark(kind: VerdictKind) -> str:
    return f"**{kind.value}**"
