"""Portuguese names of runs."""

from report import ptbr
from vae.spec import RunSpec

REFERENCE_DIM = 2  # the reference's usual latent; only other sizes are named


def run_label(spec: RunSpec) -> str:
    """Return a run's name as the pages print it: "VAE 10 épocas", "VAE 10 épocas · 50 dimensões"."""
    label = f"VAE {ptbr.plural(spec.epochs, 'época', 'épocas')}"
    if spec.latent_dim != REFERENCE_DIM:
        label += f" · {ptbr.plural(spec.latent_dim, 'dimensão', 'dimensões')}"
    return label
