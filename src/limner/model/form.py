"""Forms: what is asked together when people write down what they know of a customer. Declared in ``forms.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from limner.model.parse_tag import check_name, read_title
from limner.model.place import Place


@dataclass(frozen=True, slots=True)
class Form:
    name: str
    fields: tuple[str, ...]
    """Tags that are entered by hand, or that read one trait."""
    required: tuple[str, ...] = ()
    title: Mapping[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "title": dict(self.title),
            "fields": list(self.fields),
            "required": list(self.required),
        }


def parse_forms(data: object, where: str = "forms.yaml") -> list[Form]:
    """``{forms: {visit: {title: ..., fields: [a, b], required: [a]}}}``. Raises DefinitionError with all problems.

    >>> parse_forms({"forms": {"visit": {"fields": ["mood"]}}})[0].fields
    ('mood',)
    """
    place = Place(where)
    fields = place.mapping({} if data is None else data, "a file of forms") or {}
    place.only(fields, ("forms",), "a file of forms")
    named = place.at("forms").mapping(fields.get("forms") or {}, "forms") or {}
    forms = [_read_form(name, form, place.at("forms").at(name)) for name, form in named.items()]
    place.raise_problems()
    return forms


def _read_form(name: str, data: object, place: Place) -> Form:
    check_name(name, place, "a form")
    fields = place.mapping(data, "a form") or {}
    place.only(fields, ("title", "fields", "required"), "a form")
    title = read_title(fields["title"], place.at("title")) if "title" in fields else {}
    asked = _read_names(fields.get("fields"), place.at("fields"))
    required = _read_names(fields["required"], place.at("required")) if "required" in fields else ()
    for missing in (one for one in required if one not in asked):
        place.at("required").wrong(f"{missing!r} is required but is no field of the form.")
    return Form(name, asked, required, title)


def _read_names(data: object, place: Place) -> tuple[str, ...]:
    if not isinstance(data, list | tuple) or not data:
        place.wrong("a list of tags is wanted.", "Write [next_visit, temperament].")
        return ()
    names = [place.at(i).text(item, "the name of a tag") for i, item in enumerate(data)]
    return tuple(dict.fromkeys(name for name in names if name is not None))
