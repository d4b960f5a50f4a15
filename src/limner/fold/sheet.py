"""Portraits as JSON at once: what `limner.fold.portrait.draw_portrait` gives without grounds, written tag by tag.

A portrait of a hundred tags is several hundred objects of Python otherwise; reads are many, and tags the same for all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import isfinite
from typing import Any, TypeVar

import msgspec

from limner.fold.cells import Cells, ListCells
from limner.fold.plate import Frame, Plate, may_be_written
from limner.fold.portrait import Row, find_confidence, spell_stored
from limner.model.clock import iso_time, local_day
from limner.model.column import NULL_NUMBER, TagColumn, ValueType
from limner.model.portrait import Held
from limner.model.tag import Tag

T = TypeVar("T", str, str | None)
Spell = Callable[[Any], str | None]
"""What is stored as JSON; None = no value. Of a day of the last match: how many days ago it was."""
Text = Callable[[int, int], str | None]
"""The value in a place as JSON at an instant; None = no value."""
Member = Callable[[Row, int], str]
"""One tag as a member of a portrait's ``tags``: of a customer, whose row is in that place."""
Sure = Callable[[Row, int], str]
"""The confidence of a value there."""
FEW = (ValueType.INTEGER, ValueType.BOOL, ValueType.TEXT)
"""Of these, many customers have the same value."""
CERTAIN = ',"confidence":1.0'
MOST_SPELT = 1_000
"""What is kept of a tag."""


class Sheet:
    """Good until rows get more room or dictionaries grow."""

    def __init__(
        self,
        columns: Mapping[str, Cells | ListCells],
        tags: Sequence[Tag],
        inputs: Mapping[str, Sequence[str]],
        zone: str,
    ) -> None:
        self._zone = zone
        self._members = [draw_member(tag, columns, inputs, zone) for tag in tags]
        engraved = [engrave(tag, columns, inputs) for tag in tags]
        self._plate = Plate(engraved)
        self._others = [member for member, known in zip(self._members, engraved, strict=True) if known is None]

    def write(self, row: Row, place: int) -> bytes:
        """The members of a portrait's ``tags``, of the customer in the row ``place``. Nothing is looked up for a tag,
        and most are written without a call of Python's: there are a hundred tags in a portrait, and thousands of
        portraits a second."""
        given = "".join([f"{write(row, place)}\0" for write in self._others])
        written = self._plate.write(place, local_day(row.as_of, self._zone), given.encode())
        return self.write_slowly(row, place) if written is None else written

    def write_slowly(self, row: Row, place: int) -> bytes:
        """The same, each member by itself."""
        return ",".join([write(row, place) for write in self._members]).encode()


class Kept(dict[Any, T]):
    """What is written of values, each when it is first asked for."""

    def __init__(self, write: Callable[[Any], T]) -> None:
        super().__init__()
        self._write: Callable[[Any], T] = write

    def __missing__(self, stored: Any) -> T:
        if len(self) >= MOST_SPELT:
            self.clear()
        text = self._write(stored)
        self[stored] = text
        return text


def write_portrait(
    row: Row, identifiers: Sequence[Mapping[str, str]], held: Held | None, tags: bytes, zone: str
) -> bytes:
    """The whole portrait; ``tags``: what a sheet wrote of the row."""
    head: dict[str, Any] = {"customer_id": f"c{row.customer}", "as_of": iso_time(row.as_of, zone)}
    head["identifiers"] = identifiers
    if held:
        head["held"] = held
    return b"".join([msgspec.json.encode(head)[:-1], b',"tags":{', tags, b"}}"])


def draw_member(
    tag: Tag, columns: Mapping[str, Cells | ListCells], inputs: Mapping[str, Sequence[str]], zone: str
) -> Member:
    cells = columns[tag.name]
    if may_doubt(tag.name, columns, inputs):
        return draw_doubtful(tag, cells, inputs, zone)
    stored, write = cells.getter(), draw_certain(tag, cells, zone)
    if cells.kind.since_last:
        return lambda row, place: write(count_days(stored(place), local_day(row.as_of, zone)))
    return lambda row, place: write(stored(place))


def engrave(
    tag: Tag, columns: Mapping[str, Cells | ListCells], inputs: Mapping[str, Sequence[str]]
) -> tuple[Cells, Frame] | None:
    """How a kernel writes it; None = it does not."""
    cells = columns[tag.name]
    if may_doubt(tag.name, columns, inputs) or not may_be_written(cells):
        return None
    head, rest, nothing = frame(tag)
    return cells, Frame(head, f"{CERTAIN}{rest}", nothing)


def draw_certain(tag: Tag, cells: Cells | ListCells, zone: str) -> Callable[[Any], str]:
    """What is stored as a member."""
    spell, (head, rest, nothing) = spell_json(cells.kind, zone), frame(tag)

    def write(stored: Any) -> str:
        value = spell(stored)
        return nothing if value is None else f"{head}{value}{CERTAIN}{rest}"

    return Kept(write).__getitem__ if cells.kind.type in FEW else write


def draw_doubtful(tag: Tag, cells: Cells | ListCells, inputs: Mapping[str, Sequence[str]], zone: str) -> Member:
    text, sure, (head, rest, nothing) = spell_cells(cells, zone), weigh(tag.name, cells, inputs), frame(tag)

    def write(row: Row, place: int) -> str:
        value = text(place, row.as_of)
        return nothing if value is None else f'{head}{value},"confidence":{sure(row, place)}{rest}'

    return write


def frame(tag: Tag) -> Frame:
    """What stands before the value and after the confidence; and all where there is no value."""
    head = f'{quote(tag.name)}:{{"value":'
    rest = f',"layer":{quote(tag.layer.value)},"since":null,"evidence":null}}'
    return Frame(head, rest, f'{head}null,"confidence":null{rest}')


def spell_cells(cells: Cells | ListCells, zone: str) -> Text:
    """The value in a place as JSON."""
    stored, spell = cells.getter(), spell_json(cells.kind, zone)
    if cells.kind.since_last:
        return lambda place, as_of: spell(count_days(stored(place), local_day(as_of, zone)))
    return lambda place, as_of: spell(stored(place))


def count_days(day: int, today: int) -> int:
    return day if day == NULL_NUMBER else today - day


def weigh(name: str, cells: Cells | ListCells, inputs: Mapping[str, Sequence[str]]) -> Sure:
    """Of a derived tag what it rests on is asked; of a measured one its own will do."""
    if inputs.get(name):
        return lambda row, place: repr(find_confidence(row, name, inputs))
    return lambda row, place: repr(round(cells.confidence(place) or 0.0, 4))


def may_doubt(name: str, columns: Mapping[str, Cells | ListCells], inputs: Mapping[str, Sequence[str]]) -> bool:
    """Can the tag have another confidence than 1? A derived one is as sure as what it reads."""
    return columns[name].has_confidence or any(may_doubt(each, columns, inputs) for each in inputs.get(name, ()))


def spell_json(column: TagColumn, zone: str) -> Spell:
    """`limner.fold.portrait.spell_stored`, written."""
    spell, unit = spell_stored(replace(column, since_last=False), zone), 10**column.scale

    def spell_integer(value: Any) -> str | None:
        return None if value == NULL_NUMBER else str(value)

    def spell_decimal(value: Any) -> str | None:
        """See `limner.fold.portrait.shorten`."""
        if value == NULL_NUMBER:
            return None
        return str(value / unit) if value % unit else str(value // unit)

    def spell_float(value: Any) -> str | None:
        return repr(value) if isfinite(value) else None

    def spell_time(value: Any) -> str | None:
        return None if value == NULL_NUMBER else f'"{iso_time(value, zone)}"'

    def spell_other(stored: Any) -> str | None:
        value = spell(stored, 0)
        return None if value is None else quote(value)

    if column.type is ValueType.TEXT:
        return Kept(spell_other).__getitem__
    quickly: dict[ValueType, Spell] = {
        ValueType.INTEGER: spell_integer,
        ValueType.DECIMAL: spell_decimal,
        ValueType.FLOAT: spell_float,
        ValueType.TIME: spell_time,
    }
    return quickly.get(column.type, spell_other)


def quote(value: Any) -> str:
    return msgspec.json.encode(value).decode()
