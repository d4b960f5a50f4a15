"""Random lives for the parity tests: events, folds and instants, with a liking for the edges where mistakes live."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st
from tests.parity.timelines import instant

from limner.model.fold import Evidence, Fold, Measure, Op, PropertyTest, Selection, Span, Step, Window

ZONES = ("Asia/Shanghai", "America/New_York", "UTC")
NAMES = ("view", "cart", "order")
PROFILES = ("profile_set_once", "profile_increment", "profile_append", "profile_unset", "profile_delete")
LIVED = (*NAMES, *NAMES, *NAMES, *PROFILES)
TOLD = ("view", "view", "profile_increment", *PROFILES)
"""Names of lives that say much of traits."""
HOUR = 3_600_000_000
EDGES = (
    "2026-03-07T23:59:59.999999",
    "2026-03-08T00:00",
    "2026-03-08T03:30",
    "2026-03-09T00:00",
    "2026-10-31T12:00",
    "2026-11-01T00:00",
    "2026-11-01T01:30",
    "2026-11-01T23:59:59.999999",
    "2026-11-02T00:00",
    "2026-11-02T00:00:00.000001",
    "2026-11-30T08:00",
    "2028-02-28T12:00",
)
"""New York's clocks change on 8 March and 1 November 2026."""
NUMBERS = (0, 1, -1, 2, 5, 12.5, 0.1, 0.05, 0.00005, -3.25, 1000, 99999999.9999)
WORDS = ("app", "web", "小程序", "", "12", "12.50", "b", "a", "ab", "true")
DATES = ("2026-11-01", "1990-11-02", "2000-02-29", "2026-11-05", "2026-11-02T08:00:00+08:00", "1990-03-09", "someday")


@st.composite
def moments(draw: st.DrawFn, zone: str, edge: str, direction: tuple[int, ...] = (-1, -1, -1, -1, 1)) -> int:
    """Near an edge, before it rather than after it: on it, a microsecond or some hours or days off."""
    step = draw(st.sampled_from((0, 1, HOUR, HOUR, 24 * HOUR, 24 * HOUR, 7 * 24 * HOUR, 123_456_789)))
    return instant(edge, zone) + draw(st.sampled_from(direction)) * step * draw(st.integers(0, 5))


@st.composite
def lives(
    draw: st.DrawFn, most: int = 12, names: tuple[str, ...] = LIVED
) -> tuple[str, list[dict[str, Any]], int, int | None]:
    """Zone, events, as_of, known_at: all of them around one edge."""
    zone, edge = draw(st.sampled_from(ZONES)), draw(st.sampled_from(EDGES))
    least = draw(st.sampled_from((most // 2, most // 2, 0)))
    happened = draw(st.lists(events(zone, edge, names), min_size=least, max_size=most))
    as_of = draw(moments(zone, edge, (1, 1, 1, 1, 1, -1)))
    known_at = draw(st.sampled_from((None, None, as_of - HOUR, as_of, as_of + HOUR)))
    return zone, happened, as_of, known_at


@st.composite
def products(draw: st.DrawFn) -> dict[str, Any]:
    item: dict[str, Any] = {"sku": draw(st.sampled_from(("s1", "s2", "s3")))}
    if draw(st.booleans()):
        item["price"] = draw(st.sampled_from(NUMBERS))
    return item


@st.composite
def events(draw: st.DrawFn, zone: str, edge: str, names: tuple[str, ...]) -> dict[str, Any]:
    time = draw(moments(zone, edge))
    properties: dict[str, Any] = {}
    for name, values in (("amount", NUMBERS), ("channel", WORDS), ("due", DATES), ("mixed", (*NUMBERS, *WORDS, True))):
        if draw(st.integers(0, 7)):
            properties[name] = draw(st.sampled_from(values))
    if draw(st.integers(0, 2)) == 0:
        properties["products"] = draw(st.lists(products(), max_size=3))
    late = draw(st.sampled_from((0, 0, 1, HOUR, 48 * HOUR)))
    name = draw(st.sampled_from(names))
    return {
        "name": name,
        "time": time,
        "received_at": time + late,
        "customer": draw(st.sampled_from((1, 1, 2))),
        "source": draw(st.sampled_from(("web", "crm"))),
        "properties": properties,
        "traits": draw(traits(name)) if name in PROFILES or draw(st.booleans()) else {},
    }


@st.composite
def traits(draw: st.DrawFn, name: str) -> dict[str, Any]:
    """What an event of that name says about a person."""
    city, points = draw(st.sampled_from(("Suzhou", "Wuxi", "上海"))), draw(st.sampled_from(NUMBERS))
    match name:
        case "profile_delete":
            said: dict[str, Any] = {}
        case "profile_unset":
            said = {"city": 1, "points": 1}
        case "profile_append":
            said = {"city": [city], "points": [points]}
        case "profile_increment":
            said = {"city": 5, "points": points}
        case _:
            said = {"city": city, "points": points}
    left_out = draw(st.sampled_from(((), (), ("points",), ("city",))))
    return {trait: value for trait, value in said.items() if trait not in left_out}


spans = st.builds(Span, st.sampled_from((1, 2, 7, 30, 30, 90)), st.sampled_from("dddh"))


@st.composite
def tests(draw: st.DrawFn, elements: bool) -> PropertyTest:
    """One test of ``where``, of any operator."""
    numbers, words = st.sampled_from(NUMBERS), st.sampled_from(WORDS)
    path = draw(st.sampled_from(("amount", "amount", "channel", "channel", "due", "mixed", "time", "never_seen")))
    if elements and draw(st.booleans()):
        path = draw(st.sampled_from(("products[].sku", "products[].price")))
        words = st.sampled_from(("s1", "s2"))
    days = st.sampled_from(("2026-11-01", "2026-11-02T00:00:00", "1995-01-01"))
    ordered = days if path in ("time", "due") else numbers
    equal = days if path == "time" else draw(st.sampled_from((words, numbers, st.booleans())))
    op = draw(st.sampled_from(Op))
    match op:
        case Op.EQ | Op.NE:
            return PropertyTest(path, op, draw(equal))
        case Op.IN | Op.NOT_IN:
            return PropertyTest(path, op, tuple(draw(st.lists(equal, min_size=1, max_size=3))))
        case Op.BETWEEN:
            pair = sorted((draw(ordered), draw(ordered)))
            return PropertyTest(path, op, tuple(pair))
        case Op.CONTAINS | Op.STARTS_WITH:
            return PropertyTest(path, op, draw(st.sampled_from(("a", "1", "序"))))
        case Op.IS_NULL:
            return PropertyTest(path, op, draw(st.booleans()))
        case Op.ANNIVERSARY_WITHIN:
            return PropertyTest(path, op, Span(draw(st.sampled_from((1, 3, 7))), "d"))
        case Op.WITHIN_LAST | Op.WITHIN_NEXT:
            return PropertyTest(path, op, draw(spans))
        case _:
            return PropertyTest(path, op, draw(ordered))


@st.composite
def selections(draw: st.DrawFn, elements: bool = False) -> Selection:
    names = draw(st.sampled_from(((), (), (), ("order",), ("view", "order"), ("order", "cart", "view", "never"))))
    count = draw(st.sampled_from((0, 0, 0, 0, 0, 1, 1, 2)))
    return Selection(names, tuple(draw(tests(elements)) for _ in range(count)))


@st.composite
def windows(draw: st.DrawFn) -> Window:
    shape = draw(st.sampled_from(("all", "all", "within", "within", "before", "between", "after")))
    if shape == "within":
        return Window(draw(spans))
    if shape == "before":
        return Window(draw(st.none() | spans), draw(spans))
    if shape == "between":
        first, last = sorted(
            draw(st.sampled_from((date(2026, 3, 8), date(2026, 10, 31), date(2026, 11, 2)))) for _ in "ab"
        )
        return Window(between=(first, last))
    if shape == "after":
        anchor = Selection(draw(st.sampled_from((("view",), ("view", "cart"), ("never",)))))
        return Window(draw(st.none() | spans), anchor=anchor, anchor_at=draw(st.sampled_from(("first", "last"))))
    return Window()


PATHS = ("amount", "amount", "amount", "channel", "channel", "mixed", "mixed", "due", "never_seen")
VALUES = {"products[].sku": ("s1",), "channel": ("app", "12", 12), "amount": (1, 12.5), "products[].price": (0, 5)}
NUMERIC = (Measure.SUM, Measure.AVG, Measure.MEDIAN)
WHOLE = (Measure.DAYS, Measure.STREAK, Measure.HOURS, Measure.WEEKDAYS, Measure.INTERVAL, Measure.SINCE)


@st.composite
def folds(draw: st.DrawFn, measure: Measure) -> Fold:
    """Any fold of that measure."""
    if measure is Measure.SEQUENCE:
        return draw(sequences())
    elements = draw(st.integers(0, 3)) == 0
    selection, window = draw(selections(elements)), draw(windows())
    path = draw(st.sampled_from(("products[].sku", "products[].price") if elements else PATHS))
    weight = draw(st.sampled_from((None, "amount", "products[].price" if elements else "amount")))
    timed = (Measure.MIN, Measure.MAX, Measure.FIRST, Measure.LAST, Measure.DISTINCT)
    if measure in WHOLE or (measure is Measure.COUNT and draw(st.booleans())):
        return Fold(measure, selection, window)
    if measure in timed and draw(st.integers(0, 5)) == 0:
        path = "time"
    if measure is Measure.TOP:
        evidence = Evidence(
            draw(st.integers(1, 2)), draw(st.sampled_from((0.0, 0.5))), draw(st.sampled_from((0.0, 1.5)))
        )
        return Fold(measure, selection, window, path, weight, evidence=draw(st.none() | st.just(evidence)))
    if measure is Measure.SHARE:
        value = draw(st.sampled_from(VALUES.get(path, (*WORDS, *NUMBERS, True))))
        return Fold(measure, selection, window, path, weight, value=value)
    if measure is Measure.LIST:
        return Fold(measure, selection, window, path, limit=draw(st.sampled_from((None, 1, 2))))
    if measure is Measure.TRAIT:
        resolve = draw(st.sampled_from(("latest", "trusted", "frequent")))
        traits = st.sampled_from(("traits.city", "traits.points", "traits.points", path))
        if draw(st.booleans()):
            selection = Selection(draw(st.sampled_from(((), (), ("view", "profile_increment", "profile_delete")))))
        half_life = draw(st.sampled_from((None, None, 1, 30)))
        return Fold(measure, selection, window, draw(traits), resolve=resolve, half_life=half_life)
    return Fold(measure, selection, window, path)


@st.composite
def sequences(draw: st.DrawFn) -> Fold:
    later = [Step(draw(step_selections()), absent=draw(st.integers(0, 2)) == 0) for _ in range(draw(st.integers(1, 3)))]
    same = draw(st.sampled_from((None, None, "channel", "amount", "never_seen")))
    return Fold(
        Measure.SEQUENCE, steps=(Step(draw(step_selections())), *later), span=draw(st.none() | spans), same=same
    )


@st.composite
def step_selections(draw: st.DrawFn) -> Selection:
    names = draw(st.sampled_from(((), ("view",), ("cart",), ("order",), ("view", "cart"))))
    tested = draw(st.booleans()) and draw(st.booleans())
    return Selection(names, (PropertyTest("channel", Op.EQ, draw(st.sampled_from(WORDS))),) if tested else ())
