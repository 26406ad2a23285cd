"""The page: its runs, claims, figures, and what its text is given."""

import math
from functools import partial
from typing import Any

from report.evidence import Evidence
from report.judging import sample
from report.metrics import METRICS, metric_moves
from report.origins.numbers import constant
from report.page import Page, Plot
from report.pages.espaco_latente import axes, dimensions, drift, evolution, groups, maps, pairs, raw, tables, used
from report.pages.espaco_latente import figures as drawing
from report.tables import metrics_table
from vae.grid import REFERENCE_RUNS, WIDE
from vae.metrics import limits

SEPARATION = (
    "knn_accuracy",
    "probe_accuracy",
    "silhouette",
    raw.SILHOUETTE,
    "davies_bouldin",
    raw.DAVIES_BOULDIN,
    "fisher",
    "trace_within",
    "trace_between",
)
INFORMATION = ("active_units", "used_units", "test_kl", "mutual_information", "aggregate_kl", "hole_mass")


def context(evidence: Evidence) -> dict[str, Any]:
    """Return the tables and numbers that the template asks for, computed when it does."""
    return {
        "moves": partial(metric_moves, evidence),
        "pairs_table": lambda: tables.pairs_table(evidence),
        "top_pair": lambda run: tables.top_pair(evidence, run),
        "pair_rank": lambda run, *names: tables.pair_rank(evidence, run, *names),
        "transit_table": lambda names: tables.transit_table(evidence, names),
        "strangers": lambda run, name: tables.strangers(evidence, run, name),
        "drift_table": lambda: drift.drift_table(evidence),
        "class_extreme": lambda run, easiest: tables.extreme_class(evidence, run, easiest),
        "groups_table": lambda: str(
            metrics_table(
                evidence,
                tables.GROUPS,
                REFERENCE_RUNS,
                "Calçados e roupas nos quatro treinos, ± meio intervalo.",
                "grupos",
            )
        ),
        "spreads": lambda run: tables.spreads(evidence, run),
        "spreads_table": lambda: tables.spreads_table(evidence),
        "group_angle": lambda run: tables.ANGLE.measure(evidence, run).value,
        "straight_angle": constant(tables, "STRAIGHT_ANGLE"),
        "ranked_splits": lambda run: tables.ranked_splits(evidence, run),
        "splits_table": lambda splits: tables.splits_table(evidence, splits),
        "maps_table": lambda: maps.maps_table(evidence, WIDE),
        "map_order": lambda name: maps.order_metric(name).measure(evidence, WIDE).value,
        "map_neighbours": constant(maps, "NEAREST"),
        "subspaces_table": lambda: dimensions.subspaces_table(evidence, WIDE),
        "closest_classes": lambda: dimensions.closest_classes(evidence, WIDE),
        "subspace_directions": constant(dimensions, "DIRECTIONS"),
        "label_confusion": lambda *names: tables.label_confusion(evidence, *names),
        "embedding": lambda name: evidence.headline(WIDE).score(name),
        "axes_table": lambda: axes.axes_table(evidence, "e100"),
        "factors": axes.FACTORS,
        "factor_bins": constant(axes, "BINS"),
        "factor_turns": constant(axes, "TURNS"),
        "native_and_turned": lambda factor: axes.native_and_turned(evidence, "e100", factor),
        "used_variance": lambda: used.USED_VARIANCE_SHARE.measure(evidence, WIDE).value,
        "across_seeds": lambda name: used.across_seeds(evidence, name),
        "nats_of_active": used.nats_at(constant(limits, "ACTIVE_VARIANCE")),
        "nats_of_used": used.nats_at(constant(sample, "USED_VARIANCE")),
        "components": lambda share: tables.components_for(evidence, share),
        "separation": SEPARATION,
        "information": INFORMATION,
        "class_nats": math.log(len(evidence.info.classes)),
        "within_class": lambda run: max(
            0.0, METRICS["mutual_information"].measure(evidence, run).value - math.log(len(evidence.info.classes))
        ),
        "information_limit": math.log(len(evidence.labels)),
        "embedded_images": len(evidence.headline(WIDE).array("tsne")),
        "raw_images": min(constant(raw, "IMAGES"), len(evidence.headline(WIDE).array("latent_mean"))),
        "raw_silhouette": lambda run: raw.SILHOUETTE.measure(evidence, run),
        "shown": raw.SILHOUETTE.text,
        "silhouette_images": len(evidence.headline("e100").array("silhouette")),
    }


PANELS = Plot(
    "quatro-espacos",
    drawing.draw_panels,
    "Os vizinhos acertam a classe de {{ metric('knn_accuracy', 'e10') }} das imagens no primeiro espaço, de "
    "{{ metric('knn_accuracy', 'e100') }} no terceiro e, antes da projeção, de {{ metric('knn_accuracy', 'e10-l50') }} no "
    "último. Médias latentes das primeiras {{ embedded_images }} imagens de teste, coloridas pela classe verdadeira, que o treino "
    "nunca vê; treino de semente {{ grid.seeds[0] }}. O número da classe está na mediana dos seus pontos. Cada quadro "
    "tem a sua escala: compara-se a forma, não o tamanho. No último, {{ run('e10-l50').latent_dim }} dimensões "
    "projetadas sobre as duas primeiras componentes principais.",
    "Quatro nuvens de pontos em cores por classe. Acurácia de vizinhos, da primeira à última: {{ "
    "metric('knn_accuracy', 'e10') }}, {{ metric('knn_accuracy', 'e50') }}, {{ metric('knn_accuracy', 'e100') }} e, "
    "antes da projeção, {{ metric('knn_accuracy', 'e10-l50') }}.",
    raster=True,
)
PLANE = Plot(
    "plano",
    drawing.draw_plane,
    "{% set best = class_extreme('e100', true) %}{% set worst = class_extreme('e100', false) %}Das classes, {{ best.name }} é a "
    "que os vizinhos mais acertam ({{ best.accuracy | number(1, '%') }}) e {{ worst.name }}, a que menos acertam "
    "({{ worst.accuracy | number(1, '%') }}). O plano latente do {{ label('e100') }}, semente {{ grid.seeds[0] }}: um ponto por imagem de teste, o nome da "
    "classe na mediana dos seus pontos. As unidades são as da prior, de desvio-padrão um.",
    "Dispersão das médias latentes por classe. {% set best = class_extreme('e100', true) %}{% set worst = "
    "class_extreme('e100', false) %}A classe que os vizinhos mais acertam é {{ best.name }}, {{ best.accuracy | "
    "number(1, '%') }}; a que menos acertam, {{ worst.name }}, {{ worst.accuracy | number(1, '%') }}.",
    raster=True,
)
CONFUSION = Plot(
    "confusao",
    drawing.draw_confusion("e100"),
    "O par que mais se confunde no {{ label('e100') }} é {{ top_pair('e100').names }}: {{ top_pair('e100').confusion }} dos "
    "vizinhos de um são do outro. Confusão por vizinhos: em cada linha, a que classes pertencem, em %, os {{ "
    "grid.evaluation.neighbours }} vizinhos das imagens de uma classe. Fora da diagonal, quanto mais forte a cor, "
    "maior a mistura.",
    "Matriz de classes por classes dos vizinhos. O par mais confuso é {{ top_pair('e100').names }}: {{ "
    "top_pair('e100').confusion }} dos vizinhos de um são do outro.",
)
DEEP_CONFUSION = Plot(
    "confusao-dimensoes",
    drawing.draw_confusion(WIDE),
    "Com {{ run('e10-l50').latent_dim }} dimensões, o par que mais se confunde é {{ top_pair('e10-l50').names }}: "
    "{{ top_pair('e10-l50').confusion }}. A mesma matriz no {{ label('e10-l50') }}, com os vizinhos procurados em todas as dimensões ativas.",
    "Matriz de classes por classes dos vizinhos em {{ run('e10-l50').latent_dim }} dimensões. O par mais confuso é "
    "{{ top_pair('e10-l50').names }}: {{ top_pair('e10-l50').confusion }}.",
)
CLASSES = Plot(
    "classes",
    drawing.draw_classes,
    "{% set worst = class_extreme('e100', false) %}{% set deep = class_extreme('e10-l50', false) %}A classe que os vizinhos "
    "menos acertam é {{ worst.name }} no {{ label('e100') }} ({{ worst.accuracy | number(1, '%') }}) e "
    "{{ 'também' if worst.name == deep.name else deep.name }} no {{ label('e10-l50') }} "
    "({{ deep.accuracy | number(1, '%') }}). Acurácia de vizinhos por classe em três treinos. Lê-se por grupo de barras: quanto mais à direita, mais as "
    "imagens da classe ficam entre as suas.",
    "Barras da acurácia de vizinhos por classe. {% set worst = class_extreme('e100', false) %}{% set deep = "
    "class_extreme('e10-l50', false) %}A classe mais baixa no {{ label('e100') }} é {{ worst.name }}, "
    "{{ worst.accuracy | number(1, '%') }}; no {{ label('e10-l50') }}, {{ deep.name }}, {{ deep.accuracy | number(1, "
    "'%') }}.",
)
EVOLUTION = Plot(
    "evolucao",
    drawing.draw_evolution,
    "De {{ run('e10').epochs }} a {{ run('e100').epochs }} épocas, a acurácia de vizinhos vai de "
    "{{ metric('knn_accuracy', 'e10') }} a {{ metric('knn_accuracy', 'e100') }}, e a silhueta, de "
    "{{ metric('silhouette', 'e10') }} a {{ metric('silhouette', 'e100') }}. Seis medidas do plano latente às {{ run('e10').epochs }}, {{ run('e50').epochs }} e {{ run('e100').epochs }} "
    "épocas, com a faixa do intervalo onde ele se pode calcular. A faixa é a de cada momento por si; as mudanças se julgam "
    "pareadas, treino a treino e imagem a imagem, e podem ser certas mesmo onde as faixas se cobrem. A parte intraclasse é a "
    "fração da variância total que está dentro das classes.",
    "Seis curvas por época. A acurácia de vizinhos vai de {{ metric('knn_accuracy', 'e10') }} a {{ "
    "metric('knn_accuracy', 'e100') }}; a silhueta, de {{ metric('silhouette', 'e10') }} a {{ metric('silhouette', "
    "'e100') }}.",
)
EMBEDDINGS = Plot(
    "mapas",
    drawing.draw_embeddings,
    "As {{ run('e10-l50').latent_dim }} dimensões do {{ label('e10-l50') }} em dois mapas das mesmas {{ "
    "embedded_images }} imagens: as duas primeiras componentes principais e a t-SNE (perplexidade {{ "
    "grid.evaluation.tsne_perplexity | number(0) }}), da semente {{ grid.seeds[0] }}. A confiabilidade do primeiro é "
    "{{ embedding('trustworthiness_pca') | number(3) }}, e a do segundo, {{ embedding('trustworthiness_tsne') | number(3) }}. "
    "O tamanho dos grupos na t-SNE não quer dizer nada: o método "
    "iguala as densidades.",
    "Dois mapas de pontos por classe. A confiabilidade do plano da PCA é {{ embedding('trustworthiness_pca') | "
    "number(3) }}, a da t-SNE {{ embedding('trustworthiness_tsne') | number(3) }}.",
    raster=True,
)
SCREE = Plot(
    "componentes",
    drawing.draw_scree,
    "Duas componentes retêm {{ metric('pca2_share', 'e10-l50') }} da variância; para nove décimos são precisas "
    "{{ components(0.9) }}. Parte da variância das médias latentes retida pelas primeiras componentes principais do {{ label('e10-l50') }}. O "
    "sinal marca as duas que cabem num plano.",
    "Curva crescente: duas componentes retêm {{ metric('pca2_share', 'e10-l50') }} da variância; para nove décimos são "
    "precisas {{ components(0.9) }}.",
)

TURNS = Plot(
    "giros",
    drawing.draw_turns,
    "O que o melhor dos dois eixos do {{ label('e100') }} diz sobre três fatores da imagem, à medida que se gira o plano"
    "{{ '; uma linha por treino' if seeds | length > 1 }}. As bordas são os eixos nativos, que um quarto de volta só troca. "
    "Um eixo com significado faria{{ ', em todo treino,' if seeds | length > 1 }} um pico nas bordas. Informação "
    "média nos eixos nativos e nos girados:{% for factor, name in factors.items() %}{{ ';' if not loop.first }} {{ name }}, {{ "
    "native_and_turned(factor)[0] | number(2, 'nats') }} e {{ native_and_turned(factor)[1] | number(2, 'nats') }}"
    "{% endfor %}.",
    "Informação mútua contra o ângulo do giro.{% for factor, name in factors.items() %} Fator {{ name }}: {{ "
    "native_and_turned(factor)[0] | number(2, 'nats') }} nos eixos nativos, {{ native_and_turned(factor)[1] | "
    "number(2, 'nats') }} em média nos girados.{% endfor %}",
)

PAGE = Page(
    slug="espaco-latente",
    title="Espaço latente",
    description="Como as classes se arrumam no espaço latente de duas e de muitas dimensões, e o que épocas a mais mudam "
    "nele.",
    runs=(*REFERENCE_RUNS, "e90", "dataset", "classifier"),
    claims=(
        *pairs.CLAIMS,
        *evolution.CLAIMS,
        *drift.CLAIMS,
        *groups.CLAIMS,
        *maps.CLAIMS,
        *dimensions.CLAIMS,
        *axes.CLAIMS,
    ),
    figures=(PANELS, PLANE, CONFUSION, DEEP_CONFUSION, CLASSES, EVOLUTION, used.SPECTRUM, EMBEDDINGS, SCREE, TURNS),
    context=context,
)
