"""Random customers with a value of every type, and random rules over them, as JSON says them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st
from tests.audiences.test_insight import NOBODY
from tests.parity import stories

from limner.fold.export import export_table
from limner.model.clock import local_day
from limner.model.column import NULL_CODE, NULL_NUMBER, Folded, TagColumn, ValueType
from limner.model.timeline import Kind

Row = Mapping[str, Any]
CITIES = ("上海", "北京", "O'Fallon", "", "a", "ab", "B", "12", "12.0", "true")
HOBBIES = ("ab", "b", "12", "上海")
BORN = ("1990-11-15", "2000-02-29", "2026-03-08", "2026-11-01", "2026-11-02", "2028-02-28", "2028-02-29", "someday", "")
SIZES = (0.0, 0.5, -2.0, 12.0)
AUDIENCES = {"a": {"orders": {"gte": 1}}, "b": {"minus": [{"audience": "a"}, {"vip": True}]}}
SNAPSHOT = "in_snapshot"
"""Whether a customer was in snapshot 1 of audience a: no tag, but asked for in rules."""


@st.composite
def instants(draw: st.DrawFn) -> tuple[str, int]:
    """A zone, and an instant near one of its midnights and changes of clocks."""
    zone, edge = draw(st.sampled_from(stories.ZONES)), draw(st.sampled_from(stories.EDGES))
    return zone, draw(stories.moments(zone, edge, (1, -1)))


@st.composite
def rows(draw: st.DrawFn, as_of: int) -> Row:
    hour = stories.HOUR
    hours = st.sampled_from((0, 1, 5, 6, 7, 23, 24, 25, 48, 24 * 40))
    return {
        "city": draw(st.none() | st.sampled_from(CITIES)),
        "born": draw(st.none() | st.sampled_from(BORN)),
        "vip": draw(st.none() | st.booleans()),
        "orders": draw(st.none() | st.integers(-3, 3)),
        "spend": draw(st.none() | st.integers(-30, 30).map(lambda cents: cents / 10)),
        "ratio": draw(st.none() | st.sampled_from((0.0, -0.0, 0.1, 1 / 3, 1.0, -2.5, 1e300))),
        "seen": draw(st.none() | st.builds(lambda n, sign: as_of + sign * n * hour, hours, st.sampled_from((1, -1)))),
        "idle": draw(st.none() | st.integers(0, 3)),
        "hobbies": draw(st.lists(st.sampled_from(HOBBIES), max_size=3, unique=True)) or None,
        "sizes": draw(st.lists(st.sampled_from(SIZES), max_size=3, unique=True)) or None,
        "days": draw(st.none() | st.just([0, 0, 1, 0, 0, 0, 2])),
        SNAPSHOT: draw(st.booleans()),
    }


KINDS = {"city": Kind.TEXT, "born": Kind.TEXT, "hobbies": Kind.TEXT, "seen": Kind.TIME}
"""Those that are no numbers."""
SIGNED = ("eq", "ne", "gt", "gte", "lt", "lte")
LIST = ("hobbies", "sizes")
PLAIN = {
    "city": st.sampled_from(CITIES),
    "orders": st.integers(-3, 3),
    "spend": st.integers(-30, 30).map(lambda n: n / 10) | st.just(0.00005),
    "ratio": st.sampled_from((0, 0.1, 1, -2.5, 0.3333)),
    "idle": st.integers(-1, 3),
    "hobbies": st.sampled_from(HOBBIES),
    "sizes": st.sampled_from((*SIZES, 0.25)),
}
"""What each tag is compared with, whatever the sign."""
DATES = st.sampled_from(("2026-03-08", "2026-11-01", "2026-11-02", "2028-02-28", "2000-02-29"))
spans = st.builds(lambda n, unit: f"{n}{unit}", st.sampled_from((1, 2, 6, 30)), st.sampled_from("dh"))
days = st.sampled_from((1, 3, 366)).map(lambda n: f"{n}d")


def both(literal: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.tuples(literal, literal).map(sorted)


def tests() -> st.SearchStrategy[tuple[str, str, Any]]:
    """A tag, an operator and what it is compared with."""
    some = [
        st.one_of(
            st.tuples(st.just(tag), st.sampled_from(("eq", "ne")), literal),
            st.tuples(st.just(tag), st.sampled_from(("in", "not_in")), st.lists(literal, min_size=1, max_size=3)),
        )
        for tag, literal in PLAIN.items()
    ]
    ordered = [
        st.tuples(st.just(tag), st.sampled_from(SIGNED), literal)
        | st.tuples(st.just(tag), st.just("between"), both(literal))
        for tag, literal in PLAIN.items()
        if tag not in KINDS
    ]
    words = st.tuples(
        st.sampled_from(("city", "hobbies", "born")),
        st.sampled_from(("contains", "starts_with")),
        st.sampled_from(("a", "1", "上", "'", "b")),
    )
    dates = st.one_of(
        st.tuples(st.just("seen"), st.sampled_from(SIGNED), DATES),
        st.tuples(st.just("born"), st.sampled_from(("gt", "gte", "lt", "lte")), DATES),
        st.tuples(st.sampled_from(("seen", "born")), st.just("between"), both(DATES)),
        st.tuples(st.just("seen"), st.sampled_from(("within_last", "within_next")), spans),
        st.tuples(st.just("born"), st.sampled_from(("within_last", "within_next")), days),
        st.tuples(st.sampled_from(("seen", "born")), st.just("anniversary_within"), days),
    )
    nulls = st.tuples(st.sampled_from((*PLAIN, "vip", "seen", "born", "days")), st.just("is_null"), st.booleans())
    numbers_in_words = st.tuples(st.just("city"), st.sampled_from(("eq", "ne")), st.just(12))
    return st.one_of(
        *some,
        *ordered,
        words,
        dates,
        dates,
        nulls,
        numbers_in_words,
        st.tuples(st.just("vip"), st.just("eq"), st.booleans()),
    )


def leaves() -> st.SearchStrategy[Any]:
    one = tests().map(lambda test: {test[0]: {test[1]: test[2]}})
    bare = st.one_of(
        st.fixed_dictionaries({"city": PLAIN["city"]}),
        st.fixed_dictionaries({"orders": st.lists(PLAIN["orders"], min_size=1, max_size=2)}),
        st.fixed_dictionaries({"vip": st.booleans(), "spend": st.just({"gte": -1, "lt": 1.5})}),
    )
    audiences = st.sampled_from([{"audience": "a"}, {"audience": "b"}, {"audience": "a", "snapshot": 1}, {"all": []}])
    return one | one | one | bare | audiences


def rules() -> st.SearchStrategy[Any]:
    return st.recursive(
        leaves(),
        lambda inner: st.one_of(
            inner.map(lambda item: {"not": item}),
            st.lists(inner, max_size=3).map(lambda items: {"all": items}),
            st.lists(inner, min_size=1, max_size=3).map(lambda items: {"any": items}),
            st.lists(inner | st.sampled_from(["a", "b"]), min_size=2, max_size=3).map(lambda items: {"union": items}),
            st.lists(inner | st.sampled_from(["a", "b"]), min_size=2, max_size=3).map(lambda items: {"minus": items}),
            st.lists(inner, min_size=2, max_size=3).map(lambda items: {"intersect": items}),
        ),
        max_leaves=6,
    )


@dataclass(frozen=True)
class Crowded:
    """The same customers as columns and as an SQL table."""

    folded: Folded
    snapshot: TagColumn
    table: pa.Table


def fold_rows(given: Sequence[Row], zone: str, as_of: int) -> Crowded:
    size = len(given)

    def stored(name: str, scale: int = 1) -> Any:
        return np.array([NULL_NUMBER if row[name] is None else round(row[name] * scale) for row in given], np.int64)

    def coded(name: str, words: Sequence[str]) -> TagColumn:
        codes = [NULL_CODE if row[name] is None else words.index(row[name]) for row in given]
        return TagColumn(ValueType.TEXT, np.array(codes, np.int32), dictionary=tuple(words))

    def listed(name: str) -> tuple[list[Any], Any]:
        items = [row[name] or [] for row in given]
        return [item for some in items for item in some], np.concatenate([[0], np.cumsum([*map(len, items)])])

    hobbies, hobbies_at = listed("hobbies")
    sizes, sizes_at = listed("sizes")
    today = local_day(as_of, zone)
    idle = [NULL_NUMBER if row["idle"] is None else today - row["idle"] for row in given]
    days = [row["days"] or [0] * 7 for row in given]
    columns = {
        "city": coded("city", CITIES),
        "born": coded("born", BORN),
        "vip": TagColumn(ValueType.BOOL, np.array([-1 if r["vip"] is None else int(r["vip"]) for r in given], np.int8)),
        "orders": TagColumn(ValueType.INTEGER, stored("orders")),
        "spend": TagColumn(ValueType.DECIMAL, stored("spend", 10_000), scale=4),
        "ratio": TagColumn(ValueType.FLOAT, np.array([np.nan if r["ratio"] is None else r["ratio"] for r in given])),
        "seen": TagColumn(ValueType.TIME, stored("seen")),
        "idle": TagColumn(ValueType.INTEGER, np.array(idle, np.int64), since_last=True),
        "hobbies": TagColumn(
            ValueType.TEXTS, np.array([*map(HOBBIES.index, hobbies)], np.int32), dictionary=HOBBIES, offsets=hobbies_at
        ),
        "sizes": TagColumn(
            ValueType.NUMBERS, np.array([round(n * 10_000) for n in sizes], np.int64), scale=4, offsets=sizes_at
        ),
        "days": TagColumn(ValueType.COUNTS, np.array(days, np.int32)),
    }
    was = [row[SNAPSHOT] for row in given]
    folded = Folded(np.arange(size, dtype=np.int32), columns, as_of, 0)
    table = export_table(folded, columns, NOBODY, zone).append_column(SNAPSHOT, pa.array(was))
    return Crowded(folded, TagColumn(ValueType.BOOL, np.array(was, np.int8)), table)
