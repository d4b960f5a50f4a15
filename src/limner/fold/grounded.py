"""Portraits with their grounds as JSON at once: what `limner.fold.portrait.draw_portrait` gives with them, tag by tag.

Most tags are certain values of one fold, and are written straight; the others are drawn and encoded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from limner.fold.cells import Cells, ListCells
from limner.fold.evidence import Ground, Grounds
from limner.fold.portrait import Painter, Row
from limner.fold.sheet import Write, may_doubt, quote, write_stored
from limner.model.fold import Fold, Measure
from limner.model.tag import Tag


class Plain(NamedTuple):
    """How a certain value of one fold is written."""

    stored: Callable[[int], Any]
    write: Write
    head: str
    """What stands before the value."""
    certain: str
    """What stands after it, up to since when it is."""
    nothing: str
    """All up to the evidence where there is no value."""
    is_first: bool
    """The first event feeds it, not the last."""


class Told(NamedTuple):
    """A ground as JSON, and its times; many tags rest on the same."""

    evidence: str
    first: str
    last: str


class GroundedSheet:
    """Good until rows get more room or dictionaries grow."""

    def __init__(
        self,
        columns: Mapping[str, Cells | ListCells],
        tags: Sequence[Tag],
        inputs: Mapping[str, Sequence[str]],
        zone: str,
    ) -> None:
        self._inputs, self._zone = inputs, zone
        self._tags = [
            (tag, quote(tag.name), None if may_doubt(tag.name, columns, inputs) else find_plain(tag, columns, zone))
            for tag in tags
        ]

    def write(self, row: Row, place: int, grounds: Grounds) -> str:
        """The members of a portrait's ``tags``, of the customer in the row ``place``."""
        painter = Painter(row, self._zone, self._inputs, grounds)
        as_of, parts, told = row.as_of, [], dict[int, Told]()
        for tag, name, plain in self._tags:
            if plain is None or tag.name in grounds.entries:
                parts.append(f"{name}:{quote(painter.read(tag))}")
                continue
            (ground,) = grounds.of(tag.name)
            if (said := told.get(id(ground))) is None:
                said = told[id(ground)] = tell(ground, painter)
            text = plain.write(plain.stored(place), as_of)
            if text is None:
                parts.append(f"{plain.nothing}{said.evidence}}}")
            else:
                since = said.first if plain.is_first else said.last
                parts.append(f'{plain.head}{text}{plain.certain}{since},"evidence":{said.evidence}}}')
        return ",".join(parts)


def find_plain(tag: Tag, columns: Mapping[str, Cells | ListCells], zone: str) -> Plain | None:
    """None = the tag says more of its grounds than what they are."""
    if not isinstance(tag.definition, Fold):
        return None
    cells, layer = columns[tag.name], f'"layer":{quote(tag.layer.value)}'
    head = f'{quote(tag.name)}:{{"value":'
    nothing = f'{head}null,"confidence":null,{layer},"since":null,"evidence":'
    certain, is_first = f',"confidence":1.0,{layer},"since":', tag.definition.measure is Measure.FIRST
    return Plain(cells.getter(), write_stored(cells.kind, zone), head, certain, nothing, is_first)


def tell(ground: Ground, painter: Painter) -> Told:
    first, last = ("null" if at is None else f'"{painter.say_time(at)}"' for at in (ground.first, ground.last))
    names = write_names(ground.names)
    return Told(f'{{"events":{names},"count":{ground.count},"first":{first},"last":{last}}}', first, last)


@lru_cache(maxsize=4096)
def write_names(names: tuple[str, ...]) -> str:
    return quote(names)
