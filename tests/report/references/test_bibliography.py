"""The works and the pages that cite them agree, and each work is written out as it was published."""

import re
from itertools import pairwise

import pytest

from report.language import ptbr
from report.origins.numbers import origins_of
from report.page import PAGES_DIR, Page, PageError
from report.pages.referencias.page import PAGE, citations
from report.publishing.made_from import own_sources
from report.references.bibliography import (
    BY_KEY,
    CALL,
    bibtex,
    bibtex_file,
    cite,
    citep,
    in_order,
    keys_in,
    names,
    reference,
)
from report.references.works import WORKS, Work
from report.sections import PAGES
from report.sources import read_source
from tests.report.synthetic import synthetic_evidence
from tests.report.test_pages import text_of

LINK = re.compile(r"\]\(referencias\.md#ref-(\w+)\)")
LONG = Work("longo2001", ("Um, A.", "Dois, B.", "Três, C.", "Quatro, D."), "Um título", 2001, "article", "Uma revista")


def plain(text: str) -> str:
    return ptbr.strip_marks(text).replace("\u00a0", " ")


def test_every_work_is_cited_and_every_citation_is_of_a_work() -> None:
    cited = set().union(*citations().values())
    assert cited == set(BY_KEY)
    assert len(BY_KEY) == len(WORKS), "two works with one key"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.slug)
def test_a_page_shows_the_citations_that_its_template_makes(page: Page) -> None:
    """What is found by reading the templates is what readers find on the pages."""
    evidence = synthetic_evidence(seed=0, n_seeds=3)
    assert set(LINK.findall(plain(text_of(page, evidence)))) == set(citations()[page.slug])


def test_no_page_cites_but_by_the_functions_that_are_looked_for() -> None:
    for page in PAGES:
        template = (PAGES_DIR / page.template).read_text()
        assert len(re.findall(r"\bcitep?\b", template)) == len(CALL.findall(template))
        for source in own_sources(page):
            if source.endswith(".py"):
                assert not re.search(r"\{\{[^}]*\bcitep?\(", read_source(source)), f"{source}: cite in the template"
    assert keys_in('a {{ cite("um2001") }} b {{ citep("dois2002", "tres2003") }} c') == {
        "um2001",
        "dois2002",
        "tres2003",
    }


def test_citations_in_and_out_of_parentheses() -> None:
    assert plain(cite("kingma2014")) == "[Kingma e Welling (2014)](referencias.md#ref-kingma2014)"
    assert plain(citep("holm1979", "burda2016")) == (
        "([Holm, 1979](referencias.md#ref-holm1979); "
        "[Burda; Grosse; Salakhutdinov, 2016](referencias.md#ref-burda2016))"
    )
    assert plain(names(BY_KEY["burda2016"])) == "Burda, Grosse e Salakhutdinov (2016)"
    assert plain(names(BY_KEY["maaten2008"])) == "Van der Maaten e Hinton (2008)"
    assert plain(names(LONG)) == "Um et al. (2001)"


def test_a_work_that_is_not_there_is_named() -> None:
    with pytest.raises(
        PageError, match=r"cite\('kingma2013'\): report/references/works.py has no such work; it has: alain2016, "
    ):
        cite("kingma2013")
    with pytest.raises(PageError, match="kingma2013"):
        citep("kingma2014", "kingma2013")


def test_a_reference_says_who_what_where_and_when() -> None:
    assert plain(reference(BY_KEY["rousseeuw1987"])) == (
        '<span translate="no">ROUSSEEUW, Peter J.</span> <span lang="en">Silhouettes: a graphical aid to the '
        "interpretation and validation of cluster analysis</span>. "
        '<span lang="en">*Journal of Computational and Applied Mathematics*</span>, v. 20, p. 53–65, 1987. '
        '[DOI: <span translate="no">10.1016/0377-0427(87)90125-7</span>]'
        "(https://doi.org/10.1016/0377-0427%2887%2990125-7)."
    )
    assert plain(reference(BY_KEY["kingma2014"])) == (
        '<span translate="no">KINGMA, Diederik P.; WELLING, Max.</span> <span lang="en">Auto-Encoding Variational '
        'Bayes</span>. In: <span lang="en">*International Conference on Learning Representations (ICLR)*</span>, 2014. '
        '[arXiv: <span translate="no">1312.6114</span>](https://arxiv.org/abs/1312.6114).'
    )
    assert plain(reference(BY_KEY["xiao2017"])).endswith(
        'Algorithms*</span>. 2017. [arXiv: <span translate="no">1708.07747</span>](https://arxiv.org/abs/1708.07747).'
    )
    assert plain(reference(BY_KEY["holm1979"])).endswith("1979. [Texto](https://www.jstor.org/stable/4615733).")


@pytest.mark.parametrize("work", WORKS, ids=lambda work: work.key)
def test_the_facts_of_a_work_have_the_form_of_such_facts(work: Work) -> None:
    assert re.fullmatch(r"[a-z]+\d{4}", work.key) and work.key.endswith(str(work.year))
    assert all(re.fullmatch(r"[^,]+, [^,]+", author) for author in work.authors) and work.authors
    first = re.sub(r"^(?:[a-z]+ )+", "", work.authors[0].partition(",")[0])
    assert work.key.startswith(re.sub(r"[^a-z]", "", ptbr.sort_key(first).replace("ø", "o"))), "keyed by another author"
    assert re.fullmatch(r"10\.\d{4,5}/\S+", work.doi) or not work.doi
    assert re.fullmatch(r"\d{4}\.\d{4,5}", work.arxiv) or not work.arxiv
    assert bool(work.within) == (work.kind not in ("misc", "book"))
    if span := re.fullmatch(r"(\d+)–(\d+)", work.pages):
        assert int(span[1]) < int(span[2])
    if work.arxiv:
        posted = 2000 + int(work.arxiv[:2])
        assert 0 <= work.year - posted <= 2 or work.doi, "no preprint is younger than its publication"


@pytest.mark.parametrize("work", WORKS, ids=lambda work: work.key)
def test_the_digits_of_a_reference_lead_to_the_line_that_states_them(work: Work) -> None:
    text = f"{reference(work)} {cite(work.key)}"
    assert ptbr.unmarked_digits(text) == [] and ptbr.unfollowed(text) == []
    (place,) = {place for origin in origins_of(text) for place in origin.places}
    assert f'"{work.key}"' in read_source(place.path).splitlines()[place.line - 1]


def test_works_are_in_the_order_of_their_authors() -> None:
    listed = [work.key for work in in_order(WORKS)]
    assert ptbr.sort_key("Élan") == "elan", "an accent moves nobody to the end"
    assert listed.index("loaizaganem2019") < listed.index("maaten2008") < listed.index("naeem2020"), (
        "van der Maaten is at M"
    )
    text = plain(text_of(PAGE, synthetic_evidence()))
    places = [text.index(f'id="ref-{key}"') for key in listed]
    assert all(before < after for before, after in pairwise(places))


def test_bibtex_has_all_that_is_known_and_nothing_else() -> None:
    assert bibtex(BY_KEY["owen2007"]) == (
        "@article{owen2007,\n"
        "  author        = {Owen, Art B.},\n"
        "  title         = {{The pigeonhole bootstrap}},\n"
        "  journal       = {The Annals of Applied Statistics},\n"
        "  year          = {2007},\n"
        "  volume        = {1},\n"
        "  number        = {2},\n"
        "  pages         = {386--411},\n"
        "  doi           = {10.1214/07-AOAS122},\n"
        "  eprint        = {0712.1111},\n"
        "  archiveprefix = {arXiv}\n"
        "}"
    )
    whole = bibtex_file(WORKS).decode()
    assert re.findall(r"^@\w+\{(\w+),$", whole, re.MULTILINE) == [work.key for work in WORKS]
    assert whole.count("{") == whole.count("}")


def test_the_page_says_who_cites_each_work() -> None:
    text = plain(text_of(PAGE, synthetic_evidence()))
    for key in BY_KEY:
        entry = text.split(f'<span id="ref-{key}"></span>')[1].split("<details")[0]
        said = set(re.findall(r"\[[^]]+\]\(([a-z-]+)\.md\)", entry))
        assert said == {slug for slug, keys in citations().items() if key in keys}, key
