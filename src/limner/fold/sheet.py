"""Portraits as JSON at once: what `limner.fold.portrait.draw_portrait` gives without grounds, written tag by tag.

A portrait of a hundred tags is several hundred objects of Python otherwise; reads are many, and tags the same for all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from limner.fold.cells import Cells, ListCells
from limner.fold.portrait import Row, find_confidence, spell_stored
from limner.model.clock import iso_time
from limner.model.column import NULL_NUMBER, TagColumn, ValueType
from limner.model.portrait import Held
from limner.model.tag import Tag

Write = Callable[[Any, int], str | None]
"""What is stored as JSON at an instant; None = no value."""
NUMBERS = (ValueType.INTEGER, ValueType.DECIMAL, ValueType.FLOAT)
Member = Callable[[Row, int], str]
"""One tag as a member of a portrait's ``tags``: of a customer, whose row is in that place."""
Text = Callable[[int, int], str | None]
"""The value in a place as JSON at an instant; None = no value."""
Sure = Callable[[Row, int], str]
"""The confidence of a value there."""


class Sheet:
    """Good until rows get more room or dictionaries grow."""

    def __init__(
        self,
        columns: Mapping[str, Cells | ListCells],
        tags: Sequence[Tag],
        inputs: Mapping[str, Sequence[str]],
        zone: str,
    ) -> None:
        self._members = [draw_member(tag, columns, inputs, zone) for tag in tags]

    def write(self, row: Row, place: int) -> str:
        """The members of a portrait's ``tags``, of the customer in the row ``place``."""
        return ",".join([write(row, place) for write in self._members])


def write_portrait(
    row: Row, identifiers: Sequence[Mapping[str, str]], held: Held | None, tags: bytes, zone: str
) -> bytes:
    """The whole portrait; ``tags``: what a sheet wrote of the row."""
    head: dict[str, Any] = {"customer_id": f"c{row.customer}", "as_of": iso_time(row.as_of, zone)}
    head["identifiers"] = identifiers
    if held:
        head["held"] = held
    return msgspec.json.encode(head)[:-1] + b',"tags":{%s}}' % tags


def draw_member(
    tag: Tag, columns: Mapping[str, Cells | ListCells], inputs: Mapping[str, Sequence[str]], zone: str
) -> Member:
    """One call a tag and nothing looked up in it: there are a hundred tags in a portrait, and thousands of portraits a
    second."""
    cells = columns[tag.name]
    head = f'{quote(tag.name)}:{{"value":'
    rest = f',"layer":{quote(tag.layer.value)},"since":null,"evidence":null}}'
    nothing = f'{head}null,"confidence":null{rest}'
    text = spell_cells(cells, zone)
    if may_doubt(tag.name, columns, inputs):
        return write_doubtful(text, weigh(tag.name, cells, inputs), head, rest, nothing)
    return write_certain(text, head, f',"confidence":1.0{rest}', nothing)


def spell_cells(cells: Cells | ListCells, zone: str) -> Text:
    """The value in a place as JSON."""
    stored, kind = cells.getter(), cells.kind
    unit, spell = 10**kind.scale, write_stored(kind, zone)

    def spell_integer(place: int, as_of: int) -> str | None:
        value = stored(place)
        return None if value == NULL_NUMBER else str(value)

    def spell_decimal(place: int, as_of: int) -> str | None:
        """See `limner.fold.portrait.shorten`."""
        value = stored(place)
        if value == NULL_NUMBER:
            return None
        return str(value / unit) if value % unit else str(value // unit)

    if kind.type is ValueType.INTEGER and not kind.since_last:
        return spell_integer
    return spell_decimal if kind.type is ValueType.DECIMAL else lambda place, as_of: spell(stored(place), as_of)


def write_certain(text: Text, head: str, certain: str, nothing: str) -> Member:
    def write(row: Row, place: int) -> str:
        value = text(place, row.as_of)
        return nothing if value is None else f"{head}{value}{certain}"

    return write


def write_doubtful(text: Text, sure: Sure, head: str, rest: str, nothing: str) -> Member:
    def write(row: Row, place: int) -> str:
        value = text(place, row.as_of)
        return nothing if value is None else f'{head}{value},"confidence":{sure(row, place)}{rest}'

    return write


def weigh(name: str, cells: Cells | ListCells, inputs: Mapping[str, Sequence[str]]) -> Sure:
    """Of a derived tag what it rests on is asked; of a measured one its own will do."""
    if inputs.get(name):
        return lambda row, place: repr(find_confidence(row, name, inputs))
    return lambda row, place: repr(round(cells.confidence(place) or 0.0, 4))


def may_doubt(name: str, columns: Mapping[str, Cells | ListCells], inputs: Mapping[str, Sequence[str]]) -> bool:
    """Can the tag have another confidence than 1? A derived one is as sure as what it reads."""
    return columns[name].has_confidence or any(may_doubt(each, columns, inputs) for each in inputs.get(name, ()))


def write_stored(column: TagColumn, zone: str) -> Write:
    spell = spell_stored(column, zone)

    def write_number(stored: Any, as_of: int) -> str | None:
        value = spell(stored, as_of)
        return None if value is None else repr(value)

    def write_other(stored: Any, as_of: int) -> str | None:
        value = spell(stored, as_of)
        return None if value is None else quote(value)

    if column.type is ValueType.TEXT:
        written: dict[int, str | None] = {}

        def write_word(code: int, as_of: int) -> str | None:
            if code not in written:
                written[code] = write_other(code, as_of)
            return written[code]

        return write_word
    return write_number if column.type in NUMBERS else write_other


def quote(value: Any) -> str:
    return msgspec.json.encode(value).decode()
