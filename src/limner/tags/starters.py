"""Starter tag systems that come with the package, one YAML file a trade, to be copied and changed."""

from __future__ import annotations

from importlib.resources import files

from limner.errors import NotFound, did_you_mean

FOLDER = "templates"


def list_templates() -> list[str]:
    """Names, such as ``retail``, in alphabetical order."""
    folder = files("limner.tags") / FOLDER
    return sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml"))


def read_template(name: str) -> str:
    """The YAML text of one, ready to be written into ``tags/``. Raises `NotFound`."""
    known = list_templates()
    if name not in known:
        raise NotFound(f"There is no template {name!r}.", hint=did_you_mean(name, known))
    return (files("limner.tags") / FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
