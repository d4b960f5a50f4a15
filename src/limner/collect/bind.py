"""A mapping held against a real file: every column it names must be there, every expression must work on its types."""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Mapping as Fields
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from limner.collect.instants import order_of_day
from limner.collect.mapping import Mapping
from limner.collect.numbers import is_code, read_number
from limner.collect.rowfile import RowFile
from limner.errors import DataError, did_you_mean
from limner.model.place import Place
from limner.ports.rows import NUMBER_SUFFIX, Expression, Rows, quote

_PLAIN = re.compile(r"[\w .-]+")
"""Texts that may be a column's name as it is."""
_LENIENT_ROWS = 20_000
JSON_SUFFIX = " as json"
"""Rows that are JSON objects have each column twice: as text, and ``COLUMN as json``."""


@dataclass(frozen=True, slots=True)
class Value:
    """An expression of the mapping over this file's columns."""

    field: str
    """Where it stands in the mapping, such as ``properties.amount``."""
    name: str
    text: str
    """As it was written."""
    expression: Expression
    kind: str
    """SQL type of its values."""

    @property
    def column(self) -> str | None:
        """The column, when it is nothing else."""
        return self.expression.bare


@dataclass(frozen=True, slots=True)
class Bound:
    """A mapping that fits a file."""

    mapping: Mapping
    kinds: Fields[str, str]
    """SQL types of the columns, joined ones included."""
    own: tuple[str, ...]
    """The file's own columns: what the hash of a row is made of."""
    properties: tuple[Value, ...]
    traits: tuple[Value, ...]
    items: tuple[Value, ...]
    where: Value | None
    day_order: str | None
    lenient: frozenset[str]
    """Text columns that hold nothing but numbers, some written like ``1,234.50``."""
    serials: bool

    @property
    def values(self) -> tuple[Value, ...]:
        return self.properties + self.traits + self.items + ((self.where,) if self.where else ())


def columns_named(mapping: Mapping, rows: Rows) -> list[str]:
    """All columns the mapping names, those in its expressions included. For files whose rows are JSON objects."""
    names = [name for _, name in _direct(mapping)]
    for _, _, text in _texts(mapping):
        if _PLAIN.fullmatch(text):
            names.append(text)
        try:
            expression = rows.parse(text)
        except DataError:
            continue  # told when it is bound, unless it is a column's name
        names += sorted(expression.columns | expression.numbers)
    return list(dict.fromkeys(names))


def bind(mapping: Mapping, file: RowFile, sample: pa.Table, rows: Rows, joined: Iterable[str] = ()) -> Bound:
    """``sample`` is the first batch, joined columns included. Raises DefinitionError with everything that is wrong."""
    place = Place(mapping.name)
    binder = _Binder(place, (*file.columns, *joined), frozenset(sample.column_names), _kinds(sample, rows), rows)
    for field, name in _direct(mapping):
        binder.check_column(field, name)
    values: dict[str, list[Value]] = {"properties": [], "traits": [], "items": [], "where": []}
    for field, name, text in _texts(mapping):
        value = binder.bind(field, name, text)
        if value:
            values[field.partition(".")[0]].append(value)
    order = _day_order(mapping, sample, place) if not place.problems else None
    place.raise_problems()
    properties, traits, items = (tuple(values[part]) for part in ("properties", "traits", "items"))
    bare = {value.column for value in (*properties, *traits, *items) if value.column}
    texts = [name for name in sample.column_names if name in bare and binder.kinds[name] == "VARCHAR"]
    texts = [name for name in texts if name + JSON_SUFFIX not in binder.kinds]
    return Bound(
        mapping,
        binder.kinds,
        file.columns,
        properties,
        traits,
        items,
        values["where"][0] if values["where"] else None,
        order,
        _lenient(sample, texts, rows),
        file.serials,
    )


def _direct(mapping: Mapping) -> list[tuple[str, str]]:
    """(field, column) for every column named outside an expression."""
    found = [("event_id", name) for name in mapping.event_id]
    found += [(f"identify.{kind}", name) for kind, name in mapping.identify]
    found += [("fill", name) for name in mapping.fill]
    found += [(f"join[{i}].on", name) for i, join in enumerate(mapping.joins) for name in join.on]
    if mapping.event_column:
        found.append(("event.column", mapping.event_column))
    if mapping.time and mapping.time.column:
        found.append(("time.column", mapping.time.column))
    return found


def _texts(mapping: Mapping) -> list[tuple[str, str, str]]:
    """(field, name, text) for every expression."""
    parts = {"properties": mapping.properties, "traits": mapping.traits, "items": mapping.items}
    found = [(f"{part}.{name}", name, text) for part, fields in parts.items() for name, text in fields.items()]
    return found + ([("where", "where", mapping.where)] if mapping.where else [])


@dataclass(frozen=True, slots=True)
class _Binder:
    place: Place
    columns: tuple[str, ...]
    """As people know them, for hints."""
    read: frozenset[str]
    """Those of the sample; for JSON objects dotted ones too."""
    kinds: dict[str, str]
    rows: Rows

    def check_column(self, field: str, name: str) -> bool:
        known = {column.casefold() for column in self.columns}
        if name.casefold() in known or (
            "." in name and name.partition(".")[0].casefold() in known and name in self.read
        ):
            return True
        hint = did_you_mean(name, self.columns)
        Place(self.place.where, field, self.place.problems).wrong(f"the file has no column {name!r}.", hint)
        return False

    def bind(self, field: str, name: str, text: str) -> Value | None:
        """The expression on this file's types; None after saying what is wrong with it."""
        spot = Place(self.place.where, field, self.place.problems)
        try:
            expression = column_expression(text) if text in self.columns else self.rows.parse(text)
        except DataError as error:
            spot.wrong(error.message, error.hint)
            return None
        missing = [c for c in sorted(expression.columns | expression.numbers) if not self.check_column(field, c)]
        if missing:
            return None
        try:
            kind = self._kind(expression, condition=field == "where")
        except DataError as error:
            spot.wrong(f"{text!r} does not work on this file: {error.message}")
            return None
        return Value(field, name, text, expression, kind)

    def _kind(self, expression: Expression, condition: bool) -> str:
        """SQL type of the expression, worked out on a row of nulls."""
        kinds = {column: self.kind_of(column) for column in expression.columns}
        kinds |= {column + NUMBER_SUFFIX: number_kind(self.kind_of(column)) for column in expression.numbers}
        nulls = {column: f"CAST(NULL AS {kind})" for column, kind in kinds.items()} or {"nothing": "NULL"}
        sql = f"CAST({expression.sql} AS BOOLEAN)" if condition else expression.sql
        answer = self.rows.select(pa.table({"nothing": [None]}), nulls, {"kind": f"typeof({sql})"})
        return str(answer["kind"][0].as_py())

    def kind_of(self, column: str) -> str:
        return kind_of(column, self.kinds)


def column_expression(name: str) -> Expression:
    """A column alone, whatever SQL would make of its name (``order``, ``Unit Price``)."""
    return Expression(quote(name), frozenset({name}), frozenset(), name)


def kind_of(column: str, kinds: Fields[str, str]) -> str:
    """SQL type of a column, upper and lower case not told apart, as SQL does."""
    found = kinds.get(column)
    return found or next(kind for name, kind in kinds.items() if name.casefold() == column.casefold())


def _kinds(sample: pa.Table, rows: Rows) -> dict[str, str]:
    """SQL type of each column."""
    if not sample.column_names:
        return {}
    types = rows.select(_one_row(sample), {name: f"typeof({quote(name)})" for name in sample.column_names})
    return {name: types[name][0].as_py() for name in sample.column_names}


def number_kind(kind: str) -> str:
    """SQL type of a column read as a number."""
    return "DOUBLE" if kind in ("VARCHAR", "JSON") else kind


def _one_row(sample: pa.Table) -> pa.Table:
    return pa.table([pa.nulls(1, field.type) for field in sample.schema], names=sample.column_names)


def _day_order(mapping: Mapping, sample: pa.Table, place: Place) -> str | None:
    """Which of day and month comes first in this file, if it has dates like 12/1/2010."""
    time = mapping.time
    if time is None or time.format or time.column is None or time.column not in sample.column_names:
        return None
    column = sample[time.column]
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return None
    order, slashed = order_of_day(text for text in pc.unique(column).to_pylist() if text)
    if slashed and order is None:
        Place(place.where, "time.format", place.problems).wrong(
            f"dates in {time.column} may have the day or the month first, and no row shows which.",
            "Give format: '%d/%m/%Y %H:%M' or '%m/%d/%Y %H:%M'.",
        )
    return order


def _lenient(sample: pa.Table, columns: list[str], rows: Rows) -> frozenset[str]:
    """Of these text columns, those whose every value in the sample is a number and none a code."""
    if not columns or not sample.num_rows:
        return frozenset()
    sample = sample[:_LENIENT_ROWS]
    checks = {}
    for name in columns:
        text = quote(name)
        checks[name] = f"{text} IS NULL OR ({read_number(text)} IS NOT NULL AND NOT {is_code(text)})"
    passed = rows.select(sample.select(columns), checks)
    return frozenset(name for name in columns if pc.all(passed[name]).as_py())
