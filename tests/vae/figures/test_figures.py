"""What holds for every figure: its words, its bytes, its two themes, its size; and what each refuses."""

import io
import re
import subprocess
import sys
from collections.abc import Callable
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from PIL import Image

from vae import figures as f

Example = tuple[Callable[..., Figure], list[str]]
LIGHT, DARK = (f.load_theme(name) for name in f.THEME_NAMES)


def texts(svg: bytes) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.parametrize("width", [f.WIDTH, f.PHONE_WIDTH])
def test_every_word_is_text_in_the_svg(example: Example, width: float) -> None:
    draw, words = example
    # The halo of a panel's class numbers is a stroke, which SVG knows only as paths: those panels are pixels on the site.
    found = texts(f.to_svg(draw(theme=LIGHT, width=width)))
    assert [word for word in words if word not in found and not word.isdigit()] == []
    if "0  Sandália" not in words:
        assert [word for word in words if word not in found] == []


def test_equal_input_gives_equal_bytes_and_no_date(example: Example) -> None:
    draw, _ = example
    first, second = (f.to_svg(draw(theme=LIGHT)) for _ in range(2))
    assert first == second
    assert b"date" not in first.lower()
    assert f.to_webp(draw(theme=LIGHT)) == f.to_webp(draw(theme=LIGHT))


def test_a_users_own_settings_change_no_byte(example: Example) -> None:
    draw, _ = example
    plain = f.to_svg(draw(theme=DARK))
    with matplotlib.rc_context(
        {"font.size": 20, "axes.facecolor": "red", "axes.xmargin": 0.3, "xtick.direction": "in", "svg.fonttype": "path"}
    ):
        assert f.to_svg(draw(theme=DARK)) == plain


def test_the_themes_differ_only_in_colours(example: Example) -> None:
    draw, _ = example
    light, dark = (f.to_svg(draw(theme=theme)).decode() for theme in (LIGHT, DARK))
    assert light != dark

    def shape(svg: str) -> list[str]:
        svg = re.sub(r'<clipPath id="\w+"|#\w+\)|xlink:href="#\w+"|<path id="\w+"', "", svg)
        return re.sub(r"(fill|stroke): ?#[0-9a-f]{6};? ?", "", svg).replace(' style=""', "").split("\n")

    assert shape(light) == shape(dark)


def test_one_layout_for_both_themes_changes_no_byte(example: Example) -> None:
    draw, _ = example
    apart = [(f.to_svg(draw(theme=theme)), f.to_webp(draw(theme=theme))) for theme in (LIGHT, DARK)]
    with f.one_layout():
        together = [(f.to_svg(draw(theme=theme)), f.to_webp(draw(theme=theme))) for theme in (LIGHT, DARK)]
    assert together == apart


@pytest.mark.parametrize(("seed", "wide"), [(3, 30.0), (9, 0.3), (10, 3.0)])
def test_one_layout_keeps_the_limits_that_follow_an_aspect(seed: int, wide: float) -> None:
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(300, 2)) * [wide, 1.0] * rng.choice([1, 100]) + rng.normal(size=2) * 3

    def draw() -> bytes:
        labels, names = np.arange(300) % 3, ["a", "b", "c"]
        return f.to_svg(
            f.latent_scatter(points, labels, names, theme=LIGHT, x_label="x", y_label="y", tick_format="{:g}".format)
        )

    alone = draw()
    with f.one_layout():
        assert [draw(), draw()] == [alone, alone]


def test_one_layout_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Figure] = []
    execute = ConstrainedLayoutEngine.execute

    def noted(engine: ConstrainedLayoutEngine, figure: Figure) -> None:
        made.append(figure)
        execute(engine, figure)

    monkeypatch.setattr(ConstrainedLayoutEngine, "execute", noted)
    panels = {"painel": [f.Distribution("a", "e10", np.arange(9.0))]}
    with f.one_layout():
        for theme in (LIGHT, DARK):
            f.histograms(panels, theme=theme, x_label="x", y_label="y", tick_format=str)
    assert len(made) == 1


def test_settings_do_not_leak(example: Example) -> None:
    before = dict(matplotlib.rcParams)
    f.to_webp(example[0](theme=DARK))
    assert dict(matplotlib.rcParams) == before


def test_text_lies_inside_the_figure(example: Example) -> None:
    draw, _ = example
    for width in (f.WIDTH, f.PHONE_WIDTH):
        figure = draw(theme=LIGHT, width=width)
        figure.draw_without_rendering()
        box = figure.bbox
        inside = figure.get_tightbbox().transformed(figure.dpi_scale_trans)
        assert inside.x0 >= box.x0 - 1 and inside.x1 <= box.x1 + 1
        assert inside.y0 >= box.y0 - 1 and inside.y1 <= box.y1 + 1


def test_no_text_is_smaller_than_ten_points(example: Example) -> None:
    sizes = re.findall(rb"font-size: ?([\d.]+)px", f.to_svg(example[0](theme=LIGHT)))
    assert sizes and min(float(size) for size in sizes) >= 10


def test_a_dollar_sign_is_a_dollar_sign() -> None:
    row = f.Row("custa $1 ou $2", 1.0)
    assert "custa $1 ou $2" in texts(f.to_svg(f.dot_interval([row], theme=LIGHT, x_label="", tick_format=str)))


def test_arrow_heads_leave_the_labels_alone() -> None:
    figure = f.dot_interval([f.Row("39b", -99.0)], theme=LIGHT, x_label="", tick_format=str, x_range=(-1, 1))
    axes = figure.axes[0]
    renderer = figure.canvas.get_renderer()
    head = next(line for line in axes.lines if line.get_marker() == "<").get_window_extent(renderer)
    assert axes.get_yticklabels()[0].get_window_extent(renderer).x1 < head.x0


def test_a_scatter_is_larger_than_shown_and_has_few_colours() -> None:
    points = np.random.default_rng(0).normal(size=(50, 2))
    figure = f.latent_panels([f.Cloud("", points, np.zeros(50, int))], ["a"], theme=LIGHT, width=5.0)
    with Image.open(io.BytesIO(f.to_webp(figure))) as image:
        assert image.format == "WEBP"
        assert image.width == 1.5 * 96 * 5
        assert len(image.convert("RGBA").getcolors(1_000_000)) <= 64


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=f.THEME_NAMES)
@pytest.mark.parametrize("encode", [f.to_webp, f.to_png], ids=["webp", "png"])
def test_the_colours_of_all_classes_survive_the_palette(encode: Callable[[Figure], bytes], theme: f.Theme) -> None:
    rng, labels = np.random.default_rng(0), np.arange(4000) % 10
    points = rng.normal(size=(4000, 2)) + 2 * rng.normal(size=(10, 2))[labels]
    names = [f"classe {c}" for c in range(10)]
    panels = f.latent_panels([f.Cloud("t-SNE", points, labels), f.Cloud("PCA", -points, labels)], names, theme=theme)
    with Image.open(io.BytesIO(encode(panels))) as image:
        pixels = np.asarray(image.convert("RGBA")).reshape(-1, 4)
    for colour in theme.classes:
        of_class = [*bytes.fromhex(colour.removeprefix("#")), 255]
        assert (pixels == of_class).all(axis=1).sum() > 1000, colour


def test_the_last_class_does_not_cover_the_others() -> None:
    figure = f.latent_panels([f.Cloud("", np.zeros((400, 2)), np.repeat([0, 1], 200))], ["a", "b"], theme=LIGHT)
    colours = figure.axes[0].collections[0].get_facecolors()
    assert 0.3 < (colours[:200] == colours[0]).all(axis=1).mean() < 0.7


def boxes(figure: Figure, words: set[str]) -> dict[str, Bbox]:
    figure.draw_without_rendering()
    texts = [text for axes in figure.axes for text in axes.texts if text.get_text() in words]
    return {text.get_text(): Text.get_window_extent(text) for text in texts}


@pytest.mark.parametrize("near", [0.0, 1.5, 3.0])
def test_no_name_of_a_trajectory_covers_a_mark_or_another_name(near: float) -> None:
    """Last values so near to one another that a name above one would lie on the next."""
    x = [2, 5, 10, 50]
    ends = {"precisão": 94.0, "densidade": 94.0 + near, "cobertura": 32.0, "revocação": 32.0 - 2 * near}
    paths = [
        f.Trajectory(name, f"series{i}", x, [end + 20, end + 5, end + 2, end], ["", "", "", ""])
        for i, (name, end) in enumerate(ends.items(), start=1)
    ]
    figure = f.cost_quality(paths, theme=LIGHT, x_label="", y_label="", tick_format=str)
    axes, named = figure.axes[0], boxes(figure, set(ends))
    assert set(named) == set(ends)
    for name, box in named.items():
        for path in paths:
            for x_value, y_value in zip(path.cost, path.quality, strict=True):
                assert not box.contains(*axes.transData.transform((x_value, y_value))), (name, path.label)
        assert not any(box.overlaps(other) for word, other in named.items() if word != name), name


def test_of_trainings_on_one_place_none_hides_another() -> None:
    places = [f.Place("um", "e10", 15.0, 225.0), f.Place("outro", "e10-l50", 15.0, 225.0)]
    figure = f.plane(places, theme=LIGHT, x_label="", y_label="", tick_format=str, key=[("e10", "chave")])
    drawn = [line for line in figure.axes[0].lines if len(line.get_xdata()) == 1]
    assert len({line.get_marker() for line in drawn}) == 2
    assert {line.get_markerfacecolor() for line in drawn} == {"none"}


def test_a_curve_of_few_values_marks_each_if_it_says_so() -> None:
    def marks(marked: bool) -> int:
        curve = f.Curve("", "e100", [10, 50, 100], [1.0, 2.0, 3.0], marked=marked)
        figure = f.learning_curves(
            [f.Panel("", [curve])],
            theme=LIGHT,
            x_label="",
            y_label="",
            solid_label="",
            dashed_label="",
            tick_format=str,
        )
        return sum(len(line.get_xdata()) for line in figure.axes[0].lines if line.get_marker() != "None")

    assert [marks(False), marks(True)] == [1, 3]


def test_rows_of_a_group_share_a_label_in_their_middle() -> None:
    rows = [f.Row(label, 0.5, style=style) for label in ("a", "b") for style in ("e10", "e50", "e100", "e10-l50")]
    figure = f.dot_interval(rows, theme=LIGHT, x_label="", tick_format=str, x_range=(0, 1), group=4)
    figure.draw_without_rendering()
    axes = figure.axes[0]
    assert list(axes.get_yticks()) == [1.5, 5.5]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "b"]
    parting = [
        line.get_ydata()[0]
        for line in axes.lines
        if list(line.get_xdata()) == [0, 1] and len(set(line.get_ydata())) == 1
    ]
    assert parting == [3.5]


def test_a_mark_on_the_edge_is_whole() -> None:
    figure = f.dot_interval(
        [f.Row("a", 0.0), f.Row("b", 2.0)], theme=LIGHT, x_label="", tick_format=str, x_range=(0, 1)
    )
    dots = [line for line in figure.axes[0].lines if line.get_linestyle() == "None" and line.get_marker() == "|"]
    assert [line.get_clip_on() for line in dots] == [False, True]


@pytest.mark.parametrize(
    ("draw", "named"),
    [
        (lambda: f.latent_scatter(np.zeros((4, 3)), np.zeros(4, int), ["a"], theme=LIGHT, x_label="", y_label="",
                                  tick_format=str), "(4, 3)"),
        (lambda: f.latent_panels([f.Cloud("", np.zeros((4, 2)), np.zeros(5, int))], ["a"], theme=LIGHT), "(5,)"),
        (lambda: f.latent_panels([f.Cloud("", np.zeros((4, 2)), np.full(4, 7))], ["a"], theme=LIGHT), "label 7"),
        (lambda: f.confusion_matrix(np.zeros((2, 3)), ["a", "b"], theme=LIGHT, x_label="", y_label="", cell_format=str),
         "(2, 3)"),
        (lambda: f.grouped_bars(["a", "b"], [f.Series("s", "e10", [1.0])], theme=LIGHT, x_label="", tick_format=str),
         "'values': 1"),
        (lambda: f.gains([f.Curve("c", "e10", [1, 2], [1.0])], 0.2, theme=LIGHT, x_label="", y_label="",
                         margin_label="", tick_format=str), "'values': 1"),
        (lambda: f.dot_interval([], theme=LIGHT, x_label="", tick_format=str), "at least one row"),
        (lambda: f.dot_interval([f.Row("a", 1.0)] * 3, theme=LIGHT, x_label="", tick_format=str, group=2), "not 3 rows"),
        (lambda: f.architecture([], [], f.LatentWords("", "", "", ""), theme=LIGHT, encoder_title="", decoder_title=""),
         "0 in the encoder"),
        (lambda: f.plane([f.Place("negativo", "e10", -1.0, 2.0)], theme=LIGHT, x_label="", y_label="", tick_format=str),
         "'negativo'"),
        (lambda: LIGHT.style("e11"), "'e11'"),
        (lambda: LIGHT.class_colour(10), "class 10"),
        (lambda: f.load_theme("sepia"), "'sepia'"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(draw: Callable[[], object], named: str) -> None:
    with pytest.raises(f.FigureError) as error:
        draw()
    assert named in str(error.value)


CHECK = "import sys; {}; sys.exit(any(name in sys.modules for name in ('torch', 'matplotlib.pyplot')))"


def test_import_loads_neither_torch_nor_pyplot() -> None:
    subprocess.run([sys.executable, "-c", CHECK.format("import vae.figures")], check=True)


def test_the_import_check_can_fail() -> None:
    assert subprocess.run([sys.executable, "-c", CHECK.format("import vae.figures, matplotlib.pyplot")]).returncode == 1


def test_a_histogram_has_area_one_and_refuses_what_is_not_finite() -> None:
    groups = [f.Distribution("a", "data", np.linspace(0, 1, 50)), f.Distribution("b", "series1", [3.0, 4.0])]
    figure = f.histograms({"x": groups}, theme=LIGHT, x_label="", y_label="", tick_format=str, bins=8)
    stairs = [patch for patch in figure.axes[0].patches if hasattr(patch, "get_data")]
    for patch in stairs:
        data = patch.get_data()
        assert (data.values * np.diff(data.edges)).sum() == pytest.approx(1)
        assert (data.edges[0], data.edges[-1]) == (0, 4)
    assert len(stairs) == 4  # face and outline of each group
    for values in ([], [1.0, float("nan")]):
        with pytest.raises(f.FigureError, match="'c' needs"):
            f.histograms(
                {"x": [f.Distribution("c", "data", values)]}, theme=LIGHT, x_label="", y_label="", tick_format=str
            )


def test_a_line_runs_only_through_points_that_are_joined() -> None:
    paths = [
        f.Trajectory("trilha-a", "e100", [2, 50], [0.3, 0.5], ["", ""]),
        f.Trajectory("trilha-b", "e10", [2, 50], [0.2, 0.4], ["", ""], joined=False),
    ]
    figure = f.cost_quality(paths, theme=LIGHT, x_label="x", y_label="y", tick_format=str)
    joined, apart = figure.axes[0].lines
    assert joined.get_linestyle() == "-" and apart.get_linestyle() == "None"
    assert apart.get_marker() not in ("", "None", None)
