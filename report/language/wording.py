"""Portuguese words for what the claim engine says: values, bases and reasons, the same on every page."""

import math
from collections.abc import Sequence
from typing import Any

from report.judging.claims import Verdict, Why
from report.judging.statistics import Estimate, possible
from report.language import ptbr
from vae.data.datasets import DatasetInfo

WHY = {
    Why.ONE_SEED: "há uma só semente de treino, e de um treino só não se sabe o que outro daria",
    Why.MARGIN_INSIDE: "a margem está dentro do intervalo",
    Why.NO_SPREAD: "todos os treinos deram exatamente o mesmo valor, e de onde nada varia não se tira um intervalo",
    Why.HOLM: "o intervalo exclui a margem, mas a diferença não resiste à correção de Holm sobre todas as afirmações",
}

# Groups of classes, which claims call by their English names (vae/data/datasets.py); classes are called what they are.
GROUPS = {"footwear": "calçados", "tops": "peças de cima parecidas", "clothes": "roupas", "upper": "peças do tronco"}

OWN = (
    "Cada afirmação usa todas as sementes comuns aos seus próprios treinos, ditas na sua *Evidência*, e por isso o seu número "
    "pode não ser o da tabela."
)


def evidence_words(verdict: Verdict, info: DatasetInfo) -> dict[str, Any]:
    """Return value, interval, chosen, margin, seeds, images, p_words and why_words of a verdict, formatted.

    Also of_seeds ("com uma só semente"), with_seeds, which names Holm's correction too where a verdict fails it alone, and
    claimed, whether the value lies on the claimed side of the margin.
    """
    claim, measured = verdict.claim, verdict.estimate
    words: dict[str, Any] = {
        "margin": ptbr.number(claim.margin, claim.decimals, claim.unit),
        "why_words": _why(verdict),
    }
    if measured is None:
        return words | {"why_words": untested_reason(verdict, info)}
    bounded, shown = math.isfinite(measured.half_width), possible(measured, claim.bounds)
    seeds = ptbr.plural(measured.n_seeds, "semente", "sementes")
    of_seeds = "com uma só semente" if measured.n_seeds == 1 else f"com {seeds}"
    return words | {
        "value": ptbr.number(measured.value, claim.decimals, claim.unit),
        "interval": ptbr.interval(shown.low, shown.high, claim.decimals, claim.unit) if bounded else "",
        "chosen": _chosen(measured) if bounded else "",
        "seeds": seeds,
        # Of several values, that over the fewest images.
        "images": f"{'ao menos ' if measured.parts > 1 else ''}{ptbr.plural(measured.n_images, 'imagem', 'imagens')}",
        "p_words": p_words(verdict),
        "of_seeds": of_seeds,
        "with_seeds": f"{of_seeds} e a correção de Holm" if verdict.why is Why.HOLM else of_seeds,
        "claimed": on_claimed_side(verdict),
    }


def seeds_note(seeds: Sequence[int], apart: bool) -> str:
    """Return of which seeds a page's own numbers are; '' unless some of its runs have others too.

    seeds: those that all its runs have. apart: whether that leaves any out.
    """
    if not apart:
        return ""
    if len(seeds) == 1:
        return f"As tabelas e o texto dão os números da semente {ptbr.join(seeds)}, a única que todos os treinos comparados têm. {OWN}"
    return f"As tabelas e o texto dão a média das sementes {ptbr.join(seeds)}, as que todos os treinos comparados têm. {OWN}"


def _chosen(measured: Estimate) -> str:
    """Return why an interval is wider than those that tables show, '' if the value was not chosen among several."""
    if measured.parts == 1:
        return ""
    return (
        f"é o menor de {ptbr.number(measured.parts, 0)} valores, e o intervalo, que desconta essa escolha, é mais largo que o de um "
        "deles só"
    )


def _why(verdict: Verdict) -> str:
    """Return why a measured claim is open, '' if it is not; of one seed also whether the images alone decide."""
    words = WHY.get(verdict.why, "") if verdict.why else ""
    measured, margin = verdict.estimate, verdict.claim.margin
    if verdict.why is Why.ONE_SEED and measured and math.isfinite(measured.half_width):
        if measured.low <= margin <= measured.high:
            return f"o intervalo, só das imagens, já contém a margem; além disso, {words}"
        return f"{words}; o intervalo é só das imagens"
    return words


def on_claimed_side(verdict: Verdict) -> bool:
    """Return whether a value was measured and lies beyond the margin on the claimed side, whatever its interval."""
    if verdict.estimate is None:
        return False
    beyond = verdict.estimate.value - verdict.claim.margin
    return beyond > 0 if verdict.claim.side == "above" else beyond < 0


def p_words(verdict: Verdict) -> str:
    """Return the adjusted p-value in words."""
    if verdict.estimate is None or verdict.estimate.single_seed or verdict.adjusted_p is None:
        return "sem teste de hipótese, por falta de mais sementes"
    equal = "" if verdict.adjusted_p < 0.001 else "= "
    return f"p {equal}{ptbr.p_value(verdict.adjusted_p)} depois da correção de Holm"


def untested_reason(verdict: Verdict, info: DatasetInfo) -> str:
    """Return why a claim was not tested."""
    if verdict.untested and verdict.untested.reason:
        return verdict.untested.reason
    if verdict.untested and verdict.untested.foreign:
        return f"não há aqui imagens alheias ao conjunto {ptbr.mark(info.title)} com que comparar as dele"
    missing = ptbr.join([GROUPS.get(name, name) for name in verdict.untested.missing]) if verdict.untested else ""
    return f"o conjunto {ptbr.mark(info.title)} não tem as classes de que ela fala ({missing})"


def untested_sentence(verdict: Verdict, info: DatasetInfo) -> str:
    """Return the sentence of a claim that was not tested."""
    return f"{verdict.claim.statement} Isso não foi testado: {untested_reason(verdict, info)}."
