"""What a page says of itself to search engines, to whoever shares its link, and to a phone's home screen."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

ACTIVITY = "atividades/04-vae"
ADDRESS = "https://exemplo.org/curso/"
Build = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def published(make_project: Callable[..., Path], build: Build, sample: Path) -> Path:
    """The sample site with an address."""
    project = make_project(sample, site_url=ADDRESS)
    done = build(project, "mkdocs", "--strict")
    assert done.returncode == 0, done.stderr
    return project / "site"


def head(site: Path, page: str) -> dict[str, str]:
    """What the metas and links of a page's head say, by name, property or relation."""
    html = (site / page).read_text()
    elements = re.findall(r"<(?:meta|link)\b[^>]*>", html[: html.index("</head>")])
    found = {}
    for element in elements:
        attributes = dict(re.findall(r'([\w:-]+)="([^"]*)"', element))
        name = attributes.get("name") or attributes.get("property") or attributes.get("rel")
        if name:
            found[name] = attributes.get("content") or attributes.get("href", "")
    return found


def test_a_page_describes_itself(sample_site: Path) -> None:
    said = head(sample_site, f"{ACTIVITY}/visao-geral/index.html")
    assert said["description"] == said["og:description"] and said["description"].startswith("Página de amostra")
    assert said["og:title"] == "Visão geral"
    assert said["og:type"] == "article"
    assert said["article:modified_time"] == "2026-11-23"
    home = head(sample_site, "index.html")
    assert home["og:type"] == "website" and home["description"].startswith("Relatórios")


def test_without_an_address_nothing_claims_one(sample_site: Path) -> None:
    said = head(sample_site, f"{ACTIVITY}/visao-geral/index.html")
    assert {"og:image", "og:url", "canonical", "twitter:card"} & set(said) == set()
    assert "<url>" not in (sample_site / "sitemap.xml").read_text()


def test_a_shared_link_shows_the_card(published: Path) -> None:
    said = head(published, f"{ACTIVITY}/visao-geral/index.html")
    assert said["og:url"] == said["canonical"] == f"{ADDRESS}{ACTIVITY}/visao-geral/"
    assert said["og:image"].startswith(ADDRESS)
    with Image.open(published / said["og:image"].removeprefix(ADDRESS)) as card:
        assert card.size == (int(said["og:image:width"]), int(said["og:image:height"]))


def test_the_sitemap_dates_a_page_by_its_results(published: Path) -> None:
    space = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    entries = ElementTree.parse(published / "sitemap.xml").getroot().findall("s:url", space)
    dates = {entry.findtext("s:loc", "", space): entry.findtext("s:lastmod", "", space) for entry in entries}
    assert dates[f"{ADDRESS}{ACTIVITY}/visao-geral/"] == "2026-11-23"
    assert dates[ADDRESS] == "", "a page without results has no day"
    assert len(dates) == len(list(published.rglob("index.html")))


def test_a_page_that_is_not_there_leads_back_from_any_depth(published: Path) -> None:
    html = (published / "404.html").read_text()
    article = re.search(r"<article.*?</article>", html, re.DOTALL)[0]
    links = re.findall(r'href="([^"]+)"', article)
    assert "/curso/." in links and f"/curso/{ACTIVITY}/visao-geral/" in links
    assert all(link.startswith("/curso/") for link in links), "a relative link would depend on the address that failed"
    assert all((published / link.removeprefix("/curso/") / "index.html").is_file() for link in links)


def test_icons_are_there(sample_site: Path) -> None:
    said = head(sample_site, "index.html")
    for name, side in (("alternate icon", 48), ("apple-touch-icon", 180)):
        with Image.open(sample_site / said[name]) as image:
            assert image.size == (side, side)
    assert (sample_site / said["icon"]).read_bytes().startswith(b"<svg")
