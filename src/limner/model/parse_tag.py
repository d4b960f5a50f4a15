"""Read a tag: its rule, its layer, and what people call it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping

from limner.errors import did_you_mean
from limner.model.condition import Condition
from limner.model.expression import read_expression
from limner.model.fold import Scalar
from limner.model.parse_condition import WORDS, read_condition
from limner.model.parse_fold import MEASURES, read_fold
from limner.model.parse_given import (
    GIVEN,
    read_hand,
    read_imported,
    read_quantiles,
    read_queried,
    read_type,
    read_values,
)
from limner.model.parse_value import read_scalar
from limner.model.place import Place, describe, trap_hint
from limner.model.tag import Definition, Layer, Predicted, Rule, Tag, Tiers

LAYERS = tuple(layer.value for layer in Layer)
LANGUAGES = ("zh", "en")
RULES = ("fold", "expr", "when", "if", "model", "hand", "imported", "sql", "quantiles")
PLAIN_FIELDS = ("owner", "description", "unit")
FIELDS = ("title", "layer", "group", *PLAIN_FIELDS, "values", *RULES)
MODEL_FIELDS = ("name", "output", "type")
RESERVED = (*WORDS, "customer_id")
LONGEST_NAME = 64
HOW_GROUP = "Write consumption, or {consumption: {zh: 消费, en: Consumption}}."


def read_tag(name: object, data: object, place: Place) -> Tag | None:
    """None after telling the place everything that is wrong."""
    before = len(place.problems)
    check_name(name, place)
    fields = place.mapping(data, "a tag")
    if fields is None:
        return None
    _tell_strange_fields(fields, place)
    layer = _read_layer(fields, place)
    title = read_title(fields["title"], place.at("title")) if "title" in fields else {}
    group, group_title = read_group(fields.get("group"), place.at("group"))
    plain = {key: place.at(key).text(fields[key], key) for key in PLAIN_FIELDS if fields.get(key) is not None}
    values = read_values(fields["values"], place.at("values")) if "values" in fields else {}
    definition = _read_rule(str(name), fields, place)
    if len(place.problems) > before or layer is None or definition is None or not isinstance(name, str):
        return None
    return Tag(name, layer, definition, title, group, values=values, group_title=group_title, **plain)


def check_name(name: object, place: Place, what: str = "a tag") -> None:
    """A name is an identifier in any script, so that expressions can use it: ``spend_90d``, ``近90天消费``."""
    if not isinstance(name, str):
        place.wrong(f"{what}'s name is text, but this is {describe(name)}.", trap_hint(name))
    elif not name.isidentifier() or not unicodedata.is_normalized("NFKC", name):
        place.wrong(
            f"{name!r} cannot name {what}.", "Use letters (of any script), digits and _, beginning with a letter."
        )
    elif len(name) > LONGEST_NAME:
        place.wrong(f"the name is over {LONGEST_NAME} characters long.", "Put the words into title.")
    elif name in RESERVED:
        place.wrong(
            f"{name!r} is a word of the language and cannot name {what}.",
            f"Did you mean {name}_{what.rpartition(' ')[2]}?",
        )


def _tell_strange_fields(fields: Mapping[str, object], place: Place) -> None:
    for key in fields:
        if key in FIELDS:
            continue
        if key in MEASURES:
            place.at(key).wrong(f"the measure {key} stands outside the fold.", f"Write fold: {{{key}: ...}}.")
        else:
            place.at(key).wrong(f"a tag has no field {key!r}.", did_you_mean(key, FIELDS))


def _read_layer(fields: Mapping[str, object], place: Place) -> Layer | None:
    if "layer" not in fields:
        place.at("layer").wrong("the layer is missing.", f"One of {', '.join(LAYERS)}.")
        return None
    if fields["layer"] not in LAYERS:
        place.at("layer").unknown("layer", fields["layer"], LAYERS)
        return None
    return Layer(str(fields["layer"]))


def read_title(data: object, place: Place) -> dict[str, str]:
    """``{zh: ..., en: ...}``; plain text is Chinese if it has a Chinese character, else English."""
    if isinstance(data, str) and data.strip():
        return {"zh" if any("\u4e00" <= char <= "\u9fff" for char in data) else "en": data.strip()}
    fields = place.mapping(data, "a title")
    if fields is None:
        return {}
    place.only(fields, LANGUAGES, "a title")
    if not fields:
        place.wrong("the title is empty.", "Write {zh: ..., en: ...}; one of them is enough.")
    titles = {key: place.at(key).text(text, "a title") for key, text in fields.items() if key in LANGUAGES}
    return {key: text for key, text in titles.items() if text is not None}


def read_group(data: object, place: Place) -> tuple[str | None, dict[str, str]]:
    """``consumption``, or with what it is called: ``{consumption: {zh: 消费, en: Consumption}}``."""
    if data is None:
        return None, {}
    if not isinstance(data, Mapping):
        return place.text(data, "group"), {}
    if len(data) != 1 or not isinstance(next(iter(data.values())), Mapping | str):
        place.wrong("a tag stands in one group.", HOW_GROUP)
        return None, {}
    ((name, title),) = data.items()
    if name in LANGUAGES:
        place.wrong("the group's name is missing: this is only what it is called.", HOW_GROUP)
        return None, {}
    return place.text(name, "group"), read_title(title, place.at(name))


def _read_rule(name: str, fields: Mapping[str, object], place: Place) -> Definition | None:
    """The one field that says how the tag is computed."""
    given = [key for key in RULES if key in fields]
    if len(given) != 1:
        if given:
            place.wrong(f"a tag has one rule, but this has {' and '.join(given)}.", "Make a tag of each.")
        elif not any(key in MEASURES for key in fields):
            place.wrong("the tag has no rule.", f"Give it one of {', '.join(RULES)}.")
        return None
    (key,) = given
    readers: Mapping[str, Callable[[object, Place], Definition | None]] = {
        "fold": read_fold,
        "expr": read_expression,
        "when": read_tiers,
        "if": _read_rule_condition,
        "model": _read_model,
        "hand": lambda data, here: read_hand(data, name, here),
        "imported": read_imported,
        "sql": read_queried,
        "quantiles": read_quantiles,
    }
    return readers[key](fields[key], place.at(key))


def _read_rule_condition(data: object, place: Place) -> Rule | None:
    condition = read_condition(data, place)
    return None if condition is None else Rule(condition)


def _read_model(data: object, place: Place) -> Predicted | None:
    """``churn``, or ``{name: rfm, output: segment, type: text}``."""
    if not isinstance(data, Mapping):
        name = place.text(data, "the name of a model")
        return None if name is None else Predicted(name)
    place.only(data, MODEL_FIELDS, "model")
    name = place.at("name").text(data.get("name"), "the name of a model")
    output = place.at("output").text(data["output"], "an output") if "output" in data else ""
    given = read_type({"type": "number", **data}, GIVEN, place)
    return None if name is None or output is None or given is None else Predicted(name, output, given)


def read_tiers(data: object, place: Place) -> Tiers | None:
    """``[{if: {...}, then: high}, {else: low}]``: branches in order, ``else`` last if at all."""
    if not isinstance(data, list | tuple):
        place.wrong("when is a list of branches.", "Write [{if: {...}, then: high}, {else: low}].")
        return None
    branches: list[tuple[Condition, Scalar]] = []
    otherwise: Scalar | None = None
    for i, item in enumerate(data):
        here = place.at(i)
        fields = here.mapping(item, "a branch")
        if fields is None:
            continue
        if "else" in fields:
            here.only(fields, ("else",), "the last branch")
            if i < len(data) - 1:
                here.wrong("else comes last: branches after it are never reached.")
            otherwise = None if fields["else"] is None else read_scalar(fields["else"], here.at("else"))
        elif branch := _read_branch(fields, here):
            branches.append(branch)
    if not any(isinstance(item, Mapping) and "else" not in item for item in data):
        place.wrong("when has no branch with a condition.", "Write [{if: {...}, then: high}, {else: low}].")
    _check_one_kind([value for _, value in branches] + ([] if otherwise is None else [otherwise]), place)
    return Tiers(tuple(branches), otherwise)


def _read_branch(fields: Mapping[str, object], place: Place) -> tuple[Condition, Scalar] | None:
    place.only(fields, ("if", "then"), "a branch")
    for key in ("if", "then"):
        if key not in fields:
            place.wrong(f"the branch has no {key}.", "Write {if: {...}, then: high}.")
    condition = read_condition(fields["if"], place.at("if")) if "if" in fields else None
    value = read_scalar(fields["then"], place.at("then")) if "then" in fields else None
    return None if condition is None or value is None else (condition, value)


def _check_one_kind(values: list[Scalar], place: Place) -> None:
    kinds = {
        "true or false" if isinstance(v, bool) else "text" if isinstance(v, str) else "a number": v for v in values
    }
    if len(kinds) > 1:
        seen = " and ".join(f"{describe(value)} ({kind})" for kind, value in kinds.items())
        place.wrong(f"all values of a tag are of one kind, but these are mixed: {seen}.")


def missing_words(tag: Tag) -> list[tuple[str, str]]:
    """What is asked for at submission and not given yet: (field, sentence)."""
    missing = [] if tag.title else [("title", "no title: people will see the bare name.")]
    if tag.group is None:
        missing.append(("group", "no group: the tag stands outside the catalogue's folders."))
    if tag.owner is None:
        missing.append(("owner", "no owner: nobody to ask when it looks wrong."))
    return missing
