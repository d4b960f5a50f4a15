"""The registry of audiences: named conditions, checked before they are saved, with versions and who saved them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from limner.audiences.schedule import check_schedule
from limner.errors import Conflict, DataError, DefinitionError, NotFound, Problem, did_you_mean
from limner.model.algebra import list_users, write_out
from limner.model.audience import Alarm, Audience
from limner.model.check import check_condition
from limner.model.condition import Condition
from limner.model.dump import digest_state, dump_condition
from limner.model.parse_condition import read_condition
from limner.model.parse_tag import check_name, read_title
from limner.model.place import Place
from limner.model.references import audiences_read
from limner.model.tag import Tag
from limner.ports.audiences import Audiences
from limner.ports.catalog import AuditEntry

BOUNDS = ("min", "max", "change")


@dataclass(frozen=True, slots=True)
class ListedAudience:
    """An audience as it is shown."""

    name: str
    title: Mapping[str, str]
    rule: Mapping[str, Any]
    """As `limner.model.dump` writes it."""
    members: int | None
    """None = nobody has counted them yet."""
    as_of: str | None
    """The instant they were counted at."""
    version: int = 1
    live: bool = True
    schedule: str | None = None
    alarm: Mapping[str, float] = field(default_factory=dict)
    """The bounds that are set."""
    alarms: Sequence[Mapping[str, Any]] = ()
    """Those that are passed: ``{alarm, bound, size, before?}``."""
    problem: str | None = None
    """Why nobody is in it now: its rule asks for what is no longer there."""


@dataclass(frozen=True, slots=True)
class Wish:
    """An audience as somebody asks for it; None = as it was, of a new one: nothing."""

    name: object
    rule: object = None
    title: object = None
    live: bool | None = None
    schedule: str | None = None
    """An empty text = none."""
    alarm: Mapping[str, float | None] | None = None


def read_wish(wish: Wish, tags: Iterable[Tag], others: Sequence[Audience], zone: str) -> Audience:
    """The audience that is asked for, over these tags and beside the others.

    Raises `DefinitionError` with everything that is wrong: of its own, and of those that ask for it.
    """
    there = next((each for each in others if each.name == wish.name), None)
    place = Place(f"audience {wish.name}"[:80])
    check_name(wish.name, place.at("name"), "an audience")
    condition = read_condition(wish.rule, place.at("rule")) if wish.rule is not None or there is None else there.rule
    title = {} if there is None else there.title
    title = title if wish.title is None else read_title(wish.title, place.at("title"))
    schedule = _read_schedule(wish.schedule, there, place.at("schedule"), zone)
    alarm = _read_alarm(wish.alarm, there, place.at("alarm"))
    live = (there is None or there.live) if wish.live is None else wish.live
    if condition is None:
        raise DefinitionError(place.problems)
    version = 1 if there is None else there.version
    asked = Audience(str(wish.name), condition, title, version, live, schedule, alarm)
    if problems := [*place.problems, *_check_together(asked, list(tags), others)]:
        raise DefinitionError(problems)
    return asked


def read_audience(name: object, rule: object, title: object, tags: Iterable[Tag]) -> Audience:
    """One that stands alone."""
    return read_wish(Wish(name, {} if rule is None else rule, title), tags, (), "UTC")


def _check_together(asked: Audience, tags: Sequence[Tag], others: Sequence[Audience]) -> list[Problem]:
    """What is wrong with the rule among the others, and with those that ask for it once it is as asked."""
    rules = {**rules_of(others), asked.name: asked.rule}
    try:
        problems = _check(asked, rules, tags)
        for user in [] if problems else list_users(asked.name, rules):
            write_out(rules[user], rules, f"audience {user}: rule")
    except DefinitionError as error:
        return list(error.problems)
    return problems


def _check(audience: Audience, rules: Mapping[str, Condition], tags: Sequence[Tag]) -> list[Problem]:
    """Raises `DefinitionError` for what cannot be written out."""
    where = f"audience {audience.name}"[:80] + ": rule"
    written = write_out(audience.rule, rules, where, audience.name)
    if audience.live and audiences_read(written):
        return [Problem(where, "", "who was in a snapshot cannot be followed live.", "Save it with live: false.")]
    return check_condition(written, tags, where)


def _read_schedule(schedule: str | None, there: Audience | None, place: Place, zone: str) -> str | None:
    if schedule is None:
        return None if there is None else there.schedule
    if not schedule.strip():
        return None
    try:
        check_schedule(schedule, zone)
    except DataError as error:
        place.wrong(error.message, error.hint)
    return " ".join(schedule.split())


def _read_alarm(alarm: Mapping[str, float | None] | None, there: Audience | None, place: Place) -> Alarm:
    if alarm is None:
        return Alarm() if there is None else there.alarm
    place.only(alarm, BOUNDS, "an alarm")
    wrong = [name for name, bound in alarm.items() if bound is not None and not _is_bound(name, bound)]
    for name in wrong:
        place.at(name).wrong("a size is a whole number, and a change a share such as 0.2; neither is below zero.")
    kept: dict[str, Any] = {name: bound for name, bound in alarm.items() if name in BOUNDS and name not in wrong}
    return Alarm(**kept)


def _is_bound(name: str, bound: object) -> bool:
    if isinstance(bound, bool) or not isinstance(bound, int | float) or not math.isfinite(bound):
        return False
    return bound >= 0 and (name == "change" or isinstance(bound, int))


def save_audience(audience: Audience, audiences: Audiences, author: str, at: int) -> Audience:
    """Keep it, in place of the one with its name; another rule is a new version. ``at`` is µs UTC."""
    known = audiences.audience_versions(audience.name)
    same = [each.version for each in known if each.rule == audience.rule]
    newest = known[-1].version if known else 0
    version = newest if newest in same else newest + 1
    kept = replace(audience, version=version, author=author, saved_at=at)
    audiences.put_audience(kept, [AuditEntry(at, author, "audience.save", audience.name, f"version {version}")])
    return kept


def drop_audience(name: str, audiences: Audiences, author: str, at: int, users: Sequence[str] = ()) -> None:
    """Follow it no more; the versions of its rule stay. Raises `NotFound`, and `Conflict` while somebody needs it.

    ``users``: who else does, as they are to be named.
    """
    find_audience(name, audiences)
    affected = [f"audience {user}" for user in list_users(name, rules_of(audiences.audiences()))] + list(users)
    if affected:
        raise Conflict(f"The audience {name} is in use by {', '.join(affected)}.", hint="Change or drop those first.")
    audiences.drop_audience(name, [AuditEntry(at, author, "audience.drop", name)])


def state_of(audience: Audience | None) -> str | None:
    """See `digest_state`; None = there is none."""
    if audience is None:
        return None
    plain = {name: getattr(audience, name) for name in Audience.__slots__ if name not in ("rule", "alarm", "title")}
    return digest_state([plain, dump_condition(audience.rule), asdict(audience.alarm), dict(audience.title)])


def is_same(one: Audience, other: Audience) -> bool:
    """Whoever saved them, and when."""
    return replace(one, version=0, author="", saved_at=0) == replace(other, version=0, author="", saved_at=0)


def find_audience(name: str, audiences: Audiences) -> Audience:
    """Raises `NotFound`."""
    known = {audience.name: audience for audience in audiences.audiences()}
    if name not in known:
        raise NotFound(f"There is no audience {name!r}.", hint=did_you_mean(name, known))
    return known[name]


def rules_of(audiences: Iterable[Audience]) -> dict[str, Condition]:
    return {audience.name: audience.rule for audience in audiences}


def find_problem(audience: Audience, rules: Mapping[str, Condition], tags: Sequence[Tag]) -> str | None:
    """Why its rule cannot be asked now: a tag was retired or renamed, say."""
    try:
        problems = _check(audience, rules, tags)
    except DefinitionError as error:
        return str(error)
    return "\n".join(map(str, problems)) or None


def followed_audiences(audiences: Sequence[Audience], tags: Sequence[Tag]) -> list[Audience]:
    """Those whose members the tick follows, rules written out.

    One whose tag was retired has no members until it gets another rule; nobody else may suffer from it.
    """
    rules = rules_of(audiences)
    sound = [each for each in audiences if each.live and find_problem(each, rules, tags) is None]
    return [replace(each, rule=write_out(each.rule, rules)) for each in sound]


def find_alarms(alarm: Alarm, size: int | None, before: int | None) -> list[dict[str, Any]]:
    """The bounds that a size passes. ``before``: that of the snapshot before.

    >>> find_alarms(Alarm(min=10, change=0.5), 4, 20)
    [{'alarm': 'min', 'bound': 10, 'size': 4}, {'alarm': 'change', 'bound': 0.5, 'size': 4, 'before': 20}]
    """
    found: list[dict[str, Any]] = []
    if size is None:
        return found
    if alarm.min is not None and size < alarm.min:
        found.append({"alarm": "min", "bound": alarm.min, "size": size})
    if alarm.max is not None and size > alarm.max:
        found.append({"alarm": "max", "bound": alarm.max, "size": size})
    if alarm.change is not None and before is not None and abs(size - before) > alarm.change * before:
        found.append({"alarm": "change", "bound": alarm.change, "size": size, "before": before})
    return found


def show_audience(
    audience: Audience,
    members: int | None = None,
    as_of: str | None = None,
    before: int | None = None,
    problem: str | None = None,
) -> ListedAudience:
    bounds = {name: getattr(audience.alarm, name) for name in BOUNDS}
    return ListedAudience(
        audience.name,
        audience.title,
        dump_condition(audience.rule),
        members,
        as_of,
        audience.version,
        audience.live,
        audience.schedule,
        {name: bound for name, bound in bounds.items() if bound is not None},
        find_alarms(audience.alarm, members, before),
        problem,
    )
