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
    layer: str
    is_first: bool
    """The first event feeds it, not the last."""


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
        parts = []
        for tag, name, plain in self._tags:
            if plain is None or tag.name in grounds.entries:
                parts.append(f"{name}:{quote(painter.read(tag))}")
                continue
            (ground,) = grounds.of(tag.name)
            text = plain.write(plain.stored(place), row.as_of)
            said = write_ground(ground, painter)
            if text is None:
                known = f'"value":null,"confidence":null,"layer":{plain.layer},"since":null'
            else:
                fed = ground.first if plain.is_first else ground.last
                since = "null" if fed is None else f'"{painter.say_time(fed)}"'
                known = f'"value":{text},"confidence":1.0,"layer":{plain.layer},"since":{since}'
            parts.append(f'{name}:{{{known},"evidence":{said}}}')
        return ",".join(parts)


def find_plain(tag: Tag, columns: Mapping[str, Cells | ListCells], zone: str) -> Plain | None:
    """None = the tag says more of its grounds than what they are."""
    if not isinstance(tag.definition, Fold):
        return None
    cells = columns[tag.name]
    is_first = tag.definition.measure is Measure.FIRST
    return Plain(cells.getter(), write_stored(cells.kind, zone), quote(tag.layer.value), is_first)


def write_ground(ground: Ground, painter: Painter) -> str:
    if ground.first is None or ground.last is None:
        return f'{{"events":{write_names(ground.names)},"count":{ground.count},"first":null,"last":null}}'
    span = f'"first":"{painter.say_time(ground.first)}","last":"{painter.say_time(ground.last)}"'
    return f'{{"events":{write_names(ground.names)},"count":{ground.count},{span}}}'


@lru_cache(maxsize=4096)
def write_names(names: tuple[str, ...]) -> str:
    return quote(names)
