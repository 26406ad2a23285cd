"""Portuguese names of runs."""

from report.language import ptbr
from vae.grid import QUICK_TRAIN_IMAGES, QUICK_VALIDATION_IMAGES
from vae.spec import RunSpec

REFERENCE_DIM = 2  # the reference's usual latent; only other sizes are named


def run_label(spec: RunSpec) -> str:
    """Return a run's name as the pages print it: "VAE 10 épocas", "AE 10 épocas · 50 dimensões"; then what else differs."""
    label = f"{'AE' if spec.deterministic else 'VAE'} {ptbr.plural(spec.epochs, 'época', 'épocas')}"
    if spec.latent_dim != REFERENCE_DIM:
        label += f"{ptbr.NO_BREAK}· {ptbr.plural(spec.latent_dim, 'dimensão', 'dimensões')}"
    if spec.beta != 1 and not spec.deterministic:
        label += f"{ptbr.NO_BREAK}· β = {ptbr.exact(spec.beta)}"
    if spec.objective.code != "sample" and not spec.deterministic:
        label += {"mean": f"{ptbr.NO_BREAK}· sem ruído", "stopped": f"{ptbr.NO_BREAK}· gradiente cortado"}[
            spec.objective.code
        ]
    quick = spec.training.validation_images == QUICK_VALIDATION_IMAGES
    if spec.training.train_images not in (None, QUICK_TRAIN_IMAGES if quick else None):
        label += f"{ptbr.NO_BREAK}· {ptbr.plural(spec.training.train_images, 'imagem', 'imagens')}"
    if spec.training.precision != "float32":
        label += f"{ptbr.NO_BREAK}· {spec.training.precision}"
    return label


def column_title(run: str) -> str:
    """Return the Jinja sentence of a run's name above a narrow image column, which a full label would widen."""
    latent = f"run('{run}').latent_dim"
    return (
        f"VAE {{{{ run('{run}').epochs | plural('época', 'épocas') }}}}"
        f"{{% if {latent} != {REFERENCE_DIM} %}} · {{{{ {latent} }}}} dim.{{% endif %}}"
    )
