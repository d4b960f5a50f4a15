"""Values of the language back to plain data: one canonical form, which reads back to an equal value."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from limner.model.condition import All, AnyOf, Condition, Did, InAudience, Not, TagTest
from limner.model.fold import Evidence, Fold, Given, Measure, Op, PropertyTest, Scalar, Selection, Span, Step, Window
from limner.model.parse_condition import WITHOUT_TEST
from limner.model.parse_value import Operand
from limner.model.tag import Dated, Definition, Expr, Imported, Predicted, Quantiles, Queried, Rule, Tag, Tiers

Plain = dict[str, Any]


def dump_tag(tag: Tag) -> Plain:
    """The mapping under the tag's name in a file.

    >>> from limner.model.parse import parse_tag
    >>> dump_tag(parse_tag("n", {"fold": {"count": "*", "of": ["login"]}, "layer": "fact"}))
    {'layer': 'fact', 'fold': {'count': '*', 'of': 'login'}}
    """
    group = {tag.group: dict(tag.group_title)} if tag.group and tag.group_title else tag.group
    words = {"group": group, "owner": tag.owner, "description": tag.description, "unit": tag.unit}
    return {
        **({"title": dict(tag.title)} if tag.title else {}),
        "layer": tag.layer.value,
        **{key: word for key, word in words.items() if word is not None},
        **({"values": [_dump_value(value, titles) for value, titles in tag.values.items()]} if tag.values else {}),
        **dump_definition(tag.definition),
    }


def _dump_value(value: Scalar, titles: Mapping[str, str]) -> Any:
    return {"value": value, "title": dict(titles)} if titles else value


def digest_tag(tag: Tag) -> str:
    """SHA-256 of the canonical form: equal for equal definitions, whatever the order of their fields was."""
    canonical = json.dumps(dump_tag(tag), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def digest_state(document: object) -> str:
    """Short, of all that two editors could overwrite: it changes with every change."""
    written = json.dumps(document, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def dump_definition(definition: Definition) -> Plain:
    match definition:
        case Fold(hand=Given() as given):
            return {"hand": given.value}
        case Fold():
            return {"fold": dump_fold(definition)}
        case Expr(text):
            return {"expr": text}
        case Rule(condition):
            return {"if": dump_condition(condition)}
        case Tiers(branches, otherwise):
            written: list[Plain] = [{"if": dump_condition(condition), "then": value} for condition, value in branches]
            return {"when": written if otherwise is None else [*written, {"else": otherwise}]}
    return _dump_unfolded(definition)


def _dump_unfolded(definition: Quantiles | Dated) -> Plain:
    match definition:
        case Predicted(model, "", Given.NUMBER):
            return {"model": model}
        case Predicted(model, output, given):
            return {"model": {"name": model, **({"output": output} if output else {}), "type": given.value}}
        case Imported(given, expires):
            return {"imported": {"type": given.value, "expires": str(expires)} if expires else given.value}
        case Queried(query, given, every):
            return {"sql": {"query": query, "type": given.value, **({"every": str(every)} if every else {})}}
        case Quantiles(tag, shares, values):
            return {"quantiles": {"of": tag, "at": list(shares), "then": list(values)}}


def dump_condition(condition: Condition) -> Plain:
    match condition:
        case All(items):
            return {"all": [dump_condition(item) for item in items]}
        case AnyOf(items):
            return {"any": [dump_condition(item) for item in items]}
        case Not(item):
            return {"not": dump_condition(item)}
        case TagTest(tag, op, operand):
            return {tag: dump_test(op, operand)}
        case InAudience(name, snapshot):
            return {"audience": name, **({} if snapshot is None else {"snapshot": snapshot})}
        case Did(fold, op, operand):
            return _dump_did(fold, op, operand)


def _dump_did(fold: Fold, op: Op, operand: Operand) -> Plain:
    written = dump_fold(fold)
    counted = fold.measure is Measure.COUNT and fold.path is None
    if fold.measure is not Measure.SEQUENCE:
        written = {"did": written.pop("of", "*"), **written}
        if counted:
            del written[Measure.COUNT]
    if (op, operand) != WITHOUT_TEST or not (counted or fold.measure is Measure.SEQUENCE):
        written["is"] = dump_test(op, operand)
    return written


def dump_fold(fold: Fold) -> Plain:
    """The mapping under ``fold:``."""
    if fold.measure is Measure.SEQUENCE:
        return {
            "sequence": [_dump_step(step) for step in fold.steps],
            **({"within": str(fold.span)} if fold.span else {}),
            **({"same": fold.same} if fold.same else {}),
        }
    return {
        fold.measure.value: _dump_argument(fold),
        **({"by": {"sum": fold.weight}} if fold.weight else {}),
        **({"evidence": _dump_evidence(fold.evidence)} if fold.evidence else {}),
        **({"last": fold.limit} if fold.limit else {}),
        **({"resolve": fold.resolve} if fold.resolve != "latest" else {}),
        **({"half_life": f"{fold.half_life}d"} if fold.half_life else {}),
        **_dump_selection(fold.selection),
        **_dump_window(fold.window),
    }


def _dump_argument(fold: Fold) -> Any:
    if fold.measure is Measure.SHARE:
        return {fold.path: fold.value}
    if fold.measure is Measure.TRAIT and fold.path is not None:
        return fold.path.removeprefix("traits.")
    return "*" if fold.path is None else fold.path


def _dump_evidence(evidence: Evidence) -> Plain:
    return {"times": evidence.times, "share": evidence.share, "lift": evidence.lift}


def _dump_names(names: tuple[str, ...]) -> Any:
    return "*" if not names else names[0] if len(names) == 1 else list(names)


def _dump_selection(selection: Selection) -> Plain:
    written: Plain = {} if not selection.names else {"of": _dump_names(selection.names)}
    return {**written, "where": dump_where(selection.where)} if selection.where else written


def _dump_step(step: Step) -> Any:
    selection = step.selection
    names = _dump_names(selection.names)
    written = {"of": names, "where": dump_where(selection.where)} if selection.where else names
    return {"not": written} if step.absent else written


def _dump_window(window: Window) -> Plain:
    written: Plain = {}
    if window.within:
        written["within"] = str(window.within)
    if window.before:
        written["before"] = str(window.before)
    if window.between:
        written["between"] = [day.isoformat() for day in window.between]
    if window.anchor is not None:
        tests = {"where": dump_where(window.anchor.where)} if window.anchor.where else {}
        written["after"] = {window.anchor_at: _dump_names(window.anchor.names), **tests}
    return written


def dump_where(tests: Iterable[PropertyTest]) -> Plain:
    """Tests by path; several of one path share its operators."""
    by_path: dict[str, Plain] = {}
    for test in tests:
        by_path.setdefault(test.path, {})[test.op.value] = _dump_operand(test.operand)
    return {path: shorten_test(operators) for path, operators in by_path.items()}


def dump_test(op: Op, operand: Operand) -> Any:
    return shorten_test({op.value: _dump_operand(operand)})


def shorten_test(operators: Plain) -> Any:
    """``{eq: x}`` is written x, ``{in: [...]}`` the list."""
    if len(operators) == 1:
        ((op, operand),) = operators.items()
        if op in (Op.EQ, Op.IN):
            return operand
    return operators


def _dump_operand(operand: Operand) -> Any:
    if isinstance(operand, Span):
        return str(operand)
    return list(operand) if isinstance(operand, tuple) else operand
