"""Read what events.yaml asks of a property."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from limner.model.contract import PlannedProperty, PropertyType
from limner.model.fold import Scalar
from limner.model.parse_tag import LANGUAGES, read_title
from limner.model.parse_value import read_number, read_path, read_scalars
from limner.model.place import Place, describe, trap_hint

FIELDS = ("title", "type", "required", "enum", "min", "max", "pattern")
LONGEST_PATTERN = 500
ORDINARY_TYPES = {
    "text": "string",
    "str": "string",
    "int": "integer",
    "float": "number",
    "double": "number",
    "decimal": "number",
    "bool": "boolean",
    "date": "time",
    "datetime": "time",
    "timestamp": "time",
    "array": "list",
    "dict": "object",
    "map": "object",
}
"""What other languages call our types."""

Word = TypeVar("Word", bound=StrEnum)


def read_property(path: str, data: object, place: Place) -> PlannedProperty | None:
    """``{title: {zh: 金额}, type: number, min: 0}``, or its title alone: ``{zh: 金额}``, ``金额``; or nothing."""
    known = read_path(path, place)
    if known is None:
        return None
    if data is None:
        return PlannedProperty(known)
    if not isinstance(data, Mapping) or not _has_fields(data):
        return PlannedProperty(known, read_title(data, place))
    fields = place.mapping(data, "a property") or {}
    place.only(fields, FIELDS, "a property")
    if known == "time" and set(fields) & set(FIELDS[1:]):
        place.wrong("every event has its time, and it is checked always.", "Only its title can be given.")
    return _read_rule(known, fields, place)


def _has_fields(data: Mapping[object, object]) -> bool:
    """Is this more than a title by language? A slip such as ``titel`` is."""
    names = [name for name in data if isinstance(name, str) and name not in LANGUAGES]
    return any(name in FIELDS or get_close_matches(name, FIELDS, cutoff=0.7) for name in names)


def _read_rule(path: str, fields: Mapping[str, object], place: Place) -> PlannedProperty:
    least, most = (
        read_number(fields[name], place.at(name), float("-inf")) if name in fields else None for name in ("min", "max")
    )
    if least is not None and most is not None and least > most:
        place.at("min").wrong(f"min {fields['min']} is above max {fields['max']}.")
    pattern = _read_pattern(fields["pattern"], place.at("pattern")) if "pattern" in fields else None
    type = read_word(PropertyType, fields["type"], place.at("type"), "type") if "type" in fields else None
    if type is None and "type" not in fields:
        type = PropertyType.NUMBER if {"min", "max"} & set(fields) else PropertyType.STRING if pattern else None
    enum = (read_scalars(fields["enum"], place.at("enum")) or ()) if "enum" in fields else ()
    if type is not None:
        _check_fits(type, fields, enum, place)
    title = read_title(fields["title"], place.at("title")) if "title" in fields else {}
    required = read_flag(fields["required"], place.at("required")) if "required" in fields else False
    return PlannedProperty(path, title, type, required, enum, least, most, pattern)


def read_word(words: type[Word], data: object, place: Place, what: str) -> Word | None:
    """One of a closed list of words."""
    if isinstance(data, str) and data in list(words):
        return words(data)
    if isinstance(data, str) and data.lower() in ORDINARY_TYPES and words.__name__ == "PropertyType":
        place.wrong(f"unknown {what} {data!r}.", f"Did you mean {ORDINARY_TYPES[data.lower()]}?")
    elif isinstance(data, str):
        place.unknown(what, data, list(words))
    else:
        place.wrong(f"{what} is one of {', '.join(words)}, but this is {describe(data)}.", trap_hint(data))
    return None


def read_flag(data: object, place: Place) -> bool:
    if not isinstance(data, bool):
        place.wrong(f"true or false is wanted, but this is {describe(data)}.")
    return data is True


def _check_fits(type: PropertyType, fields: Mapping[str, object], enum: tuple[Scalar, ...], place: Place) -> None:
    """Bounds are of numbers, a pattern is of text, and the values of an enum are of the type."""
    if type not in (PropertyType.NUMBER, PropertyType.INTEGER):
        for name in {"min", "max"} & set(fields):
            place.at(name).wrong(f"{name} bounds numbers, but the type is {type}.", "Write type: number.")
    if type is not PropertyType.STRING and "pattern" in fields:
        place.at("pattern").wrong(f"a pattern is of text, but the type is {type}.", "Write type: string.")
    for value in enum:
        if not _is_of(type, value):
            place.at("enum").wrong(f"{describe(value)} is not of type {type}.", trap_hint(value))


def _is_of(type: PropertyType, value: Scalar) -> bool:
    if isinstance(value, bool):
        return type is PropertyType.BOOLEAN
    if isinstance(value, str):
        return type in (PropertyType.STRING, PropertyType.TIME)
    return type is PropertyType.NUMBER or (type is PropertyType.INTEGER and value == int(value))


def _read_pattern(data: object, place: Place) -> str | None:
    """A regular expression of RE2, which takes time in proportion to the text whatever the expression."""
    if not isinstance(data, str) or not data:
        place.wrong(f"a pattern is a regular expression, but this is {describe(data)}.")
        return None
    if len(data) > LONGEST_PATTERN:
        place.wrong(f"the pattern has {len(data)} characters; {LONGEST_PATTERN} is the most.")
        return None
    try:
        pc.match_substring_regex(pa.array([""]), data)
    except (pa.ArrowInvalid, UnicodeEncodeError) as error:
        reason = str(error).removeprefix("Invalid regular expression: ")
        hint = "Lookaround and references back are not known here: the syntax is RE2's."
        place.wrong(f"the pattern cannot be read: {reason}.", hint)
        return None
    return data
