"""Read a fold: the measure with what belongs to it, and sequences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from limner.errors import did_you_mean
from limner.model.fold import Evidence, Fold, Measure, Selection, Step
from limner.model.parse_events import EVENT_FIELDS, read_names, read_selection, read_window
from limner.model.parse_value import (
    read_days,
    read_number,
    read_path,
    read_scalar,
    read_span,
    read_whole,
)
from limner.model.place import Place

MEASURES = tuple(measure.value for measure in Measure)
OWN_FIELDS: Mapping[Measure, tuple[str, ...]] = {
    Measure.TOP: ("by", "evidence"),
    Measure.SHARE: ("by",),
    Measure.LIST: ("last",),
    Measure.TRAIT: ("resolve", "half_life"),
}
"""Fields that belong to one measure, besides those of every measure."""
SEQUENCE_FIELDS = ("within", "same")
WHOLE_EVENT = (Measure.DAYS, Measure.STREAK, Measure.HOURS, Measure.WEEKDAYS, Measure.INTERVAL, Measure.SINCE)
"""Measures that read no property: ``{since: '*', of: order_paid}``, or shorter ``{since: order_paid}``."""
TIME = "time"
MOST_STEPS = 31
"""Steps that must happen: a kernel keeps one bit for each."""
RESOLVES = ("latest", "trusted", "frequent")


def read_fold(data: object, place: Place) -> Fold | None:
    """None after telling the place what is wrong."""
    fields = place.mapping(data, "a fold")
    measure = None if fields is None else find_measure(fields, place)
    if fields is None or measure is None:
        return None
    return read_measured(measure, fields, place)


def find_measure(fields: Mapping[str, object], place: Place) -> Measure | None:
    """The one measure among the fields of a fold."""
    found = [key for key in fields if key in MEASURES and not (key == "last" and "list" in fields)]
    if len(found) == 1:
        return Measure(found[0])
    if found:
        place.wrong(f"a fold has one measure, but this has {' and '.join(found)}.", "Make a tag of each.")
        return None
    strange = [key for key in fields if key not in EVENT_FIELDS and key not in SEQUENCE_FIELDS]
    if strange:
        place.at(strange[0]).unknown("measure", strange[0], MEASURES)
    else:
        place.wrong("the fold names no measure.", f"Known: {', '.join(MEASURES)}.")
    return None


def known_fields(measure: Measure) -> tuple[str, ...]:
    if measure is Measure.SEQUENCE:
        return (measure.value, *SEQUENCE_FIELDS)
    return (measure.value, *EVENT_FIELDS, *OWN_FIELDS.get(measure, ()))


def read_measured(measure: Measure, fields: Mapping[str, object], place: Place) -> Fold | None:
    """A fold whose measure is known."""
    known = known_fields(measure)
    for key in (key for key in fields if key not in known):
        owners = [owner.value for owner, own in OWN_FIELDS.items() if key in own]
        hint = f"It belongs to {' and '.join(owners)}." if owners else did_you_mean(key, known)
        place.at(key).wrong(f"{measure} has no field {key!r}.", hint)
    fields = {key: value for key, value in fields.items() if key in known}
    if measure is Measure.SEQUENCE:
        return _read_sequence(fields, place)
    if measure in WHOLE_EVENT:
        fields = _spread_shorthand(measure, fields, place)
    parts = _read_argument(measure, fields[measure], place.at(measure))
    selection = read_selection(fields, place)
    window = read_window(fields, place)
    if "by" in fields:
        parts["weight"] = _read_weight(fields["by"], place.at("by"))
    if "evidence" in fields:
        parts["evidence"] = _read_evidence(fields["evidence"], place.at("evidence"))
    if measure is Measure.LIST and "last" in fields:
        parts["limit"] = read_whole(fields["last"], place.at("last"))
    if "resolve" in fields:
        parts["resolve"] = _read_resolve(fields["resolve"], place.at("resolve"))
    if "half_life" in fields:
        parts["half_life"] = _read_half_life(fields["half_life"], place.at("half_life"))
    fold = Fold(measure, selection, window, **parts)
    _check_meaning(fold, place)
    return fold


def _spread_shorthand(measure: Measure, fields: Mapping[str, object], place: Place) -> Mapping[str, object]:
    """``{since: order_paid}`` is ``{since: '*', of: order_paid}``."""
    argument = fields[measure]
    if argument == "*" or argument is None or isinstance(argument, Mapping):
        return fields
    if "of" in fields:
        place.at(measure).wrong(
            f"{measure} takes no property: write '*'.", f"The events are named by of: {fields['of']}."
        )
        return {**fields, measure.value: "*"}
    return {**fields, measure.value: "*", "of": argument}


def _read_argument(measure: Measure, argument: object, place: Place) -> dict[str, Any]:
    """What stands after the measure's name, as parts of a Fold."""
    if measure in WHOLE_EVENT or (measure is Measure.COUNT and (argument == "*" or argument is None)):
        if argument != "*":
            place.wrong(f"{measure} counts whole events: write {{{measure}: '*'}}.")
        return {}
    if measure is Measure.SHARE:
        return _read_share(argument, place)
    path = read_path(argument, place)
    if measure is Measure.TRAIT and path is not None and not path.startswith("traits."):
        path = f"traits.{path}"
    return {"path": path}


def _read_share(argument: object, place: Place) -> dict[str, Any]:
    if not isinstance(argument, Mapping) or len(argument) != 1:
        place.wrong("share takes one property and its value.", "Write {share: {category: shoes}}.")
        return {}
    (name, value), *_ = argument.items()
    return {"path": read_path(name, place), "value": read_scalar(value, place.at(str(name)))}


def _read_weight(data: object, place: Place) -> str | None:
    """``{sum: amount}`` weighs by a number, ``{count: '*'}`` by one."""
    if isinstance(data, Mapping) and len(data) == 1:
        if "sum" in data:
            return read_path(data["sum"], place.at("sum"))
        if data.get("count") == "*":
            return None
    place.wrong("by says what an event weighs.", "Write {sum: amount} or {count: '*'}.")
    return None


def _read_evidence(data: object, place: Place) -> Evidence | None:
    fields = place.mapping(data, "evidence")
    if fields is None:
        return None
    place.only(fields, ("times", "share", "lift"), "evidence")
    times = read_whole(fields["times"], place.at("times")) if "times" in fields else 1
    share = read_number(fields["share"], place.at("share"), 0, 1) if "share" in fields else 0.0
    lift = read_number(fields["lift"], place.at("lift"), 0) if "lift" in fields else 0.0
    return None if times is None or share is None or lift is None else Evidence(times, share, lift)


def _read_resolve(data: object, place: Place) -> str:
    if data not in RESOLVES:
        place.unknown("way to resolve", data, RESOLVES)
        return "latest"
    return str(data)


def _read_half_life(data: object, place: Place) -> int | None:
    span = read_days(data, place)
    return None if span is None else span.length


def _read_sequence(fields: Mapping[str, object], place: Place) -> Fold | None:
    steps = read_steps(fields["sequence"], place.at("sequence"))
    span = read_span(fields["within"], place.at("within")) if "within" in fields else None
    same = read_path(fields["same"], place.at("same")) if "same" in fields else None
    if sum(not step.absent for step in steps) > MOST_STEPS:
        place.at("sequence").wrong(f"a sequence has at most {MOST_STEPS} steps that must happen.")
    if steps and steps[-1].absent and "within" not in fields:
        place.wrong("the last step must not happen, but until when?", "Add within: 2d.")
    fold = Fold(Measure.SEQUENCE, steps=steps, span=span, same=same)
    _check_meaning(fold, place)
    return fold


def read_steps(data: object, place: Place) -> tuple[Step, ...]:
    """``[view_item, {of: add_to_cart, where: {...}}, {not: order_paid}]``."""
    if not isinstance(data, list | tuple) or len(data) < 2:
        place.wrong("a sequence is a list of two steps or more.", "Write [view_item, order_paid].")
        return ()
    steps = [_read_step(item, place.at(i)) for i, item in enumerate(data)]
    if steps[0].absent:
        place.at(0).wrong("a sequence cannot begin with a step that must not happen.")
    return tuple(steps)


def _read_step(data: object, place: Place) -> Step:
    if isinstance(data, Mapping) and "not" in data:
        place.only(data, ("not",), "a step that must not happen")
        return Step(_read_awaited(data["not"], place.at("not")), absent=True)
    return Step(_read_awaited(data, place))


def _read_awaited(data: object, place: Place) -> Selection:
    """The events a step is about: names, or ``{of: add_to_cart, where: {...}}``."""
    if not isinstance(data, Mapping):
        return Selection(read_names(data, place))
    fields = place.mapping(data, "a step")
    if fields is None or "of" not in fields:
        place.wrong("a step needs the event it waits for.", "Write view_item or {of: view_item, where: {...}}.")
        return Selection()
    place.only(fields, ("of", "where"), "a step")
    return read_selection(fields, place)


def _check_meaning(fold: Fold, place: Place) -> None:
    """What each part allows and the whole does not."""
    if fold.path == TIME and fold.measure in (Measure.SUM, Measure.AVG, Measure.MEDIAN, Measure.LIST):
        place.at(fold.measure).wrong(f"{fold.measure} of time has no meaning.", "Use first, last, min or max.")
    if fold.weight == TIME:
        place.at("by").wrong("an event cannot weigh its time.", "Write {sum: amount} or {count: '*'}.")
    chosen = [step.selection for step in fold.steps] or [fold.selection]
    _check_lists([fold.path, fold.weight, fold.same, *_tested(*chosen)], place)
    if fold.window.anchor is not None:
        _check_lists(_tested(fold.window.anchor), place.at("after"))


def _tested(*selections: Selection) -> list[str]:
    return [test.path for selection in selections for test in selection.where]


def _check_lists(paths: Iterable[str | None], place: Place) -> None:
    """Elements of two lists of one event cannot be paired."""
    lists = dict.fromkeys(path.partition("[]")[0] for path in paths if path and "[]" in path)
    if len(lists) > 1:
        names = " and ".join(f"{name}[]" for name in lists)
        place.wrong(f"a fold can look into one list of an event, but this looks into {names}.")
