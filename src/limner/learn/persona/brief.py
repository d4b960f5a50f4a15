"""What personas are to be made of: ``personas.yaml`` of the workspace; without it, what the tags suggest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from limner.errors import DefinitionError, Problem, did_you_mean
from limner.model.condition import Condition
from limner.model.parse_condition import read_condition
from limner.model.place import Place
from limner.model.tag import Tag
from limner.model.yaml_text import load_yaml

FILE = "personas.yaml"
FIELDS = ("tag", "tags", "count", "population", "demographics", "motives", "goals", "quotes", "scene", "worth")
MOST = 12
USUAL: Mapping[str, tuple[str, ...]] = {
    "demographics": (
        "gender",
        "generation",
        "age",
        "age_band",
        "city_tier",
        "has_child",
        "marital_status",
        "occupation",
    ),
    "motives": ("buying_motive", "motive", "motives"),
    "goals": ("goal", "goals"),
    "quotes": ("quote", "quotes", "said"),
    "scene": ("order_channel", "visit_platform", "favourite_category", "viewed_category"),
    "worth": ("spend_365d", "net_spend", "spend_total"),
}
"""Tags that play a part if they are there and nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class Brief:
    tag: str = "persona"
    """The tag that says which persona a customer is."""
    tags: tuple[str, ...] = ()
    """What types are sought in; none = facts that are words or truths."""
    count: int | None = None
    """How many personas; None = as many as the data wants."""
    population: Condition | None = None
    demographics: tuple[str, ...] = ()
    motives: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()
    scene: tuple[str, ...] = ()
    worth: tuple[str, ...] = ()
    """One tag at most: a number, what a customer is worth."""


def read_brief(folder: Path, tags: Sequence[Tag]) -> Brief:
    """The workspace's. Raises DefinitionError with everything that is wrong with the file."""
    known = {tag.name for tag in tags}
    path = folder / FILE
    data = load_yaml(path.read_bytes(), FILE) if path.exists() else None
    place = Place(FILE)
    written = place.mapping(data if data is not None else {}, "the file") or {}
    fields = place.mapping(written.get("personas", {}), "personas") or {}
    place.only(written, ("personas",), "the file")
    place.only(fields, FIELDS, "personas")
    found = {key: tuple(name for name in names if name in known) for key, names in USUAL.items()}
    found["worth"] = found["worth"][:1]
    for key in (*USUAL, "tags"):
        if key in fields:
            found[key] = _read_names(fields[key], known, place.at(key))
    parts: dict[str, Any] = {**found}
    brief = Brief(**parts)
    if "tag" in fields and (name := place.at("tag").text(fields["tag"], "the name of a tag")) is not None:
        brief = replace(brief, tag=name)
    if "population" in fields:
        brief = replace(brief, population=read_condition(fields["population"], place.at("population")))
    if "count" in fields:
        count = fields["count"]
        if isinstance(count, bool) or not isinstance(count, int) or not 2 <= count <= MOST:
            place.at("count").wrong(f"a whole number from 2 to {MOST} is wanted.", "Leave it out: the data decides.")
        else:
            brief = replace(brief, count=count)
    place.raise_problems()
    return brief


def _read_names(data: object, known: set[str], place: Place) -> tuple[str, ...]:
    names = [data] if isinstance(data, str) else data
    if not isinstance(names, list | tuple):
        place.wrong("a tag, or a list of tags, is wanted.")
        return ()
    for name in names:
        if name not in known:
            place.wrong(f"there is no tag {name!r}.", did_you_mean(str(name), known))
    return tuple(str(name) for name in names)


def check_names(names: Sequence[str], known: Sequence[str]) -> None:
    """DefinitionError for names of no tag."""
    problems = [
        Problem("personas", "tags", f"there is no tag {name!r}.", did_you_mean(name, known))
        for name in names
        if name not in known
    ]
    if problems:
        raise DefinitionError(problems)
