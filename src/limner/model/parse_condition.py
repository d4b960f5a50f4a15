"""Read a condition: leaves over tags, behaviour and audiences, joined by all, any and not; the algebra of sets of
audiences (union, intersect, minus) says the same in other words."""

from __future__ import annotations

from collections.abc import Mapping

from limner.model.condition import All, AnyOf, Condition, Did, InAudience, Not, TagTest
from limner.model.fold import Fold, Measure, Op
from limner.model.parse_events import EVENT_FIELDS, read_names
from limner.model.parse_fold import MEASURES, OWN_FIELDS, SEQUENCE_FIELDS, read_measured
from limner.model.parse_value import OPERATORS, SIGNS, Test, read_tests
from limner.model.place import Place

ALGEBRA = ("union", "intersect", "minus")
WORDS = ("did", "sequence", "audience", "all", "any", "not", *ALGEBRA)
"""Keys that begin a condition: no tag may have such a name."""
DEEPEST = 32
WITHOUT_TEST: Test = (Op.GTE, 1)
UNTESTABLE = (Measure.HOURS, Measure.WEEKDAYS, Measure.LIST, Measure.TRAIT)


def read_condition(data: object, place: Place, depth: int = 0) -> Condition | None:
    """None after telling the place what is wrong. Several leaves in one mapping must all hold."""
    if depth > DEEPEST:
        place.wrong(f"the condition is over {DEEPEST} levels deep.", "Make tags of its parts.")
        return None
    fields = place.mapping(data, "a condition")
    if fields is None:
        return None
    if not fields:
        place.wrong("the condition is empty.", "Write {tag: value}, or {all: []} for everybody.")
    word = next((word for word in WORDS if word in fields), None)
    if word in LEAVES:
        return LEAVES[word](fields, place)
    if word is not None:
        return _read_join(word, fields, place, depth)
    return _together([leaf for name, test in fields.items() for leaf in _read_leaf(name, test, place)])


def _together(leaves: list[Condition]) -> Condition | None:
    if not leaves:
        return None
    return leaves[0] if len(leaves) == 1 else All(tuple(leaves))


def _read_join(word: str, fields: Mapping[str, object], place: Place, depth: int) -> Condition | None:
    """``all``, ``any``, ``not``, ``union``, ``intersect`` or ``minus``."""
    if len(fields) > 1:
        others = ", ".join(key for key in fields if key != word)
        place.wrong(f"{word} stands alone, but {others} is beside it.", "Put both into {all: [...]}.")
        return None
    data, place = fields[word], place.at(word)
    if word == "not":
        if isinstance(data, list | tuple):
            place.wrong("not takes one condition, not a list.", "Write {not: {any: [...]}} for none of them.")
            return None
        item = read_condition(data, place, depth + 1)
        return None if item is None else Not(item)
    return (_read_algebra if word in ALGEBRA else _read_list)(word, data, place, depth)


def _read_list(word: str, data: object, place: Place, depth: int) -> Condition | None:
    """``all`` or ``any``."""
    if not isinstance(data, list | tuple):
        place.wrong(f"{word} takes a list of conditions.", f"Write {{{word}: [{{...}}, {{...}}]}}.")
        return None
    if word == "any" and not data:
        place.wrong("any of nothing holds for nobody.", "Add a condition, or write {all: []} for everybody.")
        return None
    read = [read_condition(item, place.at(i), depth + 1) for i, item in enumerate(data)]
    items = tuple(item for item in read if item is not None)
    return All(items) if word == "all" else AnyOf(items)


def _read_algebra(word: str, data: object, place: Place, depth: int) -> Condition | None:
    """``{minus: [buyers, {city: 上海}]}``: those of the first who are in no other. A text names an audience."""
    if not isinstance(data, list | tuple) or len(data) < 2:
        place.wrong(
            f"{word} takes a list of two or more audiences or conditions.", f"Write {{{word}: [vips, lapsed]}}."
        )
        return None
    named = [{"audience": item} if isinstance(item, str) else item for item in data]
    read = [read_condition(item, place.at(i), depth + 1) for i, item in enumerate(named)]
    items = tuple(item for item in read if item is not None)
    if len(items) < len(named):
        return None
    match word:
        case "union":
            return AnyOf(items)
        case "intersect":
            return All(items)
    return All((items[0], *(Not(item) for item in items[1:])))


def _read_audience(fields: Mapping[str, object], place: Place) -> Condition | None:
    """``{audience: vips}``: who is in it; ``{audience: vips, snapshot: 3}``: who was in that snapshot."""
    place.only(fields, ("audience", "snapshot"), "an audience in a condition")
    name, number = place.at("audience").text(fields["audience"], "the name of an audience"), fields.get("snapshot")
    if number is not None and (isinstance(number, bool) or not isinstance(number, int) or number < 1):
        place.at("snapshot").wrong("a snapshot is named by its number, 1 or more.")
        return None
    return None if name is None else InAudience(name, number)


def _read_leaf(name: str, data: object, place: Place) -> list[Condition]:
    """``{spend_90d: {gte: 500, lt: 5000}}``: a leaf per operator."""
    if isinstance(data, Mapping) and len(data) == 1 and name not in OPERATORS:
        (key,) = data
        if key not in OPERATORS and key not in SIGNS and name in MEASURES:
            place.at(name).wrong(
                "behaviour in a condition begins with did.", f"Write {{did: order_paid, {name}: ...}}."
            )
            return []
    if name in OPERATORS:
        place.at(name).wrong(f"{name} is an operator: which tag is tested?", f"Write {{tag: {{{name}: ...}}}}.")
        return []
    return [TagTest(name, op, operand) for op, operand in read_tests(data, place.at(name))]


def _read_did(fields: Mapping[str, object], place: Place) -> Condition | None:
    """``{did: order_paid, sum: amount, is: {gte: 300}, within: 30d}``; count when no measure."""
    names = read_names(fields["did"], place.at("did"))
    found = [key for key in fields if key in MEASURES and not (key == "last" and "list" in fields)]
    if len(found) > 1:
        place.wrong(f"a behaviour has one measure, but this has {' and '.join(found)}.", "Join two of them with all.")
        return None
    measure = Measure(found[0]) if found else Measure.COUNT
    rest = {key: value for key, value in fields.items() if key not in ("did", "is")}
    if "of" in rest:
        place.at("of").wrong("did names the events already.")
    known = (*EVENT_FIELDS[1:], *OWN_FIELDS.get(measure, ()))
    strange = [key for key in rest if key not in known and key not in MEASURES and key != "of"]
    for key in strange:
        place.at(key).unknown("measure or field", key, (*known, "is", *MEASURES))
    if measure in UNTESTABLE:
        place.at(measure).wrong(f"{measure} has no value to test here.", "Make it a tag and test the tag.")
        return None
    kept = {key: value for key, value in rest.items() if key not in strange}
    fold = read_measured(measure, {measure.value: "*", **kept, "of": list(names) or "*"}, place)
    if "is" not in fields and found:
        place.wrong(f"{measure} of the behaviour is compared with nothing.", "Add is: {gte: 1}.")
    return _read_is(fold, fields, place)


def _read_sequence(fields: Mapping[str, object], place: Place) -> Condition | None:
    """``{sequence: [...], within: 2d, same: sku}``: at least one match, or as ``is`` says."""
    place.only(fields, ("sequence", *SEQUENCE_FIELDS, "is"), "a sequence")
    own = {key: value for key, value in fields.items() if key in ("sequence", *SEQUENCE_FIELDS)}
    return _read_is(read_measured(Measure.SEQUENCE, own, place), fields, place)


def _read_is(fold: Fold | None, fields: Mapping[str, object], place: Place) -> Condition | None:
    tests = read_tests(fields["is"], place.at("is")) if "is" in fields else [WITHOUT_TEST]
    if fold is None:
        return None
    return _together([Did(fold, op, operand) for op, operand in tests])


LEAVES = {"did": _read_did, "sequence": _read_sequence, "audience": _read_audience}
"""Readers of leaves that begin with a word."""
