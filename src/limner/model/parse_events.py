"""Read which events a fold is over, and when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from limner.model.fold import PropertyTest, Selection, Span, Window
from limner.model.parse_value import LONGEST, read_date, read_path, read_span, read_tests
from limner.model.place import Place, describe, trap_hint

WINDOW_FIELDS = ("within", "before", "between", "after")
EVENT_FIELDS = ("of", "where", *WINDOW_FIELDS)


def read_names(data: object, place: Place) -> tuple[str, ...]:
    """Event names: one, a list, or ``'*'`` for all (an empty tuple)."""
    if data == "*":
        return ()
    items = data if isinstance(data, list | tuple) else [data]
    if not items:
        place.wrong("the list of events is empty.", "Leave it out for all events.")
    names = []
    for item in items:
        if isinstance(item, str) and item.strip() and item != "*":
            names.append(item.strip())
        else:
            place.wrong(f"the name of an event is wanted, but this is {describe(item)}.", trap_hint(item))
    return tuple(dict.fromkeys(names))


def read_selection(fields: Mapping[str, object], place: Place) -> Selection:
    """Fields ``of`` and ``where``."""
    names = read_names(fields["of"], place.at("of")) if "of" in fields else ()
    where = read_where(fields["where"], place.at("where")) if "where" in fields else ()
    return Selection(names, where)


def read_where(data: object, place: Place) -> tuple[PropertyTest, ...]:
    """``{channel: app, amount: {gt: 0}}``: every test must pass."""
    fields = place.mapping(data, "where")
    tests = []
    for name, test in (fields or {}).items():
        path = read_path(name, place)
        found = read_tests(test, place.at(name))
        tests += [PropertyTest(path, op, operand) for op, operand in found if path is not None]
    return tuple(tests)


def read_window(fields: Mapping[str, object], place: Place) -> Window:
    """Fields ``within``, ``before``, ``between`` and ``after``; a wrong one is told and left out."""
    given = [name for name in WINDOW_FIELDS if name in fields]
    within = read_span(fields["within"], place.at("within")) if "within" in fields else None
    before = read_span(fields["before"], place.at("before")) if "before" in fields else None
    if "between" in given:
        if len(given) > 1:
            others = " and ".join(name for name in given if name != "between")
            place.at("between").wrong(f"between stands alone, but {others} is given as well.", "Keep one of them.")
        return Window(between=_read_between(fields["between"], place.at("between")))
    if "after" in given:
        if "before" in given:
            place.at("before").wrong("before cannot be used with after.", "Keep one of them.")
        return _read_anchor(fields["after"], within, place.at("after"))
    return Window(within, before)


def _read_between(data: object, place: Place) -> tuple[date, date] | None:
    if not isinstance(data, list | tuple) or len(data) != 2:
        place.wrong(f"between takes two dates, but this is {describe(data)}.", "Write [2026-11-01, 2026-11-11].")
        return None
    first, last = (read_date(item, place.at(i)) for i, item in enumerate(data))
    if first is None or last is None:
        return None
    if first > last:
        place.wrong(f"between is the wrong way round: {first} is after {last}.", f"Write [{last}, {first}].")
        return None
    if (last - first).days > LONGEST["d"]:
        place.wrong(f"{first} to {last} is over 100 years.", "Leave the window out for all time.")
        return None
    return (first, last)


def _read_anchor(data: object, within: Span | None, place: Place) -> Window:
    """``{first: register}``, ``{last: login, where: {...}}``."""
    fields = place.mapping(data, "after")
    given = [at for at in ("first", "last") if at in (fields or {})]
    if fields is None or len(given) != 1:
        if fields is not None:
            place.wrong("after needs the event it counts from.", "Write {first: register} or {last: login}.")
        return Window(within)
    place.only(fields, (given[0], "where"), "after")
    names = read_names(fields[given[0]], place.at(given[0]))
    where = read_where(fields["where"], place.at("where")) if "where" in fields else ()
    return Window(within, anchor=Selection(names, where), anchor_at="first" if given[0] == "first" else "last")
