"""One small example of every figure, with words that occur nowhere else."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from vae import figures as f

NAMES = ["Sandália", "Bota", "Bolsa"]
AXES: dict[str, Any] = {"x_label": "eixo-x", "y_label": "eixo-y"}


def comma(value: float) -> str:
    return f"{value:g}".replace("-", "\u2212").replace(".", ",")


def _curves(**kwargs: Any) -> Figure:
    long = f.Curve("curva-a", "e100", [1, 2, 3, 4], [9.0, 7, 6, 5.5], [8.9, 6.8, 5, 4], [8.0, 6, 5, 5], [10.0, 8, 7, 6])
    short = f.Curve("curva-b", "e10", [1, 2], [9.5, 7.5])
    panels = [f.Panel("painel-1", [long, short]), f.Panel("painel-2", [long])]
    return f.learning_curves(
        panels, solid_label="validação", dashed_label="treino", tick_format=comma, log_x=True, **AXES, **kwargs
    )


def _gains(**kwargs: Any) -> Figure:
    curve = f.Curve("curva-a", "e50", [2, 3, 4, 5], [5.0, 1.0, -0.2, 0.3])
    return f.gains([curve], 0.2, margin_label="margem", worse_label="piorou", tick_format=comma, **AXES, **kwargs)


def _cost(**kwargs: Any) -> Figure:
    paths = [
        f.Trajectory("trilha-a", "e100", [60, 300], [262, 259.5], ["ponto-1", "ponto-2"], [261, 259], [263, 260]),
        f.Trajectory("", "e10-l50", [70], [240.0], ["ponto-3"]),
        f.Trajectory("trilha-c", "e10", [80, 90], [250.0, 251.0], ["", ""]),
    ]
    return f.cost_quality(paths, tick_format=comma, **AXES, **kwargs)


def _plane(**kwargs: Any) -> Figure:
    places, detail = [f.Place("lugar-1", "e10", 0.0, 250.0)], [f.Place("lugar-2", "e10-l50", 14.0, 240.0)]
    levels = [f.Level("nível-1", "e10", 240.2), f.Level("nível-2", "e100", 220.0)]
    return f.plane(
        places, detail, levels, tick_format=comma, detail_label="lupa", key=[("e10", "chave-1")], **AXES, **kwargs
    )


def _scree(**kwargs: Any) -> Figure:
    curves = [f.Curve("soma-a", "e10-l50", [1, 2, 3], [0.2, 0.5, 1.0]), f.Curve("soma-b", "e10", [1, 2], [0.7, 1.0])]
    return f.scree(curves, tick_format=comma, component_format=comma, **AXES, **kwargs)


def _spectrum(**kwargs: Any) -> Figure:
    curves = [f.Curve("", "e10-l50", [1, 2, 3], [1.2, 0.05, 0.0]), f.Curve("", "e10", [1, 2], [0.7, 0.2])]
    return f.spectrum(
        curves, [(0.01, "limiar-a"), (0.1, "limiar-b")], tick_format=comma, component_format=comma, **AXES, **kwargs
    )


def _cloud() -> tuple[Any, Any]:
    rng = np.random.default_rng(3)
    labels = np.arange(60) % 3
    return rng.normal(size=(60, 2)) + 4.0 * labels[:, None], labels


def _scatter(**kwargs: Any) -> Figure:
    return f.latent_scatter(*_cloud(), NAMES, title="nuvem", tick_format=comma, **AXES, **kwargs)


def _panels(**kwargs: Any) -> Figure:
    return f.latent_panels([f.Cloud("painel-1", *_cloud()), f.Cloud("painel-2", *_cloud())], NAMES, **kwargs)


def _matrix(**kwargs: Any) -> Figure:
    return f.confusion_matrix(
        np.array([[90, 7, 3], [11, 88, 1], [0, 2, 98]]), NAMES, cell_format=comma, **AXES, **kwargs
    )


def _dots(**kwargs: Any) -> Figure:
    rows = [
        f.Row("linha-1", 2.0, 1.5, 2.5, "confirmed", "nota-1"),
        f.Row("linha-2", 99.0, 90.0, 110.0, "inconclusive"),
        f.Row("linha-3", None, style="untested", note="sem-teste"),
    ]
    return f.dot_interval(
        rows, x_label="eixo-x", tick_format=comma, margin=1.0, margin_label="margem", x_range=(-4, 6),
        key=[("confirmed", "chave-1"), ("refuted", "chave-2")], **kwargs,
    )  # fmt: skip


def _bars(**kwargs: Any) -> Figure:
    series = [
        f.Series("dados", "data", [0.1, 0.2, 0.3]),
        f.Series("amostras", "e100", [0.2, 0.2, 0.2], [0.1, 0.1, 0.1], [0.3, 0.3, 0.3]),
    ]
    return f.grouped_bars(NAMES, series, x_label="eixo-x", tick_format=comma, **kwargs)


def _histograms(**kwargs: Any) -> Figure:
    groups = [f.Distribution("grupo-a", "data", [1.0, 2, 2, 3]), f.Distribution("grupo-b", "series1", [5.0, 6, 6, 9])]
    return f.histograms({"painel-1": groups, "painel-2": groups[:1]}, tick_format=comma, **AXES, **kwargs)


def _diagram(**kwargs: Any) -> Figure:
    encoder = [f.Stage("imagem", 1, 28), f.Stage("conv-1", 32, 14)]
    decoder = [f.Stage("linear", 64, 4), f.Stage("vetor", 256, 0), f.Stage("corte", 1, 28)]
    words = f.LatentWords("média", "log-variância", "sorteio", "código")
    return f.architecture(encoder, decoder, words, encoder_title="Codificador", decoder_title="Decodificador", **kwargs)


XY = ["eixo-x", "eixo-y"]
WORDS: dict[str, list[str]] = {
    "curves": ["painel-1", "painel-2", "curva-a", "curva-b", "validação", "treino", *XY],
    "gains": ["curva-a", "margem", "piorou", "0,1", *XY],
    "cost": ["trilha-a ponto-2", "ponto-1", "ponto-3", "trilha-c", *XY],
    "plane": ["lugar-1", "lugar-2", "nível-1", "nível-2", "lupa", "chave-1", "0", "1", "10", *XY],
    "scree": ["soma-a", "soma-b", "0,4", *XY],
    "spectrum": ["limiar-a", "limiar-b", "0,01", "1", *XY],
    "scatter": ["nuvem", *NAMES, *XY],
    "panels": ["painel-1", "painel-2", *(f"{i}  {name}" for i, name in enumerate(NAMES)), "0", "1", "2"],
    "matrix": [*NAMES, "90", "7", "11", "98", *XY],
    "dots": ["linha-1", "linha-2", "linha-3", "nota-1", "sem-teste", "margem", "chave-1", "chave-2", "\u22122",
             "eixo-x"],
    "bars": [*NAMES, "dados", "amostras", "0,1", "eixo-x"],
    "histograms": ["painel-1", "painel-2", "grupo-a", "grupo-b", *XY],
    "diagram": ["imagem", "conv-1", "linear", "vetor", "corte", "média", "log-variância", "sorteio", "código",
                "Codificador", "Decodificador", "32×14×14", "256"],
}  # fmt: skip
EXAMPLES: dict[str, Callable[..., Figure]] = {
    "curves": _curves, "gains": _gains, "cost": _cost, "plane": _plane, "scree": _scree, "spectrum": _spectrum,
    "scatter": _scatter, "panels": _panels, "matrix": _matrix, "dots": _dots, "bars": _bars, "histograms": _histograms, "diagram": _diagram,
}  # fmt: skip


@pytest.fixture(params=list(EXAMPLES))
def example(request: pytest.FixtureRequest) -> tuple[Callable[..., Figure], list[str]]:
    return EXAMPLES[request.param], WORDS[request.param]
