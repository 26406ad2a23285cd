"""The delivered page in a stock course's site, as MkDocs builds it there."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml
from PIL import Image

from report import sources
from report.delivery.rubric import RUBRIC, check_list, coverage
from report.sections import PAGES
from tests.delivery.conftest import ROOT, Course

# What only this report's own site knows: marks, classes, folders, blocks of Markdown that nobody turned into HTML.
PRIVATE = re.compile(
    '[\ue000\ue001\U000f0000-\U0010ffff\x02\x03]|class="(?:numero|verdict|claim|evidence|scoreboard|filter|numbers|image-columns)'
    r"|codigo/|dados/|figuras/|\.claro\.|data-rotulo"
)
UNMADE = re.compile(r"--8<--|^///|\?\?\?|!!! |\{ ?[#.]|\]\(|attrs:", re.MULTILINE)


def unlabelled(source: str) -> str:
    """Return a delivered page as it was before its captions were given their words, which is what the check list is made from."""
    label = r"^( */// )caption(.*\n(?: *attrs: .*\n)?\n? *)\*\*(Figura|Tabela) \d+\.\*\* "
    kinds = {"Figura": "figure", "Tabela": "table"}
    return re.sub(label, lambda m: f"{m[1]}{kinds[m[3]]}-caption{m[2]}", source, flags=re.MULTILINE)


def files_of(course: Course) -> set[str]:
    return {path.relative_to(course.folder).as_posix() for path in course.folder.rglob("*") if path.is_file()}


def test_it_builds_strict_and_without_a_warning(course: Course) -> None:
    assert "WARNING" not in course.log
    extensions = {name for entry in yaml.safe_load((course.root / "mkdocs.yml").read_text())["markdown_extensions"]
                  for name in (entry if isinstance(entry, dict) else [entry])}  # fmt: skip
    assert "md_in_html" not in extensions
    assert "To do: ai_use" in course.said
    assert "lacks" not in course.said, "the site has what the page needs, and the page what the course asks for"
    assert "KaTeX or MathJax" not in course.said


def test_the_command_says_what_it_is_at(course: Course) -> None:
    pages = [page.slug for page in PAGES if not page.live]
    said, count = course.said.splitlines(), len(files_of(course)) - 1  # but the record
    assert said[: len(pages) + 4] == [
        "Judging the claims.",
        f"Composing index.md of {len(pages)} pages.",
        *(f"{slug}: composed" for slug in pages),
        f"Writing into {course.folder}.",
        f"Delivered into {course.folder}: {count} files, {count} of them new or changed.",
    ]
    assert said[len(pages) + 4] == (
        "Note: the folder that you are in was replaced as a whole; cd . takes your shell to the new one."
    )


def test_the_front_matter_is_the_course_s(course: Course) -> None:
    front = yaml.safe_load(course.source.split("---\n")[1])
    assert front == {
        "title": "Relatório: autocodificadores variacionais (VAE)",
        "exercise": "vae",
        "ai_use": "a declarar",
    }


@pytest.mark.parametrize("word", ["Figura", "Tabela"])
def test_captions_are_numbered_and_called_by_their_number(course: Course, word: str) -> None:
    page = course.page
    captions = {
        caption.parents[-1].attributes.get("id", ""): caption.text.strip()
        for caption in page.all("figcaption") if caption.text.strip().startswith(word)
    }  # fmt: skip
    numbers = [int(found[1]) for text in captions.values() if (found := re.match(rf"{word} (\d+)\. \S", text))]
    everywhere = [caption.text for caption in page.all("figcaption") if caption.text.strip().startswith(word)]
    assert len(everywhere) > 5
    assert [int(re.findall(r"\d+", text)[0]) for text in everywhere] == list(range(1, len(everywhere) + 1))
    assert len(numbers) == len(captions)
    called = [link for link in page.all("a") if re.fullmatch(rf"{word} \d+", link.text)]
    assert called
    for link in called:
        assert captions[link.attributes["href"].removeprefix("#")].startswith(f"{link.text}.")


def test_no_caption_speaks_english_and_no_number_is_a_list(course: Course) -> None:
    """Plain blocks.caption says "Figure 1."; and "- 34. Em …" would be a list in a list, without its number."""
    page = course.page
    assert not [
        caption.text for caption in page.all("figcaption") if re.match(r"(?:Figure|Table) ", caption.text.strip())
    ]
    assert not re.findall(r"^ *- \d+\. .*", course.source, re.MULTILINE)


def test_formulas_are_left_to_mathjax_with_their_delimiters(course: Course) -> None:
    page = course.page
    formulas = [element for element in page.elements if "arithmatex" in element.attributes.get("class", "").split()]
    assert len(formulas) > 50
    for formula in formulas:
        assert re.fullmatch(r"\s*(\\\(.*\\\)|\\\[.*\\\])\s*", formula.text, re.DOTALL), formula.text
    (article,) = page.all("article", within="body")
    total = sum(formula.text.count(r"\(") + formula.text.count(r"\[") for formula in formulas)
    code = sum(block.text.count(r"\(") + block.text.count(r"\[") for block in page.all("code"))
    assert article.text.count(r"\(") + article.text.count(r"\[") == total + code, "none outside"


def test_every_image_is_there_is_the_folder_s_own_and_speaks(course: Course) -> None:
    images = course.page.all("img")
    assert len(images) > 30
    for image in images:
        assert re.fullmatch(r"figures/[\w.-]+\.(svg|png)", image.attributes["src"]), image.attributes
        assert (course.built / image.attributes["src"]).is_file()
        assert len(image.attributes["alt"]) > 20
        assert image.parents[-1].attributes.get("class") == "glightbox"
    delivered = {name for name in files_of(course) if name.startswith("figures/")}
    assert {image.attributes["src"] for image in images} == delivered


def test_plots_stand_on_a_background_of_their_own(course: Course) -> None:
    """The theme's dark colours, and the zoom's white, would else swallow text or lines."""
    scatter = Image.open(course.folder / "figures/espaco-latente-plano.png").convert("RGBA")
    assert scatter.getpixel((0, 0))[3] == 255
    curves = (course.folder / "figures/treinamento-curvas.svg").read_text()
    assert re.search(r'<g id="patch_1">\s*<path[^>]*style="fill: #[0-9a-f]{6}', curves)


def test_no_link_or_anchor_is_broken_and_no_id_is_there_twice(course: Course) -> None:
    page = course.page
    ids = Counter(e.attributes["id"] for e in page.elements if e.attributes.get("id"))
    assert [name for name, count in ids.items() if count > 1] == []
    links = [link.attributes["href"] for link in page.all("a") if "href" in link.attributes]
    assert sum(link.startswith("#") for link in links) > 200
    for link in links:
        path, _, anchor = unquote(link).partition("#")
        if re.match(r"[a-z]+:", path):
            continue
        assert (course.built / path).exists(), link
        assert not path.startswith("..")
        assert path or anchor in ids, link


def test_nothing_private_and_nothing_unmade_is_left(course: Course) -> None:
    html = (course.built / "index.html").read_text()
    article = html[html.index("<article") : html.index("</article>")]
    assert not PRIVATE.findall(article)
    assert not PRIVATE.findall(re.sub(r"\?\?\?", "", course.source))
    text = re.sub(
        r"<(code|script|style)\b.*?</\1>|class=\"arithmatex\">.*?</(?:span|div)>", "", article, flags=re.DOTALL
    )
    assert not UNMADE.findall(re.sub(r"<[^>]+>", "", text))
    assert "atalho para a sua origem" not in text, "no number leads to its origin here"


def test_boxes_and_evidence_need_no_style_of_ours(course: Course) -> None:
    page = course.page
    boxes = [e for e in page.all("div") if e.attributes.get("class", "").startswith("admonition")]
    kinds = Counter(box.attributes["class"].split()[1] for box in boxes if "Afirmação" in box.text[:20])
    assert kinds.keys() <= {"success", "failure", "question", "note"}
    assert kinds.total() > 60
    evidence = [e for e in page.all("summary") if e.text == "Evidência"]
    assert len(evidence) == kinds.total()
    assert "open" not in evidence[0].parents[-1].attributes


def test_code_is_included_from_the_delivered_files(course: Course) -> None:
    included = re.findall(r'^ *--8<-- "docs/exercises/vae/(code/[\w/.]+):(\d+):(\d+)"$', course.source, re.MULTILINE)
    assert len(included) == course.source.count("--8<--") >= 4
    shown = "\n".join(block.text for block in course.page.all("code"))
    for path, first, last in included:
        lines = (course.folder / path).read_text().splitlines()[int(first) - 1 : int(last)]
        assert re.match(r"(@|def |class )", lines[0])
        assert "\n".join(lines) in shown, path


def test_the_code_is_the_sources_byte_for_byte(course: Course) -> None:
    code = {name.removeprefix("code/") for name in files_of(course) if name.startswith("code/")}
    assert code == {*sources.code_files(), "requirements.txt", "LICENSE", "LEIAME.txt"}
    for name in code - {"LEIAME.txt"}:
        assert (course.folder / "code" / name).read_bytes() == (ROOT / name).read_bytes(), name


def test_the_code_runs_by_itself(course: Course, tmp_path: Path) -> None:
    """What LEIAME.txt says, in a process that sees nothing but the delivered folder."""
    readme = (course.folder / "code/LEIAME.txt").read_text()
    (command,) = re.findall(
        r"python (-m vae .*--dataset digits.*?) +#|python (-m vae .*--dataset digits \S+ \d+)", readme
    )
    arguments = "".join(command).replace("--epochs 2", "--epochs 1").split()
    done = subprocess.run(
        [sys.executable, *arguments, "--out", str(tmp_path)],
        cwd=course.folder / "code", env={"PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert re.search(r"Test, nats an image: -ELBO \d+\.\d+ = BCE", done.stdout)
    assert {path.name for path in tmp_path.glob("*.png")} == {
        "amostras.png", "curvas.png", "espaco-latente.png", "reconstrucoes.png"
    }  # fmt: skip


def test_the_check_list_is_complete_and_leads_to_what_is_there(course: Course) -> None:
    covered = coverage(unlabelled(course.source), files_of(course))
    assert [each.missing for each in covered] == [()] * len(RUBRIC)
    (table,) = [table for table in course.page.all("table") if "O que a atividade pede" in table.text]
    assert table.text.count("✓ completo") == len(RUBRIC)
    for criterion in RUBRIC:
        assert criterion.title in table.text


@pytest.mark.parametrize(("pattern", "title", "missing"), [
    (r"^#### Reparametrização .*$", "Modelo e reparametrização", "seção `treinamento-reparametrizacao`"),
    (r"attrs: \{id: reconstrucoes-fig-colunas\}", "Visualização das reconstruções", "figura `reconstrucoes-fig-colunas`"),
    (r"attrs: \{id: visao-geral-tab-camadas\}", "Modelo e reparametrização", "tabela `visao-geral-tab-camadas`"),
    (r'<span id="geracao-afirmacao-[\w-]+"></span>', "Amostragem", "afirmações de `geracao`"),
    (r"^## Reprodução .*$", "Relatório", "seção `reproducao`"),
])  # fmt: skip
def test_what_is_taken_away_is_missed(course: Course, pattern: str, title: str, missing: str) -> None:
    without = re.sub(pattern, "", course.source, flags=re.MULTILINE)
    assert without != course.source
    lacking = {each.title: each.missing for each in coverage(unlabelled(without), files_of(course)) if each.missing}
    assert missing in lacking[title]
    (row,) = [
        line
        for line in check_list(coverage(unlabelled(without), files_of(course))).splitlines()
        if f"**{title}**" in line
    ]
    assert "**falta:**" in row
    assert missing in row
    assert "✓" not in row


def test_a_file_of_code_that_is_not_delivered_is_missed(course: Course) -> None:
    lacking = {
        each.title: each.missing
        for each in coverage(unlabelled(course.source), files_of(course) - {"code/vae/train.py"})
    }
    assert lacking["Treino e acompanhamento"] == ("código `code/vae/train.py`",)
