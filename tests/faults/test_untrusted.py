"""Nothing that comes in a file is executed: not by the loaders, not by the pages."""

import ast
import dataclasses
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import markdown
import pytest
import yaml

from report.comparison.changes import Revision
from report.comparison.snapshot import take
from report.environment import make_environment
from report.evidence import Evidence
from report.following import finished
from report.language.foreign import code, plain
from report.render import Rendering
from report.sections import PAGES
from tests.report.synthetic import evidence_of, synthetic_results
from tests.report.test_pages import undrawn
from vae.grid import make_grid

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("vae", "report", "benchmarks", "build.py")

# Modules that run what they read, functions that do, and those that only do not when told so.
MODULES = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "code", "imp"}
NAMES = {"eval", "exec", "compile", "__import__"}
ATTRIBUTES = {"torch.load", "torch.jit.load", "torch.hub.load", "yaml.load", "yaml.unsafe_load", "pandas.read_pickle"}
UNLESS_TOLD = {
    "load": "allow_pickle",
    "savez": "allow_pickle",
    "savez_compressed": "allow_pickle",
    "save": "allow_pickle",
    "write_array": "allow_pickle",
}

# What processes of one build say to each other, over pipes of its own and between the machines that its user chose. What
# comes in a file goes through none of it.
CHANNELS = {"report/forked.py", "vae/building/cluster.py", "benchmarks/scaling.py"}


def dangers(source: str) -> Iterator[str]:
    """Yield what in a source file could execute what it reads."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] in MODULES)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in MODULES:
            yield node.module or ""
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{a.name}" for a in node.names if f"{node.module}.{a.name}" in ATTRIBUTES)
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            told = {word.arg: word.value for word in node.keywords}
            module, _, name = called.rpartition(".")
            if called in NAMES or called in ATTRIBUTES:
                yield called
            elif module in ("np", "numpy", "np.lib.format") and name in UNLESS_TOLD:
                flag = told.get(UNLESS_TOLD[name])
                if not (isinstance(flag, ast.Constant) and flag.value is False):
                    yield f"{called} without {UNLESS_TOLD[name]}=False"
            elif "weights_only" in told:
                yield called


def paths() -> list[Path]:
    return [
        path
        for name in SOURCES
        for path in ([ROOT / name] if name.endswith(".py") else sorted((ROOT / name).rglob("*.py")))
    ]


def test_no_loader_executes_what_it_reads() -> None:
    found = {path.relative_to(ROOT).as_posix(): list(dangers(path.read_text())) for path in paths()}
    assert len(found) > 100
    assert {path: what for path, what in found.items() if what and path not in CHANNELS} == {}
    assert {danger for path in CHANNELS & found.keys() for danger in found[path]} <= {"pickle"}


@pytest.mark.parametrize("source", [
    "import pickle", "from pickle import loads", "import torch\ntorch.load('x')", "from torch import load", "eval('1')",
    "import numpy as np\nnp.load('x')", "import numpy as np\nnp.load('x', allow_pickle=True)", "__import__('os')",
    "f(weights_only=False)",
])  # fmt: skip
def test_that_one_would_be_seen(source: str) -> None:
    assert list(dangers(source))


HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "`</code><b onclick=alert(1)>b</b>`",
    "a|b | c",
    "[x](javascript:alert(1))",
    "![x](https://example.org/x.png)",
    '\n\n--8<-- "build.py"\n\n# A title\n\n',
    "{{ 7 * 7 }} {% raw %}",
    "$x^2$ \\(y\\) **b** _i_ ~~s~~ ++ctrl++",
    '" onmouseover="alert(1)',
    "{ onclick=alert(1) }",
    "https://example.org/<b>",
    "\ue000\U000f0000evil\ue001",
    "",
)


class Seen(HTMLParser):
    """What a browser would make of a page: its text, and whatever of it is not ours."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.foreign = "", []  # type: str, list[str]
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        acts = [name for name in values if name.startswith("on")]
        leads = [
            value
            for name, value in values.items()
            if (name in ("href", "src") and "example.org" in value) or "javascript:" in value
        ]
        if tag in ("script", "iframe", "object", "embed") or acts or leads:
            self.foreign.append(f"<{tag} {values}>")


def html(text: str) -> str:
    """Return a page as the site has it, with the extensions of mkdocs.yml that need nothing of the site."""
    configured: list[Any] = configuration()["markdown_extensions"]
    names = [next(iter(each)) if isinstance(each, dict) else each for each in configured]
    options = {name: value for each in configured if isinstance(each, dict) for name, value in each.items()}
    return markdown.markdown(text, extensions=names, extension_configs=options)


def configuration() -> Any:
    class Loader(yaml.SafeLoader):
        """mkdocs.yml names functions and the environment by tags; here they are nothing."""

    Loader.add_multi_constructor("!", lambda *_: None)
    Loader.add_multi_constructor("tag:yaml.org,2002:python/", lambda *_: None)
    return yaml.load((ROOT / "mkdocs.yml").read_text(), Loader)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_foreign_text_is_shown_and_does_nothing(text: str) -> None:
    for shown in (plain(text), code(text)):
        page = Seen(html(f"Dispositivo: {shown}, fim.\n\n| a | b |\n| :-- | --: |\n| {shown} | x |\n"))
        assert page.foreign == []
        words = " ".join("".join(c if c.isprintable() else " " for c in text).split())
        assert page.text.count(words) >= 2, page.text
        assert page.text.rstrip().endswith("x"), "a table of two columns"


def with_foreign_texts(evidence: Evidence, text: str) -> Evidence:
    """The same evidence, with this text wherever a results folder may have a text of its own."""
    for seeds in evidence.samples.results.values():
        for seed, result in seeds.items():
            facts = dict.fromkeys(("commit", "device", "python", "torch", "numpy", "platform"), text)
            made = {"evaluation": {**result.provenance["evaluation"], **facts}}
            if "training" in result.provenance:
                made["training"] = [{**session, **facts} for session in result.provenance["training"]]
            seeds[seed] = dataclasses.replace(result, provenance={**result.provenance, **made})  # type: ignore[index]
    before = take(evidence, evidence.grid.specs)
    runs = {run: dataclasses.replace(one, spec={**one.spec, text: text}) for run, one in before.runs.items()}
    numbers = {run: dataclasses.replace(one, numbers=dict.fromkeys(one.numbers, text)) for run, one in runs.items()}
    previous = dataclasses.replace(before, runs=numbers, revision=Revision("0123456789" * 4, "2026-11-20", text))
    return dataclasses.replace(evidence, previous=previous)


@pytest.fixture(scope="module")
def hostile() -> Evidence:
    import numpy as np

    grid = make_grid("full", "digits", 1)
    evidence = evidence_of(grid, synthetic_results(grid, np.random.default_rng(0)), resamples=20)
    return with_foreign_texts(evidence, " ".join(HOSTILE))


@pytest.mark.parametrize("slug", ["reproducao", "treinamento", "placar", "espaco-latente"])
def test_no_page_does_what_a_results_folder_says(hostile: Evidence, slug: str) -> None:
    page = next(each for each in PAGES if each.slug == slug)
    environment = make_environment()
    rendering = Rendering(page, hostile, environment, draw=undrawn)
    text, _ = finished(rendering.text(), slug, rendering.evidence, environment)
    seen = Seen(html(text.split("---", 2)[2]))
    assert seen.foreign == []
    assert "<script>alert(1)</script>" in seen.text, "it is shown"
    assert "A title" not in [line.strip() for line in seen.text.splitlines()], "and is one line"
