"""Signals: what of an event says what somebody likes, and from timelines a row for each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from limner.errors import DefinitionError, Problem, did_you_mean
from limner.learn.contract import Known, Numbers, Study
from limner.learn.declaration import Declaration
from limner.learn.examples import look_back, population_tag
from limner.learn.recommend.gather import DAY, Names, micros_of
from limner.learn.recommend.options import promoting
from limner.model.fold import Fold, Measure, Selection, Span
from limner.model.parse_value import read_number, read_path
from limner.model.place import Place
from limner.model.tag import Layer, Tag
from limner.model.timeline import NULL_NUMBER, Kind, Slice, Vocabulary

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
HEAVIEST = 1e6


@dataclass(frozen=True, slots=True)
class Signal:
    event: str
    path: str | None = None
    """The property that names the value; None = the event's moment is what is of interest."""
    weight: float = 1.0
    number: bool = False
    """The property is a number."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A row per signal."""

    customer: Places
    value: Places
    """Place in ``words`` of a text; without meaning otherwise."""
    number: Floats
    weight: Floats
    time: Places
    """µs UTC."""
    day: Places
    hour: Places
    """Local."""
    words: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.customer)

    def take(self, rows: npt.NDArray[Any]) -> Heard:
        columns = {one.name: getattr(self, one.name)[rows] for one in fields(self) if one.name != "words"}
        return Heard(**columns, words=self.words)

    def decay(self, now: int, half_life: Span) -> Floats:
        """What each row weighs at an instant."""
        return np.asarray(self.weight * np.exp2((self.time - now) / micros_of(half_life)), np.float64)

    def ages(self, now: int) -> Floats:
        """In days."""
        return np.asarray((now - self.time) / DAY, np.float64)


def hear(slices: Iterable[Slice], vocabulary: Vocabulary, signals: Sequence[Signal], until: int) -> Heard:
    """All of them up to an instant (µs UTC). A property that was never promoted was never seen."""
    names, parts = Names(), [_nothing()]
    for part in slices:
        for signal in signals:
            found = _read(part, vocabulary, signal, names, until)
            if found is not None:
                parts.append(found)
    customer, value, number, weight, time, day, hour = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Heard(customer, value, number, weight, time, day, hour, tuple(names.places))


def _nothing() -> list[npt.NDArray[Any]]:
    return [np.zeros(0, np.float64 if place in (2, 3) else np.int64) for place in range(7)]


def _read(
    part: Slice, vocabulary: Vocabulary, signal: Signal, names: Names, until: int
) -> list[npt.NDArray[Any]] | None:
    rows, column = part, None
    if signal.path is not None:
        column = vocabulary.columns.get((signal.path, Kind.NUMBER if signal.number else Kind.TEXT))
        if column is None or (column.grain and column.grain not in part.elements):
            return None
        rows = part.elements[column.grain] if column.grain else part
        if column.name not in rows.columns:
            return None
    codes = [code for code, name in enumerate(vocabulary.names) if name == signal.event]
    time = rows.columns["time"].astype(np.int64, copy=False)
    mask = np.isin(rows.columns["name"], codes) & (time <= until)
    said: npt.NDArray[Any] = np.zeros(len(mask), np.int64) if column is None else rows.columns[column.name]
    if column is not None:
        mask &= said != NULL_NUMBER if signal.number else said >= 0
    chosen = np.flatnonzero(mask)
    said = said[chosen].astype(np.int64)
    value, number = np.zeros(len(chosen), np.int64), np.zeros(len(chosen))
    if column is not None and signal.number:
        number = said / 10**column.scale
    elif column is not None:
        value = names.translate(column.name, said, vocabulary.dictionaries[column.name])
    customer = np.repeat(rows.customers, np.diff(rows.offsets))[chosen].astype(np.int64)
    basic = [rows.columns[name][chosen].astype(np.int64) for name in ("time", "day", "hour")]
    return [customer, value, number, np.full(len(chosen), signal.weight), *basic]


def keep_members(heard: Heard, declaration: Declaration, study: Study, as_of: int) -> Heard:
    """Rows of those whom the declaration is about."""
    if declaration.population is None:
        return heard
    folded = look_back(study, declaration, [], as_of)
    about: Numbers = study.called_now(folded.customers, as_of)
    return heard.take(np.flatnonzero(np.isin(heard.customer, about)))


def ask_signals(declaration: Declaration, signals: Sequence[Signal], known: Known) -> list[Tag]:
    """Nothing but columns of what is read of events, and the population. DefinitionError for an unknown event."""
    for signal in signals:
        if signal.event not in known.events:
            hint = did_you_mean(signal.event, known.events)
            said = f"there is no event {signal.event!r} in the log."
            raise DefinitionError([Problem(declaration.name, declaration.kind + "s", said, hint)])
    read = dict.fromkeys((one.event, one.path, one.number) for one in signals if one.path is not None)
    folds = [
        Fold(Measure.SUM, Selection((event,)), path=path) if number else promoting(event, path)
        for event, path, number in read
    ]
    asked = [Tag(declaration.own_tag(f"read{place}"), Layer.FACT, fold) for place, fold in enumerate(folds)]
    return [*asked, *population_tag(declaration)]


def read_signals(data: object, place: Place, number: bool = False) -> tuple[Signal, ...]:
    """``{order_paid: 'products[].category', view_item: {read: [category, title], weight: 0.5}}``."""
    said = place.mapping(data, "events and the properties that are read") or {}
    if not said and isinstance(data, Mapping):
        place.wrong("no event is read.", "Write {order_paid: 'products[].category', view_item: category}.")
    found = []
    for event, written in said.items():
        here = place.at(event)
        given = here.mapping(written, "what is read") if isinstance(written, Mapping) else {"read": written}
        if given is None:
            continue
        here.only(given, ("read", "weight"), "what is read")
        weight = read_number(given.get("weight", 1), here.at("weight"), 1e-6, HEAVIEST)
        listed = given.get("read")
        paths = listed if isinstance(listed, list | tuple) and listed else [listed]
        named = [read_path(path, here.at("read")) for path in paths]
        found += [Signal(event, path, weight or 1.0, number) for path in named if path is not None]
    return tuple(found)
