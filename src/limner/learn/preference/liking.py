"""What a model of the kind `taste` says besides what every model says: its tastes, and what is read of each.

.. code-block:: yaml

    tastes:
      category: {order_paid: {read: 'products[].category', weight: 3}, view_item: category}
      price_band: {read: {order_paid: 'products[].price'}, bands: [50, 200]}   # numbers, cut
      channel: {order_paid: channel}
      brand: {read: {order_paid: 'products[].brand'}, evidence: {share: 0.15}}   # of many, a small part stands out
      time_of_day: [order_paid]              # these two read when events happen, locally
      weekday: [order_paid]
    half_life: 90d
    evidence: {times: 3, share: 0.3, lift: 1.2}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from limner.learn.bands import name_bands, read_bands
from limner.learn.preference.signals import Heard, Signal, read_signals
from limner.learn.taste import Evidence
from limner.model.fold import Span
from limner.model.parse_events import read_names
from limner.model.parse_value import read_number
from limner.model.place import Place

HALF_LIFE = Span(90, "d")
USUAL = Evidence()
TIME_OF_DAY, WEEKDAY = "time_of_day", "weekday"
PARTS = ("凌晨", "清晨", "上午", "午间", "下午", "晚间", "深夜")
BEGIN = (0, 5, 9, 12, 14, 18, 22)
"""The hour that each part of the day begins at."""
DAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
MONDAY = 3
"""1970-01-01 was a Thursday."""
TITLES: Mapping[str, Mapping[str, str]] = {
    TIME_OF_DAY: {"zh": "活跃时段", "en": "Time of day"},
    WEEKDAY: {"zh": "活跃星期", "en": "Weekday"},
}


@dataclass(frozen=True, slots=True)
class Taste:
    name: str
    signals: tuple[Signal, ...]
    bands: tuple[float, ...] = ()
    evidence: Evidence | None = None
    """Its own; None = that of all."""

    def read(self, heard: Heard) -> tuple[npt.NDArray[np.int64], tuple[str, ...]]:
        """The value of each row, and what values there are."""
        if self.name == TIME_OF_DAY:
            return np.searchsorted(BEGIN, heard.hour, side="right") - 1, PARTS
        if self.name == WEEKDAY:
            return (heard.day + MONDAY) % 7, DAYS
        if self.bands:
            return np.searchsorted(self.bands, heard.number, side="right"), name_bands(self.bands)
        return heard.value, heard.words


@dataclass(frozen=True, slots=True)
class Liking:
    tastes: tuple[Taste, ...]
    half_life: Span = HALF_LIFE
    evidence: Evidence = USUAL


def read_taste(name: str, data: object, place: Place) -> Taste:
    """The events it reads, or ``{read: events, bands: [...], evidence: {...}}``."""
    if not isinstance(data, Mapping) or not {"bands", "evidence"} & {*data}:
        return Taste(name, read_events(name, data, place))
    place.only(data, ("read", "bands", "evidence"), "a taste")
    bands = read_bands(data["bands"], place.at("bands")) if "bands" in data else ()
    evidence = read_evidence(data["evidence"], place.at("evidence")) if "evidence" in data else None
    return Taste(name, read_events(name, data.get("read"), place.at("read"), bool(bands)), bands, evidence)


def read_events(name: str, data: object, place: Place, number: bool = False) -> tuple[Signal, ...]:
    if name in TITLES:
        return tuple(Signal(event) for event in read_names(data, place))
    return read_signals(data, place, number)


def read_evidence(data: object, place: Place) -> Evidence:
    fields = place.mapping(data, "evidence") or {}
    place.only(fields, ("times", "share", "lift"), "evidence")
    times = read_number(fields.get("times", USUAL.times), place.at("times"), 1, 1e6)
    share = read_number(fields.get("share", USUAL.share), place.at("share"), 0, 1)
    lift = read_number(fields.get("lift", USUAL.lift), place.at("lift"), 0, 1e6)
    return Evidence(int(times or 1), share or 0.0, lift or 0.0)
