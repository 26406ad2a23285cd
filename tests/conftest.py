"""Under tests, the shapes and types in the signatures of whatever handles tensors are checked at each call; and a browser."""

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from jaxtyping import install_import_hook

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHECKED = (
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


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """Debian's Chromium, one for all tests: playwright starts once a process."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is not installed (Debian: apt install chromium)")
    with sync_playwright() as started:
        launched = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield launched
        launched.close()
