"""Starter tag systems that come with the package, one YAML file a trade, to be copied and changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from limner.errors import NotFound, did_you_mean
from limner.model.references import events_read, folds_read, properties_read
from limner.tags.files import read_tag_text

FOLDER = "templates"
TITLES: Mapping[str, Mapping[str, str]] = {
    "retail": {"zh": "电商零售", "en": "Retail and e-commerce"},
    "content": {"zh": "内容", "en": "Content and media"},
    "automotive": {"zh": "汽车4S", "en": "Car dealers"},
    "education": {"zh": "教育", "en": "Education"},
    "travel": {"zh": "旅游", "en": "Travel"},
}


@dataclass(frozen=True, slots=True)
class Starter:
    """One of them, and what it needs."""

    name: str
    title: Mapping[str, str]
    tags: tuple[str, ...]
    events: tuple[str, ...]
    """Names of the events its tags read,"""
    properties: tuple[str, ...]
    """and of the properties and traits."""


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


def read_starter(name: str) -> Starter:
    """What one is for and what it needs. Raises `NotFound`."""
    tags = read_tag_text(read_template(name), f"{name}.yaml").tags
    folds = [fold for tag in tags for fold in folds_read(tag.definition) if fold.hand is None]
    return Starter(
        name,
        TITLES.get(name, {}),
        tuple(tag.name for tag in tags),
        tuple(dict.fromkeys(event for fold in folds for event in events_read(fold))),
        tuple(dict.fromkeys(path for fold in folds for path in properties_read(fold))),
    )
