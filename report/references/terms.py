"""The terms of the report, each explained once (report/references/glossary.py has the pages lead to them)."""

import dataclasses

from report.language import ptbr

SLUG = "referencias"


@dataclasses.dataclass(frozen=True)
class Term:
    """A term and what it means.

    slug: of its anchor. meaning: plain Portuguese sentences, without digits, Markdown or straight quotes, as they become the
    title of links. forms: how pages write it where it can mean nothing else, lower case for words; () for no links.
    """

    slug: str
    name: str
    meaning: str
    forms: tuple[str, ...] = ()


TERMS: tuple[Term, ...] = tuple(sorted((
    Term(
        "acuracia-de-vizinhos", "Acurácia de vizinhos (kNN)",
        "Parte das imagens de teste cuja classe é a mais votada entre os vizinhos mais próximos no espaço latente, "
        "procurados entre imagens de treino. Pergunta se imagens da mesma classe moram perto umas das outras.",
        ("acurácia de vizinhos",),
    ),
    Term(
        "auroc", "AUROC",
        "Área sob a curva ROC: a probabilidade de que um exemplo positivo, tirado ao acaso, tenha pontuação maior que um "
        "negativo. Meio é o acaso; um, separação perfeita.",
        ("AUROC",),
    ),
    Term(
        "autocodificador", "Autocodificador determinístico (AE)",
        "Rede que comprime a imagem num código e a reconstrói a partir dele, sem ruído e sem termo KL. Serve de comparação: "
        "o que o separa do VAE é o efeito da regularização.",
        ("autocodificador determinístico",),
    ),
    Term(
        "bce", "BCE (entropia cruzada binária)",
        "Termo de reconstrução do objetivo: o custo, em nats somados sobre os pixels, de descrever a imagem com as "
        "probabilidades que o decodificador dá. Com pixels cinzentos, o seu mínimo é a entropia dos pixels, e não zero.",
        ("BCE",),
    ),
    Term(
        "bootstrap", "Bootstrap pareado, com sementes e imagens",
        "Modo de estimar incerteza: sorteiam-se de novo as imagens de teste, com reposição ou com pesos ao acaso, e vê-se "
        "quanto a medida varia. É pareado porque os mesmos pesos servem a todos os treinos comparados; a variação entre "
        "sementes de treino entra à parte, como segunda fonte de acaso.",
        ("bootstrap",),
    ),
    Term(
        "buraco", "Buraco",
        "Região em que a prior põe massa e a posterior agregada é menor que um décimo dela. Dali se sorteiam amostras que o "
        "decodificador quase não treinou.",
        ("massa da prior em buracos", "massa em buracos", "buracos", "buraco"),
    ),
    Term(
        "codificador", "Codificador e decodificador",
        "As duas redes de um VAE. O codificador leva uma imagem à média e à variância da sua posterior; o decodificador leva "
        "um código latente à imagem média que ele espera.",
    ),
    Term(
        "colapso", "Colapso da posterior",
        "Quando a posterior de uma dimensão, ou de todas, se iguala à prior para toda imagem: o código deixa de trazer "
        "informação, e o decodificador passa sem ele. Em inglês, posterior collapse.",
        ("colapso da posterior", "colapso para a prior", "colapso parcial"),
    ),
    Term(
        "davies-bouldin", "Davies–Bouldin (índice de)",
        "Para cada classe, o pior quociente entre a soma das larguras de duas classes e a distância entre os seus centros; "
        "depois, a média. Quanto menor, mais separadas as classes.",
        ("Davies–Bouldin",),
    ),
    Term(
        "desvio", "Desvio (da BCE)",
        "A BCE menos a entropia dos pixels da própria imagem: a parte do custo de reconstrução que depende do modelo. Zero é a "
        "cópia perfeita. É metade do que a estatística chama deviance.",
    ),
    Term(
        "dimensoes-ativas", "Dimensões ativas",
        "Dimensões latentes cuja média da posterior varia de imagem a imagem (variância acima de um centésimo). As outras "
        "repetem a prior e nada dizem da imagem.",
        ("dimensões ativas",),
    ),
    Term(
        "dimensoes-em-uso", "Dimensões em uso",
        "Dimensões latentes cuja média da posterior varia de imagem a imagem com mais de um décimo da variância da prior. O corte "
        "das dimensões ativas é dez vezes mais baixo e conta também as de que o código tira pouco.",
        ("dimensões em uso",),
    ),
    Term(
        "elbo", "ELBO (limite inferior da evidência)",
        "O que o treino de um VAE maximiza: um limite inferior do logaritmo da probabilidade que o modelo dá à imagem. É a "
        "reconstrução esperada menos a KL. Aqui aparece com o sinal trocado, e menos é melhor.",
        ("ELBO",),
    ),
    Term(
        "eqm", "EQM (erro quadrático médio)",
        "Média, sobre os pixels, do quadrado da diferença entre a imagem e a reconstrução. Zero é a cópia perfeita.",
        ("EQM",),
    ),
    Term(
        "espaco-latente", "Espaço latente",
        "O espaço dos códigos. Cada imagem é nele uma distribuição, a sua posterior, que os gráficos mostram pelo ponto médio.",
    ),
    Term(
        "fid", "FID",
        "Distância de Fréchet nos atributos da rede Inception, treinada em fotografias. Este relatório não a usa: mede a mesma "
        "distância nos atributos de um classificador das suas próprias imagens.",
        ("FID",),
    ),
    Term(
        "frechet", "Distância de Fréchet",
        "Distância entre dois conjuntos de imagens, pelas médias e covariâncias dos atributos que um classificador lhes dá, "
        "como se fossem gaussianos. Quanto menor, mais parecidos os conjuntos.",
        ("distância de Fréchet",),
    ),
    Term(
        "holm", "Holm (correção de)",
        "Ajuste dos valores p quando se julgam muitas afirmações de uma vez: a probabilidade de haver ao menos uma decisão "
        "falsa fica abaixo do nível escolhido, qualquer que seja a dependência entre elas.",
        ("correção de Holm",),
    ),
    Term(
        "informacao-mutua", "Informação mútua",
        "Quanto o código informa sobre a imagem, em nats: zero se não diz nada; no máximo, o logaritmo do número de imagens, se "
        "identifica cada uma.",
        ("informação mútua",),
    ),
    Term(
        "iwae", "IWAE",
        "Autocodificador ponderado por importância: aqui, o limite da verossimilhança que se obtém com muitas amostras do "
        "código por imagem. É mais apertado que o ELBO, e a diferença entre os dois diz ao menos quanto o ELBO fica aquém.",
        ("IWAE",),
    ),
    Term(
        "kl", "KL (divergência de Kullback–Leibler)",
        "Quanto uma distribuição difere de outra, em nats; nunca é negativa, e só é zero se são iguais. No objetivo, mede quanto "
        "a posterior de uma imagem se afasta da prior: é o que custa transmitir o código.",
        ("termo KL", "KL"),
    ),
    Term(
        "nat", "Nat",
        "Unidade de informação: o bit, com o logaritmo natural no lugar do de base dois. Um nat vale pouco menos de um bit e meio.",
    ),
    Term(
        "nitidez", "Nitidez",
        "Razão entre a energia dos contornos da reconstrução e a do original. Um é a nitidez do original; menos é borrão. Não é "
        "fidelidade: um contorno firme no lugar errado também a aumenta.",
    ),
    Term(
        "pca", "PCA (análise de componentes principais)",
        "Projeção linear nas direções de maior variância. Entre as reconstruções lineares com o mesmo número de dimensões, é a "
        "de menor erro quadrático.",
        ("PCA",),
    ),
    Term(
        "peso-beta", "Peso \u03b2 (da KL)",
        "Número pelo qual o objetivo multiplica a KL. Um dá o ELBO; mais aperta o código, menos o solta, e zero deixa só a "
        "reconstrução.",
    ),
    Term(
        "posterior", "Posterior (aproximada)",
        "A distribuição do código dada a imagem. A exata não se sabe calcular; o codificador dá uma gaussiana no lugar dela.",
    ),
    Term(
        "posterior-agregada", "Posterior agregada",
        "A média das posteriores de todas as imagens: a nuvem inteira dos códigos. Para que sortear da prior dê boas amostras, as "
        "duas têm de se parecer.",
        ("posterior agregada",),
    ),
    Term(
        "prdc", "Precisão, revocação, densidade e cobertura (PRDC)",
        "Quatro medidas de amostras contra dados, pelas vizinhanças nos atributos de um classificador. Precisão e densidade dizem "
        "se as amostras caem onde há dados; revocação e cobertura, se os alcançam todos.",
    ),
    Term(
        "prior", "Prior",
        "A distribuição do código antes de se ver a imagem: aqui, a gaussiana de média zero e covariância identidade. É dela que "
        "se sorteia para gerar.",
        ("prior",),
    ),
    Term(
        "procrustes", "Procrustes (análise de)",
        "A translação, rotação ou reflexão e escala que melhor sobrepõem uma nuvem de pontos a outra. O que sobra depois dela é "
        "mudança de forma, e não de lugar ou tamanho.",
        ("Procrustes",),
    ),
    Term(
        "reparametrizacao", "Reparametrização",
        "Escrever o código sorteado como a média mais o desvio-padrão vezes um ruído sorteado fora da rede. Assim o sorteio não "
        "corta o gradiente, e o codificador pode ser treinado.",
        ("reparametrização",),
    ),
    Term(
        "semente", "Semente",
        "Número que fixa tudo o que um treino sorteia: pesos iniciais, ordem das imagens e ruído. Repetir um treino com outras "
        "sementes mostra quanto do resultado é acaso.",
        ("sementes", "semente"),
    ),
    Term(
        "silhueta", "Silhueta",
        "Compara, para cada imagem, a distância aos pontos da própria classe com a distância à classe alheia mais próxima. Vai de "
        "menos um, no grupo errado, a um, em grupos compactos e distantes.",
        ("silhueta",),
    ),
    Term(
        "sonda-linear", "Sonda linear",
        "Classificador linear treinado sobre os códigos latentes. O seu acerto diz quanto as classes se separam por hiperplanos.",
        ("sonda linear",),
    ),
    Term(
        "ssim", "SSIM (índice de semelhança estrutural)",
        "Compara médias, contrastes e correlação de duas imagens em janelas pequenas, mais perto do que o olho vê do que a "
        "diferença pixel a pixel. Um é a cópia perfeita.",
        ("SSIM",),
    ),
    Term(
        "t-sne", "t-SNE",
        "Mapa plano que procura manter próximos os pontos vizinhos. As distâncias grandes, o tamanho dos grupos e o espaço entre "
        "eles não são de confiança.",
        ("t-SNE",),
    ),
    Term(
        "taxa-distorcao", "Taxa e distorção",
        "As duas parcelas do objetivo como custos: a taxa é a KL, o que o código gasta; a distorção é a BCE, o que falta à "
        "reconstrução. Cada peso da KL escolhe um ponto entre as duas.",
    ),
    Term(
        "vae", "VAE (autocodificador variacional)",
        "Modelo generativo que aprende a descrever imagens por códigos: um codificador dá a distribuição do código de cada imagem, "
        "um decodificador faz a imagem a partir dele, e o treino maximiza o ELBO.",
        ("VAE",),
    ),
    Term(
        "variacao-total", "Variação total",
        "Metade da soma das diferenças absolutas entre duas repartições em classes: a parte das amostras que teria de mudar de "
        "classe para que as repartições fossem iguais.",
        ("variação total",),
    ),
), key=lambda term: ptbr.sort_key(term.name)))  # fmt: skip


def anchor(term: Term) -> str:
    """Return the id of a term's entry."""
    return f"termo-{term.slug}"
