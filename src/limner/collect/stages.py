"""The SQL of a mapping: four projections, from a file's cells to an event's columns and what is wrong with them.

1. cells: the columns the mapping names, those that stand in arithmetic also as numbers, the hash of the row;
2. values: every expression worked out, with null where it fails;
3. the event: id, time, identifiers, properties as JSON; does the mapping's where let the row in;
4. the columns that leave the engine, with ``fault``, the reason to reject the row.
"""

from __future__ import annotations

import json

from limner.collect.bind import JSON_SUFFIX, Bound, Value, kind_of, number_kind
from limner.collect.instants import check_range, read_format, read_text
from limner.collect.mapping import Time
from limner.collect.numbers import FLOATING, identifier_text, read_number, text_as_json, value_as_json
from limner.collect.segment import LONGEST_ID
from limner.model.event import IDENTIFIER_PREFIX
from limner.ports.rows import NUMBER_SUFFIX, literal, quote

ROW = "row as it was"
"""The column with a row's text, when the rows come with it."""
Stage = dict[str, str]


def write_stages(bound: Bound, texts: bool) -> tuple[Stage, ...]:
    """The SQL of a mapping. ``texts``: the rows come with their text."""
    columns = _columns(bound)
    cells = {name: quote(name) for name in columns}
    cells |= {f"{name}{NUMBER_SUFFIX}": _number(name, bound) for name in _numbers(bound)}
    values = {name: quote(name) for name in cells}
    for value in bound.values:
        if value.column is None:
            cast = f"CAST({value.expression.sql} AS BOOLEAN)" if value.field == "where" else value.expression.sql
            values[value.field] = f"TRY(struct_pack(v := {cast}))"
    if bound.mapping.gives_events and not bound.mapping.event_id:
        row = quote(ROW) if texts else write_row(bound)
        cells["digest"] = f"md5(rtrim({row}, chr(13) || chr(10) || ' '))"
        values["digest"] = "digest"
    event = _event(bound)
    event["kept"] = _kept(bound)
    faults = _row_faults(bound)
    event["row fault"] = _first(faults)
    final = {name: quote(name) for name in event if name not in ("row fault", "time cell")}
    if "time" in event:
        final["received_at"] = "least(time, make_timestamptz($now))"
    if bound.items:
        final["valid_from"] = "time" if "time" in event else "CAST(NULL AS TIMESTAMPTZ)"
    final["fault"] = _first([('"row fault" IS NOT NULL', '"row fault"'), *_event_faults(bound, event)])
    return cells, values, event, final


def write_row(bound: Bound) -> str:
    """SQL: the file's own columns as a JSON object. NaN, which JSON does not know, is null."""
    members = []
    for name in bound.own:
        column = quote(name)
        value = f"CASE WHEN isfinite({column}) THEN {column} END" if bound.kinds[name] in FLOATING else column
        members.append(f"{column} := {value}")
    return f"CAST(to_json(struct_pack({', '.join(members)})) AS VARCHAR)"


def _columns(bound: Bound) -> list[str]:
    """Columns the later stages read, as they are."""
    mapping = bound.mapping
    named = [*mapping.event_id, *(name for _, name in mapping.identify)]
    named += [mapping.event_column] if mapping.event_column else []
    named += [mapping.time.column] if mapping.time and mapping.time.column else []
    for value in bound.values:
        named += sorted(value.expression.columns | value.expression.numbers)
    with_json = [f"{name}{JSON_SUFFIX}" for name in named if f"{name}{JSON_SUFFIX}" in bound.kinds]
    return list(dict.fromkeys([*named, *with_json]))


def _numbers(bound: Bound) -> list[str]:
    return sorted({name for value in bound.values for name in value.expression.numbers})


def _kind(name: str, bound: Bound) -> str:
    return kind_of(name, bound.kinds)


def _number(name: str, bound: Bound) -> str:
    kind = _kind(name, bound)
    return quote(name) if number_kind(kind) == kind else read_number(quote(name))


def _result(value: Value) -> str:
    """SQL: the struct an expression was worked out into; null when it failed."""
    return quote(value.field) if value.column is None else f"struct_pack(v := {quote(value.column)})"


def _event(bound: Bound) -> Stage:
    """The event's columns."""
    mapping = bound.mapping
    stage: Stage = {}
    if mapping.time:
        name, constant = mapping.time.column, mapping.time.constant
        cell, kind = (quote(name), _kind(name, bound)) if name else (literal(constant or ""), "VARCHAR")
        stage["time cell"] = cell
        stage["time"] = _time(mapping.time, cell, kind, bound)
    if mapping.gives_events:
        name = (
            literal(mapping.event) if mapping.event else f"trim(CAST({quote(mapping.event_column or '')} AS VARCHAR))"
        )
        stage["name"] = name if mapping.event else f"nullif({name}, '')"
        parts = [identifier_text(quote(column), _kind(column, bound)) for column in mapping.event_id]
        stage["event_id"] = _join_ids(parts) if parts else "CAST(NULL AS VARCHAR)"
        stage["digest"] = "CAST(NULL AS VARCHAR)" if parts else "digest"
        stage["properties"] = _object(bound.properties, bound)
        stage["traits"] = _object(bound.traits, bound)
        seen: dict[str, int] = {}
        for kind, column in mapping.identify:
            seen[kind] = seen.get(kind, 0) + 1
            name = f"{IDENTIFIER_PREFIX}{kind}" + (f"#{seen[kind]}" if seen[kind] > 1 else "")
            stage[name] = identifier_text(quote(column), _kind(column, bound))
    if bound.items:
        item = next(value for value in bound.items if value.name == "id")
        inner = quote(item.column) if item.column else f"{_result(item)}.v"
        stage["item id"] = identifier_text(inner, item.kind)
        stage["attributes"] = _object(tuple(value for value in bound.items if value.name != "id"), bound)
    return stage


def _time(time: Time, column: str, kind: str, bound: Bound) -> str:
    """SQL: the instant in a column of this SQL type."""
    if time.format:
        return read_format(f"CAST({column} AS VARCHAR)")
    if kind == "TIMESTAMP WITH TIME ZONE":
        return column
    if kind.startswith("TIMESTAMP") or kind == "DATE":
        return f"timezone($zone, CAST({column} AS TIMESTAMP))"
    text = column if kind == "VARCHAR" else identifier_text(column, kind)
    return read_text(f"({text})", bound.day_order, bound.serials)


def _join_ids(parts: list[str]) -> str:
    """SQL: several columns as one id, ``a|b``; null when one is. Bars inside are escaped, so no two ids meet."""
    if len(parts) == 1:
        return parts[0]
    return " || '|' || ".join(f"replace(replace({part}, '\\', '\\\\'), '|', '\\|')" for part in parts)


def _object(values: tuple[Value, ...], bound: Bound) -> str:
    """SQL: a JSON object of these values; null when there are none."""
    if not values:
        return "CAST(NULL AS VARCHAR)"
    members: list[str] = []
    for value in values:
        name = literal(("," if members else "{") + json.dumps(value.name, ensure_ascii=False) + ":")
        members.append(f"{name}, coalesce({_json(value, bound)}, 'null')")
    return f"concat({', '.join(members)}, '}}')"


def _json(value: Value, bound: Bound) -> str:
    """SQL: the value as JSON text."""
    if value.column is None:
        return value_as_json(f"{_result(value)}.v", value.kind, computed=True)
    if f"{value.column}{JSON_SUFFIX}" in bound.kinds:
        return value_as_json(quote(value.column + JSON_SUFFIX), "JSON", computed=False)
    if value.kind == "VARCHAR":
        return text_as_json(quote(value.column), value.column in bound.lenient)
    return value_as_json(quote(value.column), value.kind, computed=False)


def _kept(bound: Bound) -> str:
    """SQL: is the row one that the mapping's where lets in? One it cannot be worked out for is, and gets rejected."""
    if bound.where is None:
        return "true"
    faulty = [f"{_result(bound.where)} IS NULL", *(_no_number(name) for name in sorted(bound.where.expression.numbers))]
    return f"coalesce({_result(bound.where)}.v, false) OR {' OR '.join(faulty)}"


def _no_number(name: str) -> str:
    """SQL: does a cell that should hold a number hold something else?"""
    cell = quote(name)
    return f"{cell} IS NOT NULL AND trim(CAST({cell} AS VARCHAR)) <> '' AND {quote(name + NUMBER_SUFFIX)} IS NULL"


def _row_faults(bound: Bound) -> list[tuple[str, str]]:
    """Conditions and reasons: cells that are no numbers, expressions that failed."""
    texts = [name for name in _numbers(bound) if number_kind(_kind(name, bound)) != _kind(name, bound)]
    faults = [
        (_no_number(name), f"{literal(name + ' ')} || to_json({quote(name)}[:80]) || ' is not a number'")
        for name in texts
    ]
    for value in bound.values:
        if value.column is None:
            reason = f"{value.field}: {value.text} cannot be worked out for this row"
            faults.append((f"{_result(value)} IS NULL", literal(reason)))
    return faults


def _event_faults(bound: Bound, event: Stage) -> list[tuple[str, str]]:
    """Conditions and reasons: what an event must have and be."""
    mapping = bound.mapping
    faults: list[tuple[str, str]] = []
    if bound.items:
        unnamed = ('"item id" IS NULL', "'the item has no id'")
        faults += [] if mapping.gives_events else [unnamed]
    if mapping.time:
        column = mapping.time.column or "time"
        if mapping.gives_events:
            faults.append(('"time cell" IS NULL', literal(f"no time: {column} is empty")))
        checks = check_range("time", f"CAST({quote('time cell')} AS VARCHAR)", column)
        faults += [(f'"time cell" IS NOT NULL AND {condition}', reason) for condition, reason in checks]
    if not mapping.gives_events:
        return faults
    if mapping.event_column:
        faults.append(("name IS NULL", literal(f"no event name: {mapping.event_column} is empty")))
    if mapping.event_id:
        faults.append(("event_id IS NULL", literal(f"no event id: {' or '.join(mapping.event_id)} is empty")))
    for name in event:
        if name == "event_id" or name.startswith(IDENTIFIER_PREFIX):
            shown = name.removeprefix(IDENTIFIER_PREFIX)
            faults.append(
                (f"strlen({quote(name)}) > {LONGEST_ID}", literal(f"{shown} is longer than {LONGEST_ID} bytes"))
            )
    return faults


def _first(faults: list[tuple[str, str]]) -> str:
    """SQL: the reason of the first condition that holds; null when none does."""
    if not faults:
        return "CAST(NULL AS VARCHAR)"
    return "CASE " + " ".join(f"WHEN {condition} THEN {reason}" for condition, reason in faults) + " END"
