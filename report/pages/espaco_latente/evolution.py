"""Claims about what more epochs do to the classes in the latent plane."""

from report.judging.claims import Claim
from report.judging.ratios import ratio
from report.judging.sample import Sample
from report.judging.statistics import CHANGE, POINTS
from vae.storage.results import Array


def angular_gain(before: Sample, after: Sample) -> Array:
    """Relative change, in per cent, of the mean angle between class directions over their circular deviation.

    Seen from the origin. Source: directional statistics, Mardia & Jupp 2000.
    """
    return relative_change(before.angular_separation(), after.angular_separation())


def accuracy_gain(before: Sample, after: Sample) -> Array:
    """Growth of the accuracy of the nearest neighbours' majority, in percentage points."""
    return 100 * (after.knn_accuracy() - before.knn_accuracy())


def within_change(before: Sample, after: Sample) -> Array:
    """Relative change, in per cent, of the trace of the covariance within classes, raw coordinates."""
    return relative_change(before.scatter().within, after.scatter().within)


def within_share_change(before: Sample, after: Sample) -> Array:
    """Change of the share of the variance that lies within classes, tr(S_w) / tr(S_t), in percentage points."""
    return 100 * (within_share(after) - within_share(before))


def within_share(run: Sample) -> Array:
    """Return the share of the variance that lies within classes, tr(S_w) / tr(S_t), (B,): all of it where there is none."""
    scatter = run.scatter()
    return ratio(scatter.within, scatter.total, of_nothing=1.0)


def between_change(before: Sample, after: Sample) -> Array:
    """Relative change, in per cent, of the trace of the covariance between classes, raw coordinates."""
    return relative_change(before.scatter().between, after.scatter().between)


def davies_bouldin_change(before: Sample, after: Sample) -> Array:
    """Relative change, in per cent, of the Davies-Bouldin index of the whitened means.

    Source: Davies & Bouldin 1979.
    """
    return relative_change(before.score("davies_bouldin"), after.score("davies_bouldin"))


def relative_change(before: Array, after: Array) -> Array:
    """Return by how many per cent a quantity that is never negative changed: by none from zero to zero."""
    return 100 * (ratio(after, before, of_nothing=1.0) - 1)


ANGULAR = Claim(
    id="15",
    statement="De dez a cem épocas, refina-se a separação angular entre as classes.",
    needs=("e10", "e100"),
    statistic=angular_gain,
    measure="mudança do ângulo médio entre as direções das classes, dividido pelo desvio circular dentro delas",
    margin=5.0,
    side="above",
    bounds=CHANGE,
    reason="um vigésimo a mais é o mínimo que merece o nome de refinamento",
    unit="%",
    decimals=1,
    confirmed="A separação angular se refina: em relação à abertura das classes, os ângulos entre elas "
    "{{ raw | moved(1, '%', 'crescem') }} (intervalo da mudança: {{ interval }}).",
    refuted="A separação angular não se refina: em relação à abertura das classes, os ângulos entre elas "
    "{{ raw | moved(1, '%', 'crescem') }} (intervalo da mudança: {{ interval }}), e a afirmação pede mais de {{ margin }}.",
    inconclusive=(
        "Em relação à abertura das classes, os ângulos entre elas {{ raw | moved(1, '%', 'cresceram') }} de "
        "{{ run('e10').epochs }} a {{ run('e100').epochs }} épocas, e um refinamento pediria mais de "
        "{{ margin }}; {{ with_seeds }}, não se decide."
    ),
)

OVERLAP = Claim(
    id="17",
    statement="De dez a cinquenta épocas, diminui a sobreposição entre as classes.",
    needs=("e10", "e50"),
    statistic=accuracy_gain,
    measure="ganho de acurácia da maioria dos vizinhos",
    margin=2.0,
    side="above",
    bounds=POINTS,
    reason="dois pontos são duas imagens em cem que deixam de cair em região alheia; menos não se nota no gráfico",
    unit="p.p.",
    confirmed="A sobreposição diminui: a acurácia de vizinhos {{ raw | moved(2, 'p.p.') }} (intervalo da mudança: "
    "{{ interval }}).",
    refuted="A sobreposição não diminui o bastante para se notar: a acurácia de vizinhos "
    "{{ raw | moved(2, 'p.p.') }} (intervalo da mudança: {{ interval }}), e os {{ margin }} da margem não são alcançados.",
    inconclusive=(
        "De {{ run('e10').epochs }} a {{ run('e50').epochs }} épocas, a acurácia de vizinhos "
        "{{ raw | moved(2, 'p.p.', 'subiu') }}, o que {{ 'passa' if claimed else 'não passa' }} dos {{ margin }} pedidos; "
        "{{ with_seeds }}, não se decide se a sobreposição diminui."
    ),
)

DENSER = Claim(
    id="18",
    statement="Com mais épocas as classes se adensam: cai a variância dentro delas.",
    needs=("e10", "e100"),
    statistic=within_change,
    measure="mudança da variância dentro das classes, em coordenadas latentes cruas, em média das razões de cada semente",
    margin=-5.0,
    side="below",
    bounds=CHANGE,
    reason="uma queda de menos de um vigésimo não é adensamento que se veja",
    unit="%",
    decimals=1,
    confirmed="As classes se adensam: a variância dentro delas {{ raw | moved(1, '%') }} (intervalo da mudança: "
    "{{ interval }}).",
    refuted="As classes não se adensam: a variância dentro delas {{ raw | moved(1, '%') }} (intervalo da mudança: "
    "{{ interval }}), e a afirmação pede uma queda além de {{ margin }}.",
    inconclusive=(
        "A variância dentro das classes {{ raw | moved(1, '%', 'subiu') }} de {{ run('e10').epochs }} a "
        "{{ run('e100').epochs }} épocas, quando o adensamento pediria uma mudança abaixo de {{ margin }}; "
        "{{ with_seeds }}, não se decide."
    ),
)

RELATIVELY_DENSER = Claim(
    id="18b",
    ours=True,
    statement="Com mais épocas as classes se adensam também em relação ao tamanho da nuvem inteira.",
    needs=("e10", "e100"),
    statistic=within_share_change,
    measure="mudança da parte da variância total que está dentro das classes",
    margin=-1.0,
    side="below",
    bounds=POINTS,
    reason="um centésimo da variância total é a menor mudança que se distingue num diagrama",
    unit="p.p.",
    confirmed="Em relação à nuvem inteira, as classes se adensam: a parte da variância que está dentro delas "
    "{{ raw | moved(2, 'p.p.') }} (intervalo da mudança: {{ interval }}).",
    refuted="Em relação à nuvem inteira, as classes não se adensam: a parte da variância que está dentro delas "
    "{{ raw | moved(2, 'p.p.') }} (intervalo da mudança: {{ interval }}), e a margem de {{ margin }} não é alcançada.",
    inconclusive=(
        "Já a parte da variância total que está dentro das classes {{ raw | moved(2, 'p.p.', 'subiu') }}, e um "
        "adensamento em proporção à nuvem pediria uma mudança abaixo de {{ margin }}, o que não se decide "
        "{{ with_seeds }}."
    ),
)

FARTHER = Claim(
    id="19",
    statement="Com mais épocas as classes se afastam umas das outras.",
    needs=("e10", "e100"),
    statistic=between_change,
    measure="mudança da variância entre as médias das classes, em coordenadas latentes cruas",
    margin=5.0,
    side="above",
    bounds=CHANGE,
    reason="um vigésimo a mais, a mesma medida que se exige do adensamento",
    unit="%",
    decimals=1,
    confirmed="As médias das classes se afastam: a variância entre elas {{ raw | moved(1, '%') }} (intervalo da mudança: "
    "{{ interval }}).",
    refuted="As médias das classes não se afastam de modo que se note: a variância entre elas "
    "{{ raw | moved(1, '%') }} (intervalo da mudança: {{ interval }}), e a afirmação pede mais de {{ margin }}.",
    inconclusive=(
        "A variância medida entre as médias das classes {{ raw | moved(1, '%', 'subiu') }} de "
        "{{ run('e10').epochs }} a {{ run('e100').epochs }} épocas, o que {{ 'passa' if claimed else 'não passa' }} "
        "de {{ margin }}; {{ with_seeds }}, não se decide se as classes se afastam."
    ),
)

BETTER_PARTED = Claim(
    id="19b",
    statement="Com mais épocas a distância entre as classes cresce em relação à largura delas.",
    needs=("e10", "e100"),
    statistic=davies_bouldin_change,
    measure="mudança do índice de Davies–Bouldin, que cai quando as classes se separam",
    margin=-5.0,
    side="below",
    bounds=CHANGE,
    reason="um vigésimo a menos, a mesma medida que se exige das outras mudanças",
    unit="%",
    decimals=1,
    confirmed="Em relação à sua largura, as classes se afastam: o índice de Davies–Bouldin "
    "{{ raw | moved(1, '%') }} (intervalo da mudança: {{ interval }}).",
    refuted="Em relação à sua largura, as classes não se afastam: o índice de Davies–Bouldin "
    "{{ raw | moved(1, '%') }} (intervalo da mudança: {{ interval }}), e a afirmação pede uma queda além de {{ margin }}.",
    inconclusive=(
        "O índice de Davies–Bouldin, que cai quando as classes se separam, {{ raw | moved(1, '%', 'subiu') }} de "
        "{{ run('e10').epochs }} a {{ run('e100').epochs }} épocas; {{ with_seeds }}, não se decide se elas se "
        "afastam em relação à própria largura (mudança abaixo de {{ margin }})."
    ),
)

CLAIMS = (ANGULAR, OVERLAP, DENSER, RELATIVELY_DENSER, FARTHER, BETTER_PARTED)
