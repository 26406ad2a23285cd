"""The explorer in a real browser, with the published models: what it computes is torch's, and every control does what it says."""

import functools
import gzip
import hashlib
import json
import math
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, Locator, Page, Route
from safetensors.torch import load_file

from report.evidence import Evidence
from report.judging.family import StoredResults
from report.judging.statistics import Samples
from report.page import ACTIVITY
from report.pages.explorador.files import DESCRIPTION, HOLES_SIDE
from report.publishing.publish import Publication
from report.publishing.rendered import Rendered
from report.rendering.codepages import code_page, code_path
from report.rendering.environment import make_environment
from report.rendering.render import render_page
from report.sections import page as page_of
from report.sources import code_files
from vae.data.tensors import as_input
from vae.grid import SNAPSHOTS, make_grid
from vae.metrics.holes import hole_map
from vae.models.conv import ConvVAE
from vae.spec import ConvSpec
from vae.storage.results import Array
from vae.storage.store import ResultsStore

ROOT = Path(__file__).parents[2]

SUB_PATH = "curso/relatorio"
SAME = 1e-4  # what the issue asks for: pixels and latents of browser and torch agree to this
STEP = 1 / 255  # of a shown pixel
APP = "document.querySelector('.explorer').explorer"


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    """The published results; no claim is judged, for the page states none."""
    grid, store = make_grid(), ResultsStore(ROOT / "results")
    publication = Publication(grid, store, Rendered(ROOT / "rendered"), ROOT / "docs")
    return Evidence(grid, Samples(StoredResults(grid, store), grid.info), {}, weights=publication.weights)


@pytest.fixture(scope="module")
def site(
    evidence: Evidence, sample: Path, build_site: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A folder in which the sample site stands below SUB_PATH, the real explorer in it."""
    rendered = tmp_path_factory.mktemp("explorer") / "rendered"
    shutil.copytree(sample, rendered)
    files = render_page(page_of("explorador"), evidence, make_environment()).files
    text = files[f"{ACTIVITY}/explorador.md"].decode()
    files |= {f"{ACTIVITY}/{code_path(path)}": code_page(path) for path in code_files() if code_path(path) in text}
    terms = sorted(set(re.findall(r"referencias\.md#([\w-]+)", text)))
    glossary = "# Glossário\n\n" + "\n\n".join(f'<span id="{term}"></span>' for term in terms)
    Rendered(rendered).write(files | {f"{ACTIVITY}/referencias.md": glossary.encode()})
    top = tmp_path_factory.mktemp("top")
    shutil.copytree(build_site(rendered), top / SUB_PATH)
    return top


@pytest.fixture(scope="module")
def address(site: Path, serve: Callable[[Path], str]) -> str:
    return f"{serve(site)}/{SUB_PATH}/{ACTIVITY}/explorador/"


@pytest.fixture(scope="module")
def described(site: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((site / SUB_PATH / ACTIVITY / DESCRIPTION).read_bytes())
    return read


@functools.cache
def model(run: str) -> ConvVAE:
    """The published model, in torch."""
    made = ConvVAE(ConvSpec())
    made.load_state_dict(load_file(ROOT / f"results/{run}/42/weights.safetensors"))
    return made.eval()


@torch.no_grad()
def decoded(run: str, latents: Any) -> Array:
    """Pixels as probabilities, (n, 28, 28)."""
    pixels: Array = (
        torch.sigmoid(model(run).decoder(torch.tensor(np.array(latents), dtype=torch.float32))).squeeze(1).numpy()
    )
    return pixels


@torch.no_grad()
def encoded(run: str, image: Array) -> tuple[Array, Array]:
    """Mean and standard deviation of the posterior of a grey image, (28, 28) uint8."""
    mean, logvar = model(run).encoder(as_input(torch.from_numpy(image.copy()).unsqueeze(0)))
    return mean[0].numpy(), torch.exp(logvar[0] / 2).numpy()


@dataclass
class Visit:
    """An open explorer and what went wrong on the way."""

    page: Page
    requests: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def part(self, name: str) -> Locator:
        return self.page.locator(f'[data-part="{name}"]')

    def state(self, expression: str) -> Any:
        """The value of an expression of the app ("a") and its state ("s")."""
        return self.page.evaluate(f"(() => {{ const a = {APP}, s = a.state; return {expression}; }})()")

    def settled(self) -> None:
        """Waits until what is shown is of the state as it is now."""
        # Two frames: a control's event changes the state, the next frame draws it and may ask the models. They answer in
        # order, so that what was asked before is shown when one more answer is there.
        self.page.evaluate(
            f"""async () => {{
              const a = {APP};
              const frame = () => new Promise(requestAnimationFrame);
              do {{ await frame(); await frame(); }} while (a.decoding || a.inputs.encoding);
              await a.engine.decode(a.state.run, [0, 0]);
              await frame();
            }}"""
        )

    def shown(self, name: str) -> Array:
        """What a canvas shows, (height, width) in 0 to 1."""
        canvas = self.part(name).evaluate(
            "c => [c.width, [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data].filter((_, i) => i % 4 === 0)]"
        )
        return np.array(canvas[1]).reshape(-1, canvas[0]) / 255

    def colours(self, name: str, places: list[tuple[float, float]]) -> Array:
        """Red, green, blue and alpha of a canvas at some places, shares of its width and height."""
        code = "(c, places) => places.map(([x, y]) => [...c.getContext('2d').getImageData(x * c.width, y * c.height, 1, 1).data])"
        return np.array(self.part(name).evaluate(code, [[float(share) for share in place] for place in places]))

    def at(self, z: tuple[float, float]) -> tuple[float, float]:
        """Where a point of the plane is, in the window."""
        self.part("overlay").scroll_into_view_if_needed()
        box, view = self.part("overlay").bounding_box(), self.state("a.manifest.view")
        assert box
        return box["x"] + box["width"] * (z[0] + view) / (2 * view), box["y"] + box["height"] * (view - z[1]) / (
            2 * view
        )


def opened(
    browser: Browser, address: str, load: bool = True, route: Callable[[Page], None] | None = None, **context: Any
) -> Visit:
    """The explorer's page, and the explorer loaded; route may get in the way of its requests."""
    page = browser.new_context(**{"viewport": {"width": 1280, "height": 1000}} | context).new_page()
    seen = Visit(page)
    page.on("request", lambda sent: seen.requests.append(sent.url))
    page.on("requestfailed", lambda sent: seen.faults.append(sent.url))
    page.on("response", lambda got: seen.faults.append(f"{got.status} {got.url}") if got.status >= 400 else None)
    # Chromium's advice on canvases that are read back often is for the tests: no script of the page reads one.
    page.on(
        "console",
        lambda said: (
            seen.faults.append(said.text)
            if said.type in ("error", "warning") and "willReadFrequently" not in said.text
            else None
        ),
    )
    page.on("pageerror", lambda error: seen.faults.append(str(error)))
    if route:
        route(page)
    page.goto(address, wait_until="networkidle")
    if load:
        seen.part("load").click()
        page.wait_for_selector(".explorer[data-state]")
    return seen


@pytest.fixture(scope="module")
def loaded(browser: Browser, address: str) -> Iterator[Visit]:
    """One explorer that the tests below share, each setting what it depends on."""
    seen = opened(browser, address)
    yield seen
    seen.page.context.close()


@pytest.fixture
def visit(loaded: Visit) -> Iterator[Visit]:
    """The shared explorer as it opens, and no fault after the test."""
    page = loaded.page
    page.mouse.move(1, 1)
    page.check('[name="explorer-model"][value="e100"]')
    page.select_option('[data-part="map"]', "none")
    loaded.part("all").click()
    loaded.part("erase").click()
    loaded.part("z1").fill("0")
    loaded.part("z2").fill("0")
    loaded.settled()
    yield loaded
    assert loaded.faults == []


def assert_shows(visit: Visit, run: str, z: Any) -> None:
    """The large image is torch's at this place."""
    visit.settled()
    np.testing.assert_allclose(visit.shown("decoded"), decoded(run, [z])[0], atol=STEP / 2 + SAME)


def test_what_is_loaded_is_what_the_button_says_and_all_from_here(
    browser: Browser, address: str, site: Path, described: dict[str, Any]
) -> None:
    seen = opened(browser, address, load=False)
    before = list(seen.requests)
    assert not [url for url in before if re.search(r"\.(onnx|wasm|bin|gz)", url)], "nothing large before the click"
    label = seen.part("load").inner_text()
    with seen.page.expect_request(f"**/{Path(DESCRIPTION).name}") as asked:
        seen.part("load").click()
    assert asked.value.all_headers()["cache-control"] == "max-age=0", "a kept description is asked for again"
    seen.page.wait_for_selector(".explorer[data-state]")
    assert seen.page.get_attribute(".explorer", "data-state") == "ready"
    assert seen.faults == []
    origin = address.split(f"{SUB_PATH}/")[0] + SUB_PATH
    foreign = [
        url for url in seen.requests if not url.startswith((origin, "data:", f"blob:{origin.split('/curso')[0]}"))
    ]
    assert foreign == []
    fetched = {url.removeprefix(origin + "/") for url in seen.requests[len(before) :] if url.startswith(origin)}
    addresses = {name for name in fetched if re.search(r"\.(onnx|wasm|bin)(\.gz)?\?", name)}
    data = {name.split("?")[0] for name in addresses}
    # An address is of a content, not of a name: a host or browser that keeps an older file cannot answer with it.
    for name in addresses:
        content = (site / SUB_PATH / name.split("?")[0]).read_bytes()
        content = gzip.decompress(content) if ".gz?" in name else content
        assert name.split("?")[1] == hashlib.sha256(content).hexdigest()[:12]
    assert len(data) == 1 + 2 + 3 * len(SNAPSHOTS)
    total = sum((site / SUB_PATH / name).stat().st_size for name in data)
    assert label == f"Carregar o explorador ({total / 1e6:.1f}\u00a0MB)".replace(".", ",")
    seen.page.context.close()


@pytest.mark.parametrize("run", SNAPSHOTS)
def test_the_browser_decodes_as_torch_does(visit: Visit, run: str) -> None:
    latents = np.random.default_rng(1).normal(0, 1.5, (40, 2)).astype(np.float32)
    latents[0], latents[1] = (4.5, -4.5), (0, 0)
    found = visit.state(f"a.engine.decode('{run}', {latents.flatten().tolist()}).then(p => [...p])")
    difference = np.abs(np.reshape(found, (40, 28, 28)) - decoded(run, latents))
    assert difference.max() < SAME


@pytest.mark.parametrize("run", SNAPSHOTS)
def test_the_browser_encodes_as_torch_does(visit: Visit, evidence: Evidence, run: str) -> None:
    images = evidence.dataset.array("explored_images")
    for index in (0, 7, 1234):
        np.testing.assert_array_equal(visit.state(f"[...a.image({index})]"), images[index].flatten())
        found = visit.state(f"a.engine.encode('{run}', [...a.image({index})].map(v => v / 255))")
        mean, deviation = encoded(run, images[index])
        np.testing.assert_allclose(found["mean"], mean, atol=SAME)
        np.testing.assert_allclose(np.log(found["deviation"]), np.log(deviation), atol=SAME / 2)
        # And the point on the plane is where this same image lies.
        stored = visit.state(f"[...a.models.get('{run}').points.slice({2 * index}, {2 * index + 2})]")
        np.testing.assert_allclose(stored, mean, atol=2e-3)  # float16


def test_contrast_is_one_minus_the_entropy_of_the_pixels(visit: Visit) -> None:
    latents = np.array([[0.0, 0.0], [-3, 2], [1.5, -1]])
    pixels = decoded("e100", latents).astype(np.float64).reshape(3, -1).clip(1e-12, 1 - 1e-12)
    entropy = -(pixels * np.log2(pixels) + (1 - pixels) * np.log2(1 - pixels)).mean(axis=1)
    found = visit.state(f"a.engine.contrast('e100', {latents.flatten().tolist()}).then(p => [...p])")
    np.testing.assert_allclose(found, 1 - entropy, atol=SAME)


def test_a_pointer_over_the_plane_shows_and_a_click_holds(visit: Visit) -> None:
    page = visit.page
    page.mouse.move(*visit.at((1.0, -1.5)))
    visit.settled()
    hovered = visit.state("s.z")
    np.testing.assert_allclose(hovered, (1.0, -1.5), atol=0.03)
    assert_shows(visit, "e100", hovered)
    page.mouse.move(5, 5)
    visit.settled()
    assert visit.state("s.z") == [0, 0], "a look leaves no trace"
    page.mouse.click(*visit.at((-2.0, 0.5)))
    page.mouse.move(5, 5)
    visit.settled()
    np.testing.assert_allclose(visit.state("s.z"), (-2.0, 0.5), atol=0.03)
    assert float(visit.part("z1").input_value()) == pytest.approx(visit.state("s.z[0]"), abs=0.006)


def test_a_drag_that_leaves_the_plane_stays_at_its_edge(visit: Visit) -> None:
    page = visit.page
    page.mouse.move(*visit.at((0.0, 0.0)))
    page.mouse.down()
    x, y = visit.at((4.4, 0.0))
    page.mouse.move(x + 300, y, steps=4)
    page.mouse.up()
    visit.settled()
    assert visit.state("s.z[0]") == visit.state("a.manifest.view")


def test_the_last_of_many_positions_is_what_is_shown(visit: Visit) -> None:
    page = visit.page
    # The answer is held back until the reader has moved on, however long a busy machine takes for that.
    page.evaluate(f"""() => {{
      const {{ engine }} = {APP};
      const decode = engine.decode.bind(engine);
      const held = new Promise((release) => (window.release = release));
      engine.decode = async (...asked) => (await held, decode(...asked));
    }}""")
    page.mouse.move(*visit.at((-2.0, 2.0)))
    page.wait_for_function(f"{APP}.decoding")
    for step in range(1, 6):
        page.mouse.move(*visit.at((-2 + step / 2, 2 - step / 3)))
    assert visit.state("a.decoding"), "the first position is still waited for, or this tests nothing"
    page.evaluate("release()")
    visit.settled()
    np.testing.assert_allclose(visit.state("s.z"), (0.5, 1 / 3), atol=0.03)
    assert_shows(visit, "e100", visit.state("s.z"))


def test_the_keyboard_moves_along_both_axes(visit: Visit) -> None:
    page = visit.page
    for slider, axis in (("z1", 0), ("z2", 1)):
        visit.part(slider).focus()
        for _ in range(7):
            page.keyboard.press("ArrowRight")
        visit.settled()
        assert visit.state(f"s.z[{axis}]") == pytest.approx(0.07)
        assert visit.part(f"{slider}-value").inner_text() == "0,07"
        page.keyboard.press("Home")
        visit.settled()
        assert visit.state(f"s.z[{axis}]") == -visit.state("a.manifest.view")
    assert_shows(visit, "e100", visit.state("s.z"))


def test_what_is_seen_is_said_when_the_reader_rests(visit: Visit) -> None:
    said = visit.part("said")
    assert said.get_attribute("aria-live") == "polite"
    visit.part("z1").fill("1.25")
    visit.page.wait_for_function(f"{APP}.part('said').textContent.includes('(1,25; 0,00)')")
    assert re.search(r"Vizinhança: .+, \d+ de 10 pontos\.", said.inner_text())


def test_a_finger_moves_the_position_and_not_the_page(browser: Browser, address: str) -> None:
    seen = opened(browser, address, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = seen.page
    page.touchscreen.tap(*seen.at((1.0, 1.0)))
    seen.settled()
    np.testing.assert_allclose(seen.state("s.fixed"), (1.0, 1.0), atol=0.05)
    before = page.evaluate("scrollY")
    session = page.context.new_cdp_session(page)
    (x0, y0), (x1, y1) = seen.at((1.0, 1.0)), seen.at((-1.0, -2.0))
    for kind, share in (("touchStart", 0), ("touchMove", 0.3), ("touchMove", 0.7), ("touchMove", 1)):
        point = {"x": x0 + share * (x1 - x0), "y": y0 + share * (y1 - y0)}
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    seen.settled()
    np.testing.assert_allclose(seen.state("s.fixed"), (-1.0, -2.0), atol=0.05)
    assert_shows(seen, "e100", seen.state("s.z"))
    assert page.evaluate("scrollY") == before
    # On the phone nothing sticks out, and what is to be touched is large enough.
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    low = "[...document.querySelectorAll('.explorer__app :is(button, select, .explorer__choices label)')].filter(b => b.getBoundingClientRect().height < 43.9).map(b => b.innerText)"
    assert page.evaluate(low) == []
    assert seen.faults == []
    page.context.close()


def test_the_filter_decides_what_is_drawn_and_what_counts_as_near(
    visit: Visit, evidence: Evidence, described: dict[str, Any]
) -> None:
    page, classes, view = visit.page, described["classes"], described["view"]
    means, labels = evidence.headline("e100").array("latent_mean").astype(np.float64), evidence.labels
    apart = {
        "Trouser": (means[:, 0] > 1) & (means[:, 1] < -0.7),
        "Ankle boot": (means[:, 0] < -0.9) & (means[:, 1] > 0.2),
    }

    def drawn(name: str) -> float:
        """The share of the points of a class, where it is nearly alone, on which anything is drawn."""
        points = means[(labels == classes.index(name)) & apart[name]][:100]
        places = [((x + view) / (2 * view), (view - y) / (2 * view)) for x, y in points]
        share: float = (visit.colours("base", places)[:, 3] > 0).mean()
        return share

    assert drawn("Trouser") == drawn("Ankle boot") == 1
    visit.part("none").click()
    visit.settled()
    assert visit.part("around").inner_text() == "nenhuma classe mostrada"
    assert visit.part("pick-nearest").is_disabled()
    for name, other in (("Trouser", "Ankle boot"), ("Ankle boot", "Trouser")):
        visit.part("none").click()
        page.locator(".explorer__choices--classes label", has_text=name).click()
        visit.settled()
        assert visit.part("around").inner_text() == f"{name}, 10 de 10 pontos"
        number = int(visit.part("near-name").inner_text().split(",")[0].removeprefix("nº ").replace(".", ""))
        assert visit.state(f"a.labels[{number}]") == classes.index(name)
        assert drawn(name) == 1
        assert drawn(other) < 0.2  # lines of the grid and a name may pass there


def test_the_nearest_image_is_the_nearest_and_its_reconstruction_torch_s(visit: Visit, evidence: Evidence) -> None:
    visit.part("z1").fill("1.5")
    visit.part("z2").fill("-1.2")
    visit.settled()
    images = evidence.dataset.array("explored_images")
    means = evidence.headline("e100").array("latent_mean").astype(np.float64)
    number = int(np.hypot(*(means[: len(images)] - (1.5, -1.2)).T).argmin())
    assert visit.part("near-name").inner_text().startswith(f"nº {number:,}".replace(",", "."))
    np.testing.assert_allclose(visit.shown("near"), images[number] / 255, atol=1e-9)
    visit.page.wait_for_function(f"{APP}.near === {number}")
    np.testing.assert_allclose(visit.shown("near-decoded"), decoded("e100", [means[number]])[0], atol=STEP / 2 + SAME)


@pytest.mark.parametrize("run", ["e10", "e50"])
def test_another_model_decodes_the_same_place_and_shows_its_checksum(
    visit: Visit, described: dict[str, Any], run: str
) -> None:
    visit.part("z1").fill("0.8")
    visit.page.check(f'[name="explorer-model"][value="{run}"]')
    assert_shows(visit, run, (0.8, 0))
    (chosen,) = (each for each in described["models"] if each["run"] == run)
    assert visit.part("checked").inner_text() == chosen["decoder"]["sha256"]
    visit.part("checked-link").click()
    block = visit.page.locator(f"#modelo-{run}")
    assert chosen["weights_sha256"] in block.inner_text()
    assert chosen["decoder"]["sha256"] in block.inner_text()
    link = block.locator("a").first.get_attribute("href")
    assert link and visit.page.request.get(visit.page.url.split("#")[0] + link).json()["run"] == run


def test_from_a_to_b(visit: Visit) -> None:
    ends = []
    for name, place in (("mark-a", (-1.5, -1.0)), ("mark-b", (1.0, 0.5))):
        visit.part("z1").fill(str(place[0]))
        visit.part("z2").fill(str(place[1]))
        visit.part(name).click()
        ends.append(place)
    visit.settled()
    assert visit.state("s.ends") == [list(end) for end in ends]
    shares = np.linspace(0, 1, 11)[:, None]
    line = (1 - shares) * ends[0] + shares * ends[1]
    strip = visit.shown("strip").reshape(28, 11, 28).swapaxes(0, 1)
    np.testing.assert_allclose(strip, decoded("e100", line), atol=STEP / 2 + SAME)
    visit.part("share").fill("0.5")
    assert_shows(visit, "e100", np.mean(ends, axis=0))
    visit.part("share").fill("0.6")
    visit.part("play").click()
    visit.page.wait_for_function(f"{APP}.state.playing && {APP}.state.share > 0.65")
    assert visit.part("play").inner_text() == "Parar"
    visit.page.wait_for_function(f"!{APP}.state.playing")
    visit.settled()
    assert visit.part("play").inner_text() == "Ir de A a B"
    assert visit.state("s.share") == 1
    assert_shows(visit, "e100", ends[1])
    visit.part("play").click()
    visit.page.wait_for_function(f"{APP}.state.playing && {APP}.state.share > 0.05")
    visit.part("play").click()
    visit.settled()
    stopped = visit.state("s.share")
    assert 0 < stopped < 1
    visit.settled()
    assert visit.state("s.share") == stopped


def test_with_less_motion_the_way_is_taken_in_steps(visit: Visit) -> None:
    visit.page.emulate_media(reduced_motion="reduce")
    visit.part("share").fill("0.8")
    visit.page.evaluate(f"window.shares = new Set(); {APP}.store.subscribe(s => shares.add(s.share))")
    visit.part("play").click()
    visit.page.wait_for_function(f"!{APP}.state.playing && {APP}.state.share === 1")
    visit.settled()
    assert sorted(visit.page.evaluate("[...shares]")) == [0.8, 0.9, 1]
    visit.page.emulate_media(reduced_motion="no-preference")


def test_a_picked_image_is_put_where_the_encoder_puts_it(visit: Visit, evidence: Evidence) -> None:
    visit.part("number").fill("7")
    visit.part("number").press("Enter")
    visit.page.wait_for_function(f"{APP}.state.input")
    visit.settled()
    image = evidence.dataset.array("explored_images")[7]
    mean, deviation = encoded("e100", image)
    np.testing.assert_allclose(visit.shown("sketch"), image / 255, atol=1e-9)
    np.testing.assert_allclose(visit.state("s.z"), mean, atol=SAME)
    said = visit.part("encoded").inner_text().replace("\u2212", "-").replace(",", ".")
    numbers = [float(number) for number in re.findall(r"-?\d+\.\d+", said)]
    np.testing.assert_allclose(numbers, [*mean, *deviation], atol=0.0051)
    # The ellipse holds 95 % of the posterior; enlarged, it ends there, in the colour of the accent.
    radius = math.sqrt(-2 * math.log(0.05))
    view = visit.state("a.inputs.inset.view")
    assert view == pytest.approx(2 * radius * deviation.max(), rel=1e-3)
    reach = radius * deviation / (2 * view)
    edges = visit.colours("inset", [(0.5 + reach[0], 0.5), (0.5, 0.5 - reach[1])])
    red, green, blue = (int(visit.state("a.colours.accent")[at : at + 2], 16) for at in (1, 3, 5))
    np.testing.assert_allclose(edges[:, :3], [[red, green, blue]] * 2, atol=60)
    visit.part("pick-next").click()
    visit.settled()
    assert visit.part("pick-class").input_value() == "6" and int(visit.part("number").input_value()) > 7
    visit.part("erase").click()
    visit.settled()
    assert visit.state("s.input") is None
    assert not visit.colours("inset", [(0.5 + reach[0], 0.5)])[0].any()


def test_a_drawing_is_encoded_and_again_by_the_next_model(visit: Visit) -> None:
    visit.part("sketch").scroll_into_view_if_needed()
    box = visit.part("sketch").bounding_box()
    assert box
    mouse = visit.page.mouse
    mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.2 * box["height"])
    mouse.down()
    mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.8 * box["height"], steps=5)
    mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.8 * box["height"], steps=5)
    mouse.up()
    for run in ("e100", "e10"):
        visit.page.check(f'[name="explorer-model"][value="{run}"]')
        visit.settled()
        drawing = np.array(visit.state("[...a.inputs.sketch.values]"), dtype=np.uint8).reshape(28, 28)
        assert drawing[14, 8] == 255 and drawing[22, 14] == 255 and drawing[5, 20] == 0
        mean, deviation = encoded(run, drawing)
        np.testing.assert_allclose(visit.state("s.input.mean"), mean, atol=SAME)
        np.testing.assert_allclose(visit.state("s.input.deviation"), deviation, atol=SAME)


def test_the_map_of_the_prior_shows_its_holes_where_they_are(
    visit: Visit, evidence: Evidence, described: dict[str, Any]
) -> None:
    visit.part("none").click()
    visit.page.select_option('[data-part="map"]', "prior")
    visit.settled()
    assert visit.page.locator('[data-key="prior"]').is_visible()
    result, view = evidence.headline("e100"), described["view"]
    axis = view * ((2 * np.arange(HOLES_SIDE) + 1) / HOLES_SIDE - 1)
    holes = hole_map(result.array("latent_mean"), result.array("latent_logvar"), axis)
    # Cells like all their neighbours, off the lines of the grid, where the prior has mass enough to be seen.
    chosen = [
        (row, column)
        for row in range(2, HOLES_SIDE - 2)
        for column in range(2, HOLES_SIDE - 2)
        if len(set(holes[row - 1 : row + 2, column - 1 : column + 2].flat)) == 1
        and math.hypot(axis[row], axis[column]) < 2.2
        and min(abs(axis[i] - round(axis[i])) for i in (row, column)) > 0.1
    ]
    expected = np.array([holes[cell] for cell in chosen])
    assert expected.any() and not expected.all()
    places = [((axis[column] + view) / (2 * view), (view - axis[row]) / (2 * view)) for row, column in chosen]
    red, _, blue, alpha = visit.colours("base", places).T.astype(int)
    assert (alpha > 0).all()
    np.testing.assert_array_equal(red > blue, expected)


def test_the_map_of_contrast_grows_while_the_reader_goes_on(visit: Visit) -> None:
    visit.page.select_option('[data-part="map"]', "contrast")
    visit.settled()
    assert visit.page.locator('[data-key="contrast"]').is_visible()
    visit.part("growing").wait_for(state="visible")  # a map that is half there is not taken for the whole
    visit.page.wait_for_function(f"[...{APP}.maps.contrast.get('e100')].some(v => !Number.isNaN(v))")
    visit.part("z1").fill("2")
    assert_shows(visit, "e100", (2, 0))
    visit.page.wait_for_function(f"[...{APP}.maps.contrast.get('e100')].every(v => v > 0 && v <= 1)")
    visit.part("growing").wait_for(state="hidden")


def test_colours_follow_the_scheme(visit: Visit, described: dict[str, Any]) -> None:
    chip = "document.querySelector('.explorer__choices--classes label').style.getPropertyValue('--class')"
    for scheme in ("dark", "light"):
        visit.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        visit.settled()
        assert visit.state("s.dark") == (scheme == "dark")
        assert visit.page.evaluate(chip) == described["palette"][scheme]["classes"][0]


def test_once_loaded_it_needs_no_network(browser: Browser, address: str) -> None:
    seen = opened(browser, address)
    asked = len(seen.requests)
    seen.page.context.set_offline(True)
    seen.part("z1").fill("1")
    for run in SNAPSHOTS:
        seen.page.check(f'[name="explorer-model"][value="{run}"]')
        assert_shows(seen, run, (1, 0))
    for name in ("prior", "contrast"):
        seen.page.select_option('[data-part="map"]', name)
    seen.part("pick-nearest").click()
    seen.page.wait_for_function(f"{APP}.state.input")
    seen.part("play").click()
    seen.page.wait_for_function(f"{APP}.state.share > 0.02")
    assert seen.requests[asked:] == []
    assert seen.faults == []
    seen.page.context.close()


def test_without_scripts_the_image_and_a_sentence_stand(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert page.locator(".explorer figure img").is_visible()
    assert "precisa de JavaScript" in page.locator('[data-part="fallback"]').inner_text()
    for name in ("start", "app"):
        assert not page.locator(f'[data-part="{name}"]').is_visible()
    context.close()


def missing(route: Route) -> None:
    route.fulfill(status=404, body="")


def altered(route: Route) -> None:
    body = bytearray(route.fetch().body())
    body[len(body) // 2] ^= 1
    route.fulfill(body=bytes(body))


def cut_off(route: Route) -> None:
    route.fulfill(body=route.fetch().body()[:-1000])


FAILURES = {
    "a model is missing": ("**/e50-decodificador.onnx.gz?*", missing, "e50-decodificador.onnx.gz (resposta 404)"),
    "a model was altered": (
        "**/e10-codificador.onnx.gz?*",
        altered,
        "e10-codificador.onnx.gz não é o que foi publicado",
    ),
    "points were altered": ("**/e10-pontos.bin?*", altered, "e10-pontos.bin não é o que foi publicado"),
    "the runtime was cut off": ("**/*.wasm.gz?*", cut_off, "ort-wasm-simd-threaded.wasm.gz não é o que foi publicado"),
    "the description is missing": ("**/explorador.json", missing, "a descrição dos dados não está no servidor"),
    "the program cannot be run": ("**/worker.js", missing, "o modelo não pôde ser executado"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_what_cannot_be_loaded_leaves_the_image_and_the_reason(browser: Browser, address: str, name: str) -> None:
    pattern, act, reason = FAILURES[name]
    seen = opened(browser, address, route=lambda page: page.context.route(pattern, act))
    assert seen.page.get_attribute(".explorer", "data-state") == "failed"
    sentence = seen.part("fallback")
    assert sentence.is_visible() and reason in sentence.inner_text()
    assert seen.page.locator(".explorer figure img").first.is_visible()
    assert not seen.part("app").is_visible()
    assert_can_be_loaded_again(seen)
    seen.page.context.close()


def without_contrast(route: Route) -> None:
    program = route.fetch().text()
    line = "const found = new Float32Array(latents.length / 2);"
    assert line in program
    route.fulfill(body=program.replace(line, "throw new Error('sem memória');"), content_type="text/javascript")


def test_a_fault_of_the_worker_later_on_is_told_and_ends_it(browser: Browser, address: str) -> None:
    seen = opened(browser, address, route=lambda page: page.context.route("**/worker.js", without_contrast))
    assert seen.page.get_attribute(".explorer", "data-state") == "ready" and len(engines(seen)) == 1
    seen.page.select_option('[data-part="map"]', "contrast")
    seen.page.wait_for_selector('.explorer[data-state="failed"]')
    assert "o modelo não pôde ser executado" in seen.part("fallback").inner_text()
    assert not seen.part("app").is_visible()
    assert seen.faults == [], "no rejection that nobody handles"
    assert_can_be_loaded_again(seen)
    assert seen.page.locator('[name="explorer-model"]').count() == len(SNAPSHOTS)
    assert len(engines(seen)) == 1, "the one that failed was stopped"
    seen.page.context.close()


def engines(seen: Visit) -> list[str]:
    """The explorer's workers that run; the theme's search has one, too."""
    return [worker.url for worker in seen.page.workers if worker.url.endswith("/worker.js")]


def assert_can_be_loaded_again(seen: Visit) -> None:
    """The button is there again, and with nothing in the way it loads the explorer."""
    seen.page.context.unroute_all()
    seen.part("load").click(timeout=5000)
    seen.page.wait_for_selector('.explorer[data-state="ready"]')
    assert seen.part("app").is_visible() and not seen.part("fallback").is_visible()
    assert_shows(seen, "e100", (0, 0))


def test_where_checksums_cannot_be_computed_nothing_is_run(browser: Browser, address: str) -> None:
    """As on http addresses other than localhost, where browsers have no crypto.subtle."""
    hide = "Object.defineProperty(globalThis.crypto, 'subtle', { value: undefined })"
    seen = opened(browser, address, route=lambda page: page.add_init_script(hide))
    assert seen.page.get_attribute(".explorer", "data-state") == "failed"
    assert "https ou localhost" in seen.part("fallback").inner_text()
    seen.page.context.close()
