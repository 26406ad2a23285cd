"""Who publishes the report, and where: what mkdocs.yml says, read without MkDocs."""

import dataclasses
import re
from pathlib import Path
from typing import Any

import yaml

from report.sources import ROOT
from vae.errors import LaudoError

MKDOCS = "mkdocs.yml"
NOTEBOOK, BRANCH = "caderno.ipynb", "main"  # where Colab looks for the notebook in the repository
REPOSITORY = re.compile(r"https://github\.com/([\w.-]+/[\w.-]+?)(?:\.git)?/?")


class SettingsError(LaudoError):
    """A setting of a mkdocs.yml cannot be read or used."""


class _Plain(yaml.SafeLoader):
    """Reads a mkdocs.yml whatever its tags (!ENV, !!python/name) mean: what they give is None."""


_Plain.add_multi_constructor("", lambda loader, suffix, node: None)


@dataclasses.dataclass(frozen=True)
class Identity:
    """The published address with its trailing slash, the author, the repository on GitHub, and the site's name; '' where unset."""

    site_url: str = ""
    author: str = ""
    repository: str = ""
    site_name: str = ""

    @property
    def unset(self) -> list[str]:
        """The names of the settings that have no value, as mkdocs.yml has them."""
        named = {"site_url": self.site_url, "site_author": self.author, "extra.repository": self.repository}
        return [name for name, value in named.items() if not value]

    @property
    def colab(self) -> str:
        """Where Colab opens the notebook, '' without a repository."""
        if not self.repository:
            return ""
        name = self.repository.removeprefix("https://github.com/")
        return f"https://colab.research.google.com/github/{name}/blob/{BRANCH}/{NOTEBOOK}"

    def note(self) -> str:
        """Return the sentence that says what is unset, '' if nothing is."""
        if not self.unset:
            return ""
        return (
            f"Unset in this tree's {MKDOCS}: {', '.join(self.unset)}. Needed to publish, not to read (README, Publish)."
        )

    def colab_note(self) -> str:
        """Return what opens the notebook in Colab."""
        if not self.colab:
            return (
                f"In Colab: upload it. With extra.repository set in {MKDOCS}, the pages get a link that opens it there."
            )
        return f"The pages link to {self.colab}: commit it as {NOTEBOOK} on the branch {BRANCH}."


NOBODY = Identity()


def read_identity(path: Path = ROOT / MKDOCS) -> Identity:
    """Return who publishes, from a mkdocs.yml; nothing is known without the file.

    Raises SettingsError naming the setting that is no address.
    """
    if not path.is_file():
        return NOBODY
    settings = read_settings(path)
    extra = settings.get("extra") or {}
    address, repository = (str(value or "") for value in (settings.get("site_url"), extra.get("repository")))
    if address and not re.match(r"https?://[^/\s]+", address):
        raise SettingsError(f"{path}: site_url is '{address}', which is no address; write https://…/.")
    found = REPOSITORY.fullmatch(repository)
    if repository and not found:
        raise SettingsError(
            f"{path}: extra.repository is '{repository}'; write it as https://github.com/OWNER/NAME, or leave it out."
        )
    return Identity(
        address.rstrip("/") + "/" if address else "",
        str(settings.get("site_author") or ""),
        f"https://github.com/{found[1]}" if found else "",
        str(settings.get("site_name") or ""),
    )


def read_settings(path: Path) -> dict[str, Any]:
    """Return a mkdocs.yml as it is written, with what it inherits below its own settings.

    Raises SettingsError if it cannot be read.
    """
    try:
        settings = _Plain(path.read_text(encoding="utf-8")).get_single_data()
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from error
    if not isinstance(settings, dict):
        raise SettingsError(f"{path} holds no settings.")
    parent = settings.get("INHERIT")
    return {**read_settings(path.parent / parent), **settings} if isinstance(parent, str) else settings
