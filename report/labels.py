"""Portuguese names of runs."""

from report import ptbr
from vae.spec import RunSpec

REFERENCE_DIM = 2  # the reference's usual latent; only other sizes are named


def run_label(spec: RunSpec) -> str:
    """Return a run's name as the pages print it: "VAE 10 épocas", "VAE 10 épocas · 50 dimensões"."""
    label = f"VAE {ptbr.plural(spec.epochs, 'época', 'épocas')}"
    if spec.latent_dim != REFERENCE_DIM:
        label += f"{ptbr.NO_BREAK}· {ptbr.plural(spec.latent_dim, 'dimensão', 'dimensões')}"
    return label


def column_title(run: str) -> str:
    """Return the Jinja sentence of a run's name above a narrow image column, which a full label would widen."""
    latent = f"run('{run}').latent_dim"
    return (
        f"VAE {{{{ run('{run}').epochs | plural('época', 'épocas') }}}}"
        f"{{% if {latent} != {REFERENCE_DIM} %}} · {{{{ {latent} }}}} dim.{{% endif %}}"
    )
