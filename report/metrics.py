"""The metrics of the report: their Portuguese names, units and decimals, and how each is read off a result."""

import dataclasses
import math
import sys
from collections.abc import Callable
from typing import Literal

import numpy as np

from report.evidence import Evidence
from report.judging.sample import Sample
from report.judging.statistics import CORRELATION, POSITIVE, SHARE, UNBOUNDED, Bounds, Estimate, possible
from report.language import ptbr
from report.origins.numbers import relabel
from report.origins.places import Place, of_score, relative
from vae.errors import LaudoError, meant
from vae.storage.results import Array


@dataclasses.dataclass(frozen=True)
class Metric:
    """A number of a run that the report shows.

    read: Sample -> (B,) replicates, row 0 the original. better: which way is better, None where neither is. source: the
    file that computes it, from the repository's root. count: a whole number in any one training. bounds: the least and the greatest value that it can take, by default those of a share.
    """

    label: str
    read: Callable[[Sample], Array | float]
    decimals: int = 2
    unit: str = ""
    better: Literal["lower", "higher", None] = None
    source: str = "vae/evaluate.py"
    count: bool = False
    bounds: Bounds | None = None
    defined: Place = dataclasses.field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        caller = sys._getframe(2)  # that of __init__, which the dataclass wrote, is between
        object.__setattr__(self, "defined", Place(relative(caller.f_code.co_filename), caller.f_lineno))

    @property
    def percent(self) -> bool:
        """Whether it is a share, printed as a percentage."""
        return self.unit == "%"

    def measure(self, evidence: Evidence, run: str) -> Estimate:
        """Return the metric of a run, with its interval over seeds and test images."""
        return self._labelled(self.possible(evidence.estimate(self.read, run)))

    def possible(self, estimate: Estimate) -> Estimate:
        """Return an estimate of the metric whose interval leaves out the values that it cannot take."""
        return possible(estimate, self.bounds or (SHARE if self.percent else UNBOUNDED))

    def difference(self, evidence: Evidence, before: str, after: str) -> Estimate:
        """Return the metric of the second run minus that of the first, paired by seed and test image."""
        change = evidence.estimate(lambda first, second: self.read(second) - self.read(first), before, after)
        return self._labelled(change)

    def moves(self, evidence: Evidence, before: str, after: str) -> str:
        """Return how it changes from one run to another, paired by seed: by how much, or that the error covers it.

        Where no error can be estimated, from what to what.
        """
        factor, unit = (100, "p.p.") if self.percent else (1, self.unit)
        found = self.difference(evidence, before, after)
        value, low, high = (factor * end for end in (found.value, found.low, found.high))
        if not math.isfinite(high - low):
            first, last = (self.text(self.measure(evidence, run), unit=run == after) for run in (before, after))
            printed = {ptbr.strip_marks(self.text(self.measure(evidence, run))) for run in (before, after)}
            return f"fica em {last}" if len(printed) == 1 else f"passa de {first} a {last}"
        interval = ptbr.interval(low, high, self.decimals, unit)
        if low <= 0 <= high:
            return f"não muda além do erro (intervalo da mudança: {interval})"
        return f"{ptbr.moved(value, self.decimals, unit)} (intervalo da mudança: {interval})"

    def text(self, estimate: Estimate, unit: bool = True, most_decimals: int | None = None) -> str:
        """Return value ± half of the 95 % interval; both its ends if a bound cuts it; the value alone if it has none."""
        factor, shown = 100 if self.percent else 1, self.unit if unit else ""
        decimals = self.decimals if most_decimals is None else min(self.decimals, most_decimals)
        if self.count and not math.isfinite(estimate.half_width):
            decimals = 0  # of one training there is no fraction of a count
        value, low, high = (factor * end for end in (estimate.value, estimate.low, estimate.high))
        return ptbr.with_interval(value, low, high, decimals, shown)

    def _labelled(self, estimate: Estimate) -> Estimate:
        """Return an estimate whose origin, if it has one, is this metric: where it is declared, and what computes it."""
        name = next((name for name, metric in METRICS.items() if metric is self), "")
        labelled: Estimate = relabel(estimate, self.label, self.defined, of_score(name) or Place(self.source))
        return labelled


def score(name: str) -> Callable[[Sample], Array]:
    """Return how to read a score: one number a seed, with no replicates over images."""
    return lambda sample: sample.score(name)


def mean(name: str) -> Callable[[Sample], Array]:
    """Return how to read the mean of a per-image array."""
    return lambda sample: sample.mean(name)


def median(name: str) -> Callable[[Sample], Array]:
    """Return how to read the median of a per-image array."""
    return lambda sample: sample.median(name)


def class_shift(run: Sample) -> Array:
    """Return the total variation between the classes of prior samples and of reconstructions, (B,), as classified."""
    return np.abs(run.class_shares("sample_classes") - run.class_shares("recon_classes")).sum(axis=1) / 2


LIKELIHOOD, IMAGES = "vae/metrics/likelihood.py", "vae/metrics/images.py"
LATENT, SAMPLES, NEIGHBOURS = "vae/metrics/latent.py", "vae/metrics/samples.py", "vae/metrics/neighbours.py"
OBJECTIVES, PATHS = "vae/objectives.py", "vae/metrics/paths.py"
RATIO_TO_MEDIAN: Bounds = (1.0, math.inf)  # of the largest to the median


class Metrics(dict[str, Metric]):
    """Metrics by name. One that is not there raises LaudoError naming the near matches."""

    def __missing__(self, name: str) -> Metric:
        raise LaudoError(f"Unknown metric '{name}'.{meant(name, self)} Metrics: {', '.join(self)} (report/metrics.py).")


METRICS = Metrics({
    "test_neg_elbo": Metric(
        "−ELBO de teste", lambda s: s.mean("test_bce") + s.mean("test_kl"), 2, "nats", "lower", OBJECTIVES
    ),
    "test_bce": Metric("BCE de teste", mean("test_bce"), 2, "nats", "lower", OBJECTIVES),
    "test_kl": Metric("KL de teste", mean("test_kl"), 2, "nats", None, OBJECTIVES, bounds=POSITIVE),
    "test_deviance": Metric("Desvio de teste (BCE − entropia)", score("test_deviance"), 2, "nats", "lower", OBJECTIVES),
    "train_neg_elbo": Metric("−ELBO de treino", score("train_neg_elbo"), 2, "nats", "lower", OBJECTIVES),
    "train_bce": Metric("BCE de treino", score("train_bce"), 2, "nats", "lower", OBJECTIVES),
    "train_kl": Metric("KL de treino", score("train_kl"), 2, "nats", None, OBJECTIVES, bounds=POSITIVE),
    "validation_neg_elbo": Metric("−ELBO de validação", score("validation_neg_elbo"), 2, "nats", "lower", OBJECTIVES),
    "validation_bce": Metric("BCE de validação", score("validation_bce"), 2, "nats", "lower", OBJECTIVES),
    "validation_kl": Metric("KL de validação", score("validation_kl"), 2, "nats", None, OBJECTIVES, bounds=POSITIVE),
    "train_deviance": Metric("Desvio de treino", score("train_deviance"), 2, "nats", "lower", OBJECTIVES),
    "validation_deviance": Metric("Desvio de validação", score("validation_deviance"), 2, "nats", "lower", OBJECTIVES),
    "iwae": Metric("Limite IWAE", score("iwae"), 2, "nats", "lower", LIKELIHOOD),
    "mse": Metric("EQM por pixel", mean("test_mse"), 4, "", "lower", IMAGES, bounds=SHARE),
    "ssim": Metric("SSIM", mean("test_ssim"), 3, "", "higher", IMAGES, bounds=CORRELATION),
    "sharpness": Metric("Nitidez (gradiente)", median("test_sharpness"), 3, "", "higher", IMAGES, bounds=POSITIVE),
    "laplacian": Metric("Nitidez (laplaciano)", median("test_laplacian"), 3, "", "higher", IMAGES, bounds=POSITIVE),
    "active_units": Metric("Dimensões ativas", score("active_units"), 1, "", None, LATENT, count=True, bounds=POSITIVE),
    "used_units": Metric(
        "Dimensões em uso",
        lambda s: s.used_dimensions(),
        1,
        "",
        None,
        "report/judging/sample.py",
        count=True,
        bounds=POSITIVE,
    ),
    "knn_accuracy": Metric("Acurácia de vizinhos", lambda s: s.knn_accuracy(), 1, "%", "higher", NEIGHBOURS),
    "probe_accuracy": Metric(
        "Acurácia da sonda linear", lambda s: s.probe_accuracy(), 1, "%", "higher", "vae/metrics/probe.py"
    ),
    "silhouette": Metric("Silhueta", mean("silhouette"), 3, "", "higher", NEIGHBOURS, bounds=CORRELATION),
    "davies_bouldin": Metric("Davies–Bouldin", score("davies_bouldin"), 2, "", "lower", LATENT, bounds=POSITIVE),
    "fisher": Metric("Razão de Fisher", score("fisher"), 2, "", "higher", LATENT, bounds=POSITIVE),
    "trace_within": Metric("Variância intraclasse", lambda s: s.scatter().within, 3, "", None, LATENT, bounds=POSITIVE),
    "trace_between": Metric(
        "Variância entre classes", lambda s: s.scatter().between, 3, "", None, LATENT, bounds=POSITIVE
    ),
    "mutual_information": Metric("Informação mútua I(x; z)", score("mutual_information"), 2, "nats", None, LIKELIHOOD),
    "aggregate_kl": Metric("KL da posterior agregada", score("aggregate_kl"), 2, "nats", "lower", LIKELIHOOD),
    "hole_mass": Metric("Massa da prior em buracos", score("hole_mass"), 1, "%", "lower", LIKELIHOOD),
    "pca2_share": Metric("Variância nas duas primeiras componentes", score("pca2_share"), 1, "%", None, LATENT),
    "sample_tv": Metric("Variação total das classes", score("sample_tv"), 3, "", "lower", SAMPLES, bounds=SHARE),
    "sample_shift": Metric(
        "Variação total das classes, das reconstruções às amostras",
        class_shift,
        1,
        "%",
        "lower",
        "report/metrics.py",
    ),
    "sample_precision": Metric("Precisão", score("sample_precision"), 3, "", "higher", SAMPLES, bounds=SHARE),
    "sample_recall": Metric("Revocação", score("sample_recall"), 3, "", "higher", SAMPLES, bounds=SHARE),
    "sample_density": Metric("Densidade", score("sample_density"), 3, "", "higher", SAMPLES, bounds=POSITIVE),
    "sample_coverage": Metric("Cobertura", score("sample_coverage"), 3, "", "higher", SAMPLES, bounds=SHARE),
    "sample_frechet": Metric(
        "Distância de Fréchet nos atributos do classificador",
        score("sample_frechet"),
        1,
        "",
        "lower",
        SAMPLES,
        bounds=POSITIVE,
    ),
    "recon_frechet": Metric(
        "Distância de Fréchet das reconstruções, nos mesmos atributos",
        score("recon_frechet"),
        1,
        "",
        "lower",
        SAMPLES,
        bounds=POSITIVE,
    ),
    "sample_entropy": Metric(
        "Entropia do classificador nas amostras", mean("sample_entropy"), 3, "nats", None, SAMPLES, bounds=POSITIVE
    ),
    "recon_entropy": Metric(
        "Entropia do classificador nas reconstruções", mean("recon_entropy"), 3, "nats", None, SAMPLES, bounds=POSITIVE
    ),
    "interpolation_jump": Metric(
        "Maior passo / passo mediano, em pixels",
        median("interpolation_jump"),
        2,
        "",
        "lower",
        PATHS,
        bounds=RATIO_TO_MEDIAN,
    ),
    "interpolation_feature_jump": Metric(
        "Maior passo / passo mediano, nos atributos",
        median("interpolation_feature_jump"),
        2,
        "",
        "lower",
        PATHS,
        bounds=RATIO_TO_MEDIAN,
    ),
    "mixing_feature_jump": Metric(
        "Maior passo / passo mediano, nos atributos, misturando os pixels",
        median("mixing_feature_jump"),
        2,
        "",
        None,
        PATHS,
        bounds=RATIO_TO_MEDIAN,
    ),
    "recon_accuracy": Metric(
        "Classe reconhecida na reconstrução",
        lambda s: s.mean(s.array("recon_classes") == s.labels),
        1,
        "%",
        "higher",
        "vae/evaluate.py",
    ),
    "parameters": Metric("Parâmetros", score("parameters"), 0, "", None, "vae/models/conv.py"),
})  # fmt: skip


def metric_moves(evidence: Evidence, name: str, before: str, after: str) -> str:
    """Return how one of METRICS changes from one run to another, in words; see Metric.moves."""
    return METRICS[name].moves(evidence, before, after)
