"""Portraits with their grounds as JSON at once: what `limner.fold.portrait.draw_portrait` gives with them, tag by tag.

Most tags are certain values of one fold, and are written straight; the others are drawn and encoded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from limner.fold.cells import Cells, ListCells
from limner.fold.encode import asks_lift
from limner.fold.evidence import Ground, Grounds
from limner.fold.portrait import Painter, Row
from limner.fold.sheet import Spell, Sure, count_days, quote, spell_json, weigh
from limner.model.clock import local_day
from limner.model.fold import Fold, Measure
from limner.model.tag import Tag


class Plain(NamedTuple):
    """How a value of one fold is written."""

    name: str
    stored: Callable[[int], Any]
    spell: Spell
    """What is stored; of a day, how many days ago it was."""
    is_since: bool
    head: str
    """What stands before the value."""
    sure: Sure | None
    """None = certain."""
    rest: str
    """What stands after the confidence, up to since when the value is."""
    nothing: str
    """All up to the evidence where there is no value."""
    is_first: bool
    """The first event feeds it, not the last."""
    is_top: bool
    """Its confidence is its share, too."""
    candidates: int
    """So many, and they are told as well."""


class Told(NamedTuple):
    """A ground as JSON, without its end, and its times; many tags rest on the same."""

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
        self._tags = [(tag, find_plain(tag, columns, zone)) for tag in tags]

    def write(self, row: Row, place: int, grounds: Grounds) -> str:
        """The members of a portrait's ``tags``, of the customer in the row ``place``."""
        painter = Painter(row, self._zone, self._inputs, grounds)
        today = local_day(row.as_of, self._zone)
        parts, told, more, by_tag = list[str](), dict[int, Told](), tells_more(grounds), grounds.by_tag
        for tag, plain in self._tags:
            if plain is None or (more and is_more(plain, grounds)):
                parts.append(f"{quote(tag.name)}:{quote(painter.read(tag))}")
                continue
            name, stored, spell, is_since, head, sure, rest, nothing, is_first, is_top, _ = plain
            (ground,) = by_tag[name]
            if (said := told.get(id(ground))) is None:
                said = told[id(ground)] = tell(ground, painter)
            evidence, first, last = said
            text = spell(count_days(stored(place), today) if is_since else stored(place))
            if text is None:
                parts.append(f"{nothing}{evidence}}}}}")
                continue
            since = first if is_first else last
            if sure is None:
                parts.append(f'{head}{text},"confidence":1.0{rest}{since},"evidence":{evidence}}}}}')
                continue
            known = sure(row, place)
            share = f',"share":{known}' if is_top else ""
            parts.append(f'{head}{text},"confidence":{known}{rest}{since},"evidence":{evidence}{share}}}}}')
        return ",".join(parts)


def find_plain(tag: Tag, columns: Mapping[str, Cells | ListCells], zone: str) -> Plain | None:
    """None = the tag says more of its grounds than what they are."""
    fold = tag.definition
    if not isinstance(fold, Fold) or asks_lift(fold):
        return None
    cells, layer = columns[tag.name], f'"layer":{quote(tag.layer.value)}'
    head = f'{quote(tag.name)}:{{"value":'
    nothing = f'{head}null,"confidence":null,{layer},"since":null,"evidence":'
    sure = weigh(tag.name, cells, {}) if cells.has_confidence else None
    is_first, is_top = fold.measure is Measure.FIRST, fold.measure is Measure.TOP
    few = 1 if fold.resolve == "trusted" else 2
    stored, spell, is_since = cells.getter(), spell_json(cells.kind, zone), cells.kind.since_last
    rest = f',{layer},"since":'
    return Plain(tag.name, stored, spell, is_since, head, sure, rest, nothing, is_first, is_top, few)


def tells_more(grounds: Grounds) -> bool:
    return bool(grounds.entries or grounds.candidates)


def is_more(plain: Plain, grounds: Grounds) -> bool:
    """Is there more to tell of a tag's value than the events it rests on?"""
    return plain.name in grounds.entries or len(grounds.candidates.get(plain.name, ())) >= plain.candidates


def tell(ground: Ground, painter: Painter) -> Told:
    first = "null" if ground.first is None else f'"{painter.say_time(ground.first)}"'
    last = "null" if ground.last is None else f'"{painter.say_time(ground.last)}"'
    names = write_names(ground.names)
    return Told(f'{{"events":{names},"count":{ground.count},"first":{first},"last":{last}', first, last)


@lru_cache(maxsize=4096)
def write_names(names: tuple[str, ...]) -> str:
    return quote(names)
