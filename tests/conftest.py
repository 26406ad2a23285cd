"""Under tests, every annotated shape and type of vae is checked at each call."""

from jaxtyping import install_import_hook

# Before the first import of vae, and never removed: modules are instrumented as they are imported.
install_import_hook("vae", "beartype.beartype")
