"""The registry of audiences: named conditions, checked before they are saved, with a trace of who did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from limner.errors import DefinitionError, NotFound, did_you_mean
from limner.model.audience import Audience
from limner.model.check import check_condition
from limner.model.dump import dump_condition
from limner.model.parse_condition import read_condition
from limner.model.parse_tag import check_name, read_title
from limner.model.place import Place
from limner.model.tag import Tag
from limner.ports.audiences import Audiences
from limner.ports.catalog import AuditEntry


@dataclass(frozen=True, slots=True)
class ListedAudience:
    """An audience as it is shown."""

    name: str
    title: Mapping[str, str]
    rule: Mapping[str, Any]
    """As `limner.model.dump` writes it."""
    members: int | None
    """None = nobody has counted them yet."""


def read_audience(name: object, rule: object, title: object, tags: Iterable[Tag]) -> Audience:
    """An audience over these tags. Raises `DefinitionError` with everything that is wrong.

    ``title``: a mapping by language, or a text; None = none.
    """
    place = Place(f"audience {name}"[:80])
    check_name(name, place.at("name"), "an audience")
    condition = read_condition(rule, place.at("rule"))
    called = {} if title is None else read_title(title, place.at("title"))
    unsuited = [] if condition is None else check_condition(condition, tags, f"{place.where}: rule")
    if problems := [*place.problems, *unsuited]:
        raise DefinitionError(problems)
    assert isinstance(name, str), "a name that is no text has a problem"
    assert condition is not None, "a condition that cannot be read has a problem"
    return Audience(name, condition, called)


def save_audience(audience: Audience, audiences: Audiences, author: str, at: int) -> ListedAudience:
    """Keep it, in place of the one with its name. ``at`` is µs UTC."""
    audiences.put_audience(audience, [AuditEntry(at, author, "audience.save", audience.name)])
    return show_audience(audience)


def drop_audience(name: str, audiences: Audiences, author: str, at: int) -> None:
    """Follow it no more. Raises `NotFound`."""
    find_audience(name, audiences)
    audiences.drop_audience(name, [AuditEntry(at, author, "audience.drop", name)])


def find_audience(name: str, audiences: Audiences) -> Audience:
    """Raises `NotFound`."""
    known = {audience.name: audience for audience in audiences.audiences()}
    if name not in known:
        raise NotFound(f"There is no audience {name!r}.", hint=did_you_mean(name, known))
    return known[name]


def show_audience(audience: Audience, members: int | None = None) -> ListedAudience:
    return ListedAudience(audience.name, audience.title, dump_condition(audience.rule), members)
