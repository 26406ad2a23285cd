"""What the notebook says in Portuguese, and its cells that are no module."""

# The modules that are read, in the order in which they need each other, each with what is said before it.
SHOWN = (
    ("vae/data/tensors.py", """\
## Os dados

As imagens ficam inteiras na memória do dispositivo, em `uint8`, e só viram números entre zero e um quando um lote é usado. A partição
entre treino e validação usa sempre a mesma semente; o teste só serve para medir."""),
    ("vae/models/conv.py", """\
## O modelo e a reparametrização

O codificador leva a imagem $x$ à média $\\mu$ e ao logaritmo da variância $\\log\\sigma^2$ de $q(z \\mid x)$; o decodificador leva um código
$z$ aos *logits* dos pixels. Entre os dois, `reparametrise` sorteia $z = \\mu + \\sigma \\odot \\varepsilon$, com $\\varepsilon \\sim
\\mathcal{N}(0, I)$ sorteado fora da rede: assim o gradiente chega a $\\mu$ e $\\sigma$."""),
    ("vae/objectives.py", """\
## O objetivo

Minimiza-se o −ELBO: a entropia cruzada binária (BCE) entre a imagem e a reconstrução, somada sobre os pixels, mais a divergência

$$D_\\mathrm{KL} = \\tfrac12 \\sum_j \\bigl(\\mu_j^2 + \\sigma_j^2 - \\log\\sigma_j^2 - 1\\bigr).$$

Como os pixels são cinzentos, a BCE não chega a zero: o seu piso é a entropia dos próprios pixels."""),
    ("vae/tasks.py", """\
## A tarefa

O que o laço de treino precisa saber: o modelo, os termos da perda e o peso de cada um."""),
    ("vae/steps.py", """\
## Um passo de treino

Um passo lê os índices do lote, calcula a perda e move os pesos. Numa GPU ele é gravado uma vez, como um grafo CUDA, e depois só repetido."""),
    ("vae/train.py", """\
## O laço de treino

Tudo o que uma época sorteia vem de uma semente própria da época: um treino interrompido continua do último ponto salvo e termina com
os mesmos números."""),
    ("vae/portrait.py", """\
## As figuras

As mesmas do relatório, desenhadas a partir do modelo treinado aqui."""),
)  # fmt: skip
PACKAGES = ("torch", "torchvision", "matplotlib", "sklearn", "scipy", "jaxtyping", "safetensors")
DISTRIBUTIONS = {"sklearn": "scikit-learn"}

TITLE = """\
# Autocodificador variacional (VAE), do começo ao fim

Este caderno treina um VAE, mede a sua perda no teste e desenha curvas, reconstruções, amostras e o espaço latente. Ele foi gerado a partir
do código do relatório: as células de código são os próprios arquivos, sem alteração. Execute as células em ordem (*Ambiente de execução ›
Executar tudo*, no Colab). Se houver uma GPU, o treino a usa; sem ela, funciona igual, só que bem mais devagar."""
PARAMETERS = """\
import os

# Mude aqui e execute tudo de novo.
DATASET = os.environ.get("LAUDO_DATASET", "fashion-mnist")  # ou "mnist", ou "digits" (pequeno, sem download)
EPOCHS = int(os.environ.get("LAUDO_EPOCHS", "10"))
LATENT_DIM = 2  # com 50, as reconstruções ficam mais nítidas
BETA = 1.0  # peso da KL; 1 é o −ELBO
SEED = 42"""
INSTALL = """\
import importlib.util
import subprocess
import sys

PACKAGES = {packages}  # módulo: pacote
missing = [package for module, package in PACKAGES.items() if importlib.util.find_spec(module) is None]
if missing and "google.colab" in sys.modules:
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", *missing], check=True)
elif missing:
    raise ModuleNotFoundError("Faltam pacotes. Instale-os e execute de novo: pip install " + " ".join(missing))"""
SUPPORT = """\
# @title Código de apoio (não é preciso ler)
# Especificações, conjuntos de dados, pontos salvos e desenho: os arquivos do relatório que as células abaixo importam.
import json
import pathlib
import sys
import tempfile

FILES = json.loads(r'''{files}''')

support = pathlib.Path(tempfile.mkdtemp())
for name, text in FILES.items():
    path = support / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
sys.path.insert(0, str(support))

# As células abaixo são estes módulos: quem os importar recebe o que elas definirem.
for module in {modules}:
    sys.modules[module] = sys.modules["__main__"]"""
LOAD = """\
from pathlib import Path

from vae.data.datasets import dataset_info
from vae.figures import load_theme

device = torch.device("cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu")
data = load(dataset_info(DATASET), None, Path("dados")).to(device)
print(f"{data.info.title}: {len(data.train)} imagens de treino, {len(data.validation)} de validação, {len(data.test)} de teste, em {device}")"""
TRAIN = """\
from vae.spec import ConvSpec, ObjectiveSpec, RunSpec, TrainingSpec, trajectory_key


class Epochs:
    \"\"\"Conta, época a época, as perdas de treino e de validação.\"\"\"

    def step(self, epoch, step, steps, images):
        pass

    def epoch(self, epoch, history):
        newest = {name: values[-1] for name, values in history.columns.items()}
        print(f"época {epoch}: " + ", ".join(
            f"{word} BCE {newest[f'{split}_bce']:.2f} KL {newest[f'{split}_kl']:.2f}"
            for word, split in (("treino", "train"), ("validação", "validation"))
        ))


spec = RunSpec("caderno", DATASET, ConvSpec(LATENT_DIM), ObjectiveSpec(BETA), TrainingSpec(EPOCHS))
task = vae_task(spec)
folder = CheckpointFolder(Path("pesos") / trajectory_key(spec, data.info.checksum)[:12] / str(SEED))
history = train(task, SEED, data, device, folder, [EPOCHS], spec.name, {}, Epochs())

model = build_model(spec.model, SEED).to(device)
model.load_state_dict(folder.weights(EPOCHS))
model.eval()"""
TEST = """\
bce, kl = evaluate_terms(task, model, data.test, SEED).mean(dim=1).tolist()
floor = torch.cat([pixel_entropy(as_input(batch)) for batch in data.test.images.split(500)]).mean().item()
print(f"Teste, em nats por imagem: −ELBO {bce + kl:.2f} = BCE {bce:.2f} + KL {kl:.2f}; o piso da BCE é {floor:.2f}")"""
SHOW = """\
from IPython.display import Image

theme = load_theme("light")


def png(figure):
    return Image(figures.to_png(figure, background=theme.background), width=720)"""
FIGURES = (
    ("Linha cheia, a validação; tracejada, o treino.", "png(draw_curves(history, theme))"),
    ("Imagens de teste, duas de cada classe, e abaixo de cada uma a decodificação da sua média.",
     "Image(draw_reconstructions(model, data), width=900)"),
    ("Imagens decodificadas de códigos sorteados da prior, $z \\sim \\mathcal{N}(0, I)$.",
     "Image(draw_samples(model, SEED), width=720)"),
    ("As médias das imagens de teste no espaço latente, pela classe, que o treino nunca viu.",
     "png(draw_latent(model, data, theme))"),
)  # fmt: skip
END = """\
## Para experimentar

- Mude `LATENT_DIM` para 50 e compare nitidez, amostras e KL.
- Mude `BETA` para 0 e veja o que acontece com as amostras; depois para 100, e com as reconstruções.
- Em `reparametrise`, troque `noise` por zero: o que muda no espaço latente?"""
