"""The tag language as a JSON schema, for builders and editors: made of the very tables the parser reads by.

It tells the shape. What a shape means (that a tag exists, that a range is the right way round) the parser alone tells.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from limner.model.fold import Measure, Op
from limner.model.parse_condition import ALGEBRA, UNTESTABLE, WORDS
from limner.model.parse_events import EVENT_FIELDS, WINDOW_FIELDS
from limner.model.parse_fold import OWN_FIELDS, RESOLVES, SEQUENCE_FIELDS, WHOLE_EVENT
from limner.model.parse_given import GIVEN, HAND_GIVEN, MOST_SHARES
from limner.model.parse_tag import LANGUAGES, LAYERS, PLAIN_FIELDS, RULES
from limner.model.parse_value import (
    LONGEST,
    OPERANDS,
    OPERATORS,
    PATH,
    read_days,
    read_flag,
    read_ordered,
    read_part,
    read_range,
    read_scalars,
    read_span,
)

Schema = dict[str, Any]

SAYS = r"\S"
TEXT: Schema = {"type": "string", "pattern": SAYS}
SCALAR: Schema = {"type": ["string", "number", "boolean"]}
SPAN: Schema = {"type": "string", "pattern": rf"^\s*\+?0*[1-9]\d*\s*[{''.join(LONGEST)}]\s*$"}
DAYS: Schema = {"type": "string", "pattern": r"^\s*\+?0*[1-9]\d*\s*d\s*$"}
DATE: Schema = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}"}
ENDS: tuple[Schema, ...] = ({"type": "number"}, DATE)
ORDERED: Schema = {"anyOf": [{"type": "number"}, DATE]}
PROPERTY: Schema = {"type": "string", "maxLength": 200, "pattern": rf"^\s*(?!\*\s*$){PATH.pattern}\s*$"}
LIST_OF_SCALARS: Schema = {"type": "array", "minItems": 1, "items": SCALAR}
WHOLE: Schema = {"type": "integer", "minimum": 1}
ANY_EVENT: Schema = {"const": "*"}
EVENT: Schema = {"type": "string", "pattern": SAYS, "not": ANY_EVENT}
OPERAND_SCHEMAS: Mapping[Any, Schema] = {
    read_scalars: LIST_OF_SCALARS,
    read_span: SPAN,
    read_days: DAYS,
    read_flag: {"type": "boolean"},
    read_ordered: ORDERED,
    read_part: TEXT,
    read_range: {"anyOf": [{"type": "array", "minItems": 2, "maxItems": 2, "items": end} for end in ENDS]},
}
"""What the reader of an operator's right-hand side takes."""


def ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def closed(properties: Mapping[str, Schema], *required: str) -> Schema:
    """An object with these members and no other."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }


def tag_schema() -> Schema:
    """Of one definition, as it stands under a tag's name."""
    common = {"layer": {"enum": list(LAYERS)}, "title": ref("title"), "values": ref("values"), "group": ref("group")}
    common |= {name: {"anyOf": [TEXT, {"type": "null"}]} for name in PLAIN_FIELDS}
    rules = {
        "fold": ref("fold"),
        "expr": TEXT,
        "when": ref("tiers"),
        "if": ref("condition"),
        "model": {"anyOf": [TEXT, closed({"name": TEXT, "output": TEXT, "type": {"enum": list(GIVEN)}}, "name")]},
        "hand": _given(HAND_GIVEN),
        "imported": _given(GIVEN, expires=SPAN),
        "sql": {"anyOf": [_QUERY, closed({"query": _QUERY, "type": {"enum": list(GIVEN)}, "every": SPAN}, "query")]},
        "quantiles": closed(
            {
                "of": TEXT,
                "at": {"type": "array", "minItems": 1, "maxItems": MOST_SHARES, "items": _SHARE},
                "then": {"type": "array", "minItems": 2, "items": SCALAR},
            },
            "of",
            "at",
            "then",
        ),
    }
    assert rules.keys() == set(RULES), "every rule of the language has its schema"
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A tag of Limner",
        "oneOf": [closed({**common, rule: rules[rule]}, "layer", rule) for rule in RULES],
        "$defs": _definitions(),
    }


_QUERY: Schema = {"type": "string", "pattern": r"^\s*([sS][eE][lL][eE][cC][tT]|[wW][iI][tT][hH])\b"}
_SHARE: Schema = {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}


def _given(known: tuple[str, ...], **more: Schema) -> Schema:
    """A type, or an object with it."""
    return {"anyOf": [{"enum": list(known)}, closed({"type": {"enum": list(known)}, **more}, "type")]}


def _definitions() -> dict[str, Schema]:
    titles = {"type": "object", "minProperties": 1, "additionalProperties": False}
    titles |= {"properties": dict.fromkeys(LANGUAGES, TEXT)}
    group = {"type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": ref("title")}
    group |= {"propertyNames": {"allOf": [TEXT, {"not": {"enum": list(LANGUAGES)}}]}}
    value = {"anyOf": [SCALAR, closed({"value": SCALAR, "title": ref("title")}, "value")]}
    names = {"anyOf": [EVENT, ANY_EVENT, {"type": "array", "minItems": 1, "items": EVENT}]}
    operators = {op.value: OPERAND_SCHEMAS.get(OPERANDS.get(op), SCALAR) for op in Op}
    test_object = {"type": "object", "properties": operators, "minProperties": 1, "additionalProperties": False}
    return {
        "title": {"anyOf": [TEXT, titles]},
        "group": {"anyOf": [TEXT, {"type": "null"}, group]},
        "values": {
            "anyOf": [
                {"type": "array", "minItems": 1, "items": value},
                {"type": "object", "additionalProperties": ref("title")},
            ]
        },
        "names": names,
        "test": {"anyOf": [SCALAR, LIST_OF_SCALARS, test_object]},
        "where": {"type": "object", "propertyNames": PROPERTY, "additionalProperties": ref("test")},
        "step": {"anyOf": [ref("awaited"), closed({"not": ref("awaited")}, "not")]},
        "awaited": {"anyOf": [names, closed({"of": ref("names"), "where": ref("where")}, "of")]},
        "fold": {"oneOf": [_fold(measure) for measure in Measure]},
        "tiers": _tiers(),
        "condition": _condition(),
    }


def _window() -> dict[str, Schema]:
    anchors = [closed({at: ref("names"), "where": ref("where")}, at) for at in ("first", "last")]
    window: dict[str, Schema] = {
        "within": SPAN,
        "before": SPAN,
        "between": {"type": "array", "minItems": 2, "maxItems": 2, "items": DATE},
        "after": {"oneOf": anchors},
    }
    assert window.keys() == set(WINDOW_FIELDS), "every field of a window has its schema"
    return window


def _alone() -> list[Schema]:
    """Shapes of a window that exclude each other."""
    others = [{"required": [name]} for name in WINDOW_FIELDS if name != "between"]
    return [
        {"not": {"required": ["between"], "anyOf": others}},
        {"not": {"required": ["after", "before"]}},
    ]


def _own(field: str) -> Schema:
    own: dict[str, Schema] = {
        "by": {"oneOf": [closed({"sum": PROPERTY}, "sum"), closed({"count": ANY_EVENT}, "count")]},
        "evidence": closed(
            {
                "times": WHOLE,
                "share": {"type": "number", "minimum": 0, "maximum": 1},
                "lift": {"type": "number", "minimum": 0},
            }
        ),
        "last": WHOLE,
        "resolve": {"enum": list(RESOLVES)},
        "half_life": DAYS,
    }
    return own[field]


def _argument(measure: Measure) -> Schema:
    if measure is Measure.SEQUENCE:
        return {"type": "array", "minItems": 2, "items": ref("step")}
    if measure is Measure.SHARE:
        one = {"minProperties": 1, "maxProperties": 1, "propertyNames": PROPERTY, "additionalProperties": SCALAR}
        return {"type": "object", **one}
    if measure in WHOLE_EVENT:
        return ref("names")
    return {"anyOf": [ANY_EVENT, PROPERTY]} if measure is Measure.COUNT else PROPERTY


def _fold(measure: Measure) -> Schema:
    if measure is Measure.SEQUENCE:
        own = {"within": SPAN, "same": PROPERTY}
        assert own.keys() == set(SEQUENCE_FIELDS), "every field of a sequence has its schema"
        return closed({measure.value: _argument(measure), **own}, measure.value)
    fields = {"of": ref("names"), "where": ref("where"), **_window()}
    assert fields.keys() == set(EVENT_FIELDS), "every field about events has its schema"
    own = {field: _own(field) for field in OWN_FIELDS.get(measure, ())}
    found = closed({measure.value: _argument(measure), **fields, **own}, measure.value)
    found["allOf"] = _alone()
    if measure in WHOLE_EVENT:  # {since: order_paid} is short for {since: '*', of: order_paid}
        found["allOf"] = [
            *found["allOf"],
            {"not": {"required": ["of"], "properties": {measure.value: {"not": ANY_EVENT}}}},
        ]
    return found


def _tiers() -> Schema:
    branch = closed({"if": ref("condition"), "then": SCALAR}, "if", "then")
    otherwise = closed({"else": {"anyOf": [SCALAR, {"type": "null"}]}}, "else")
    return {"type": "array", "contains": branch, "items": {"anyOf": [branch, otherwise]}}


def _condition() -> Schema:
    conditions = {"type": "array", "items": ref("condition")}
    some = {**conditions, "minItems": 1}
    joins = [closed({"all": conditions}, "all"), closed({"any": some}, "any"), closed({"not": ref("condition")}, "not")]
    sets = {"type": "array", "minItems": 2, "items": {"anyOf": [TEXT, ref("condition")]}}
    joins += [closed({word: sets}, word) for word in ALGEBRA]
    member = closed({"audience": TEXT, "snapshot": WHOLE}, "audience")
    sequence = closed({**_fold(Measure.SEQUENCE)["properties"], "is": ref("test")}, Measure.SEQUENCE.value)
    leaf = {
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"not": {"enum": [*WORDS, *OPERATORS]}},
        "additionalProperties": ref("test"),
    }
    return {"oneOf": [leaf, *joins, member, sequence, *map(_did, (None, *Measure))]}


def _did(measure: Measure | None) -> Schema:
    """Behaviour inline, with this measure; None = a count of events."""
    if measure in (*UNTESTABLE, Measure.SEQUENCE):
        return {"not": {}}
    fold = _fold(Measure.COUNT if measure is None else measure)
    fields = {name: schema for name, schema in fold["properties"].items() if name != "of"}
    if measure is None:
        del fields[Measure.COUNT.value]
    elif measure in WHOLE_EVENT:
        fields[measure.value] = ANY_EVENT
    required = ["did"] if measure is None else ["did", measure.value, "is"]
    found = closed({"did": ref("names"), **fields, "is": ref("test")}, *required)
    return {**found, "allOf": _alone()}
