"""What a model of the kind `recommendation` says besides what every model says.

.. code-block:: yaml

    interactions:                          # which events are interactions, of which item, and how much each says
      order_paid: {item: 'products[].sku', weight: 5}
      view_item: {item: sku, weight: 1}
    half_life: 60d                         # an interaction that old says half
    algorithm: auto                        # item_to_item, als, ease, popularity
    items: {in_stock: true, category: {not_in: [赠品]}}     # what may be offered, by the item table
    exclude: {order_paid: 30d}             # not what these events had within that time
    diversity: {by: [category, brand], balance: 0.8}        # balance 1 = none
    place: city                            # the property of those events that says where
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from limner.model.fold import Fold, Measure, Op, PropertyTest, Selection, Span
from limner.model.parse_value import read_number, read_path, read_span, read_tests
from limner.model.place import Place

AUTO = "auto"
ALGORITHMS = (AUTO, "item_to_item", "als", "ease", "popularity")
FIELDS = ("interactions", "half_life", "algorithm", "items", "exclude", "diversity", "place")
HALF_LIFE = Span(90, "d")
BALANCE = 0.8
WEIGHTIEST = 1e6


@dataclass(frozen=True, slots=True)
class Source:
    """Events that are interactions."""

    event: str
    item: str
    """The property that names the item."""
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Options:
    sources: tuple[Source, ...]
    half_life: Span = HALF_LIFE
    algorithm: str = AUTO
    items: tuple[PropertyTest, ...] = ()
    """What an item must be to be offered: tests of its attributes."""
    exclude: Mapping[str, Span] | None = None
    """Event to the time in which its items are not offered again; None = what was had at any time by an event of the
    greatest weight."""
    by: tuple[str, ...] = ()
    """Attributes in which a list's items are to differ."""
    balance: float = BALANCE
    place: str | None = None

    def paths(self) -> list[tuple[str, str]]:
        """(event, property) of all that is read."""
        read = [(source.event, source.item) for source in self.sources]
        return read + [(source.event, self.place) for source in self.sources if self.place is not None]


def read_options(fields: Mapping[str, object], place: Place) -> Options | None:
    """None after telling the place what is wrong."""
    before = len(place.problems)
    sources = _read_sources(fields.get("interactions"), place.at("interactions"))
    algorithm = fields.get("algorithm", AUTO)
    if algorithm not in ALGORITHMS:
        place.at("algorithm").unknown("algorithm", algorithm, ALGORITHMS)
    by, balance = _read_diversity(fields.get("diversity", {}), place.at("diversity"))
    where = read_path(fields["place"], place.at("place")) if "place" in fields else None
    half_life = read_span(fields["half_life"], place.at("half_life")) if "half_life" in fields else HALF_LIFE
    items = _read_items(fields.get("items", {}), place.at("items"))
    exclude = _read_exclude(fields["exclude"], sources, place.at("exclude")) if "exclude" in fields else None
    if len(place.problems) > before or half_life is None:
        return None
    return Options(sources, half_life, str(algorithm), items, exclude, by, balance, where)


def _read_sources(data: object, place: Place) -> tuple[Source, ...]:
    hint = "Write {order_paid: {item: 'products[].sku', weight: 5}, view_item: sku}."
    if data is None:
        place.wrong("which events are interactions?", hint)
        return ()
    fields = place.mapping(data, "interactions")
    if not fields:
        if fields is not None:
            place.wrong("there are no interactions.", hint)
        return ()
    found = []
    for event, said in fields.items():
        here = place.at(event)
        given = {"item": said} if isinstance(said, str) else here.mapping(said, "an interaction")
        if given is None:
            continue
        here.only(given, ("item", "weight"), "an interaction")
        item = read_path(given.get("item"), here.at("item"))
        weight = read_number(given.get("weight", 1), here.at("weight"), 0, WEIGHTIEST)
        if item is not None and weight is not None:
            found.append(Source(event, item, weight))
    return tuple(found)


def _read_items(data: object, place: Place) -> tuple[PropertyTest, ...]:
    fields = place.mapping(data, "what items must be") or {}
    return tuple(
        PropertyTest(name, op, operand)
        for name, test in fields.items()
        for op, operand in read_tests(test, place.at(name))
    )


def _read_exclude(data: object, sources: Sequence[Source], place: Place) -> dict[str, Span]:
    fields = place.mapping(data, "exclude") or {}
    known = [source.event for source in sources]
    found = {}
    for event, said in fields.items():
        if event not in known:
            place.at(event).unknown("interaction", event, known)
        elif (span := read_span(said, place.at(event))) is not None:
            found[event] = span
    return found


def _read_diversity(data: object, place: Place) -> tuple[tuple[str, ...], float]:
    fields = place.mapping(data, "diversity") or {}
    place.only(fields, ("by", "balance"), "diversity")
    named = fields.get("by", [])
    if not isinstance(named, list | tuple) or not all(isinstance(one, str) for one in named):
        place.at("by").wrong("a list of attributes of items is wanted.", "Write [category, brand].")
        named = []
    balance = read_number(fields.get("balance", BALANCE), place.at("balance"), 0, 1)
    return tuple(map(str, named)), BALANCE if balance is None else balance


def promoting(event: str, path: str) -> Fold:
    """A fold that has the property of the event made a column of texts; its value is of no interest."""
    return Fold(Measure.COUNT, Selection((event,), (PropertyTest(path, Op.NE, ""),)))
