"""What tags and their values are called, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from limner.cli.language import Language

TagWords = Mapping[str, Mapping[str, Any]]
"""Tags by name as they are listed: ``title``, ``unit_title``, ``values`` and the definition are read."""


def call_tag(name: str, tags: TagWords, language: Language) -> str:
    """By its title, in another language if need be; else by its name."""
    title = tags.get(name, {}).get("title") or {}
    if isinstance(title, str):
        return title
    return str(title.get(language) or next(iter(title.values()), name))


def call_value(name: str, value: Any, tags: TagWords, language: Language) -> str | None:
    """The title of a value of a tag; None = it has none."""
    titles = {one["value"]: one["title"] for one in tags.get(name, {}).get("values", ()) if one["title"]}
    titled = titles.get(value) if isinstance(value, str | int | float) else None
    return str(titled.get(language) or next(iter(titled.values()))) if titled else None
