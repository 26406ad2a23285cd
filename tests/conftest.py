"""Under tests, the shapes and types in the signatures of whatever handles tensors are checked at each call."""

from jaxtyping import install_import_hook

CHECKED = (
    "baselines",
    "data",
    "evaluate",
    "measurements",
    "metrics",
    "models",
    "objectives",
    "steps",
    "tasks",
    "train",
)

# Before the first import of vae, and never removed: modules are instrumented as they are imported.
install_import_hook([f"vae.{module}" for module in CHECKED], "beartype.beartype")
