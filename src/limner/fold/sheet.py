"""Portraits as JSON at once: what `limner.fold.portrait.draw_portrait` gives without grounds, written tag by tag.

A portrait of a hundred tags is several hundred objects of Python otherwise; reads are many, and tags the same for all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from limner.fold.cells import Cells, ListCells
from limner.fold.portrait import Row, find_confidence, spell_stored
from limner.model.column import TagColumn, ValueType
from limner.model.tag import Tag

Write = Callable[[Any, int], str | None]
"""What is stored as JSON at an instant; None = no value."""
NUMBERS = (ValueType.INTEGER, ValueType.DECIMAL, ValueType.FLOAT)


class Line(NamedTuple):
    """How one tag is written."""

    name: str
    stored: Callable[[int], Any]
    write: Write
    head: str
    certain: str
    """The rest of a value that is certain,"""
    doubtful: str
    """or of one with a confidence."""
    nothing: str
    """All of a tag without a value."""


class Sheet:
    """Good until rows get more room or dictionaries grow."""

    def __init__(
        self,
        columns: Mapping[str, Cells | ListCells],
        tags: Sequence[Tag],
        inputs: Mapping[str, Sequence[str]],
        zone: str,
    ) -> None:
        self._inputs = inputs
        self._lines = [draw_line(tag, columns[tag.name], zone) for tag in tags]
        self._doubtful = {name for name in columns if may_doubt(name, columns, inputs)}

    def write(self, row: Row, place: int) -> str:
        """The members of a portrait's ``tags``, of the customer in the row ``place``."""
        parts = []
        for name, stored, write, head, certain, doubtful, nothing in self._lines:
            text = write(stored(place), row.as_of)
            if text is None:
                parts.append(nothing)
            elif name in self._doubtful:
                parts.append(f"{head}{text}{doubtful % find_confidence(row, name, self._inputs)}")
            else:
                parts.append(head + text + certain)
        return ",".join(parts)


def draw_line(tag: Tag, cells: Cells | ListCells, zone: str) -> Line:
    head = f'{quote(tag.name)}:{{"value":'
    rest = f',"layer":{quote(tag.layer.value)},"since":null,"evidence":null}}'
    escaped = rest.replace("%", "%%")
    return Line(
        tag.name,
        cells.getter(),
        write_stored(cells.kind, zone),
        head,
        f',"confidence":1.0{rest}',
        f',"confidence":%r{escaped}',
        f'{head}null,"confidence":null{rest}',
    )


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
