"""What marketing models read: a customer's purchases in a few numbers, folded like any tag."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from limner.fold.derive import as_doubles
from limner.learn.contract import Numbers, Study
from limner.learn.dates import shift_days
from limner.learn.declaration import Declaration
from limner.learn.examples import look_back, population_tag
from limner.model.clock import local_day, local_time
from limner.model.column import NULL_NUMBER, Folded, ValueType
from limner.model.fold import Fold
from limner.model.parse_fold import read_fold
from limner.model.place import Place
from limner.model.tag import Layer, Tag

Floats = npt.NDArray[np.float64]
DAY = 86_400_000_000
FIELDS = ("event", "amount", "refund", "joined")


@dataclass(frozen=True, slots=True)
class Buying:
    """Which events are purchases, and what they say."""

    event: str = "order_paid"
    amount: str = "amount"
    refund: str | None = None
    """An event whose ``amount`` is taken off what was spent."""
    joined: str | None = None
    """An event at which somebody becomes a customer; None = the first purchase."""


def read_buying(fields: Mapping[str, object], place: Place) -> Buying:
    found: dict[str, Any] = {}
    for key in FIELDS:
        if key in fields and (text := place.at(key).text(fields[key], "a name")) is not None:
            found[key] = text
    return Buying(**found)


def ask_buying(declaration: Declaration, buying: Buying, within: str | None = None) -> list[Tag]:
    """Folds of the model's own. ``within``: the window of what is counted and summed."""
    window = {} if within is None else {"within": within}
    horizon = {"within": str(declaration.horizon)}
    of = {"of": buying.event}
    asked: dict[str, dict[str, object]] = {
        "orders": {"count": "*", **of},
        "recent": {"count": "*", **of, **window},
        "days": {"days": "*", **of},
        "since": {"since": buying.event},
        "gap": {"interval": "*", **of},
        "first": {"first": "time", **of},
        "last": {"last": "time", **of},
        "spent": {"sum": buying.amount, **of, **window},
        "all_spent": {"sum": buying.amount, **of},
        "first_spent": {"first": buying.amount, **of},
        "later_days": {"days": "*", **of, **horizon},
        "later_spent": {"sum": buying.amount, **of, **horizon},
    }
    if buying.refund is not None:
        asked["refunded"] = {"sum": buying.amount, "of": buying.refund, **window}
        asked["later_refunded"] = {"sum": buying.amount, "of": buying.refund, **horizon}
    if buying.joined is not None:
        asked["joined"] = {"first": "time", "of": buying.joined}
    return [Tag(declaration.own_tag(part), Layer.FACT, as_fold(data)) for part, data in asked.items()] + population_tag(
        declaration
    )


def as_fold(data: Mapping[str, object]) -> Fold:
    place = Place("purchases")
    fold = read_fold(data, place)
    place.raise_problems()
    assert fold is not None, "a fold that cannot be read has a problem"
    return fold


class Bought:
    """Customers and their purchases at an instant, a row each."""

    def __init__(self, folded: Folded, declaration: Declaration, zone: str, customers: Numbers) -> None:
        self.customers = customers
        self._folded, self._declaration, self._zone = folded, declaration, zone

    def __len__(self) -> int:
        return len(self.customers)

    def has(self, part: str) -> bool:
        return self._declaration.own_tag(part) in self._folded.columns

    def take(self, rows: npt.NDArray[np.int64]) -> Bought:
        return Bought(self._folded.take(rows), self._declaration, self._zone, self.customers[rows])

    @property
    def today(self) -> date:
        """The local day of the instant."""
        return local_time(self._folded.as_of, self._zone).date()

    def number(self, part: str) -> Floats:
        """NaN where it is not known."""
        column = self._folded.columns[self._declaration.own_tag(part)]
        today = local_day(self._folded.as_of, self._zone)
        if column.type is ValueType.TIME:
            values = column.values.astype(np.float64)
            values[column.values == NULL_NUMBER] = np.nan
            return (self._folded.as_of - values) / DAY
        return np.array(as_doubles(column, today), np.float64)

    def net(self) -> Floats:
        """What was spent in the window, what came back taken off: negative where more came back. NaN: never bought."""
        spent = np.nan_to_num(self.number("spent"))
        if self.has("refunded"):
            spent = spent - np.nan_to_num(self.number("refunded"))
        return np.where(self.number("orders") > 0, spent, np.nan)


def look_at(study: Study, declaration: Declaration, as_of: int) -> Bought:
    """Those whom the declaration is about, as was known at an instant."""
    names = [tag.name for tag in study.asks if "later_" not in tag.name]
    folded = look_back(study, declaration, names, as_of)
    return Bought(folded, declaration, study.zone, study.called_now(folded.customers, as_of))


def look_later(study: Study, declaration: Declaration, as_of: int, customers: Numbers, part: str) -> Floats:
    """What these customers did over the horizon after an instant; 0 for who did nothing."""
    ends = shift_days(as_of, declaration.horizon.length, study.zone)
    tags = [tag for tag in study.asks if tag.name == declaration.own_tag(part)]
    folded = study.until(tags, ends)
    found = np.nan_to_num(as_doubles(folded.columns[tags[0].name], local_day(ends, study.zone)))
    places = np.minimum(np.searchsorted(folded.customers, customers), max(len(folded.customers) - 1, 0))
    there = folded.customers[places] == customers if len(folded.customers) else np.zeros(len(customers), np.bool_)
    return np.where(there, found[places] if len(found) else 0.0, 0.0)


def look_later_net(study: Study, declaration: Declaration, as_of: int, customers: Numbers) -> Floats:
    """What they spent over the horizon after an instant, what came back taken off."""
    spent = look_later(study, declaration, as_of, customers, "later_spent")
    if all(tag.name != declaration.own_tag("later_refunded") for tag in study.asks):
        return spent
    return spent - look_later(study, declaration, as_of, customers, "later_refunded")


def count_buyers(bought: Bought) -> dict[str, int]:
    return {"customers": len(bought), "buyers": int((bought.number("orders") > 0).sum())}


def name_codes(codes: npt.NDArray[Any], words: Sequence[str]) -> tuple[npt.NDArray[np.int32], tuple[str, ...]]:
    """Codes and dictionary of a text column, of words that may be said more than once."""
    distinct = tuple(dict.fromkeys(words))
    table = np.array([*(distinct.index(word) for word in words), -1], np.int32)
    return table[codes.astype(np.int64)], distinct
