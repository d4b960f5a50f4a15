"""How a published tag stands: deprecated, restored, retired; and who must be told before that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from limner.errors import Conflict, DataError, DefinitionError
from limner.ports.catalog import AuditEntry
from limner.ports.registry import Act, Registered, Registry, Status
from limner.tags.filing import tag_of
from limner.tags.lineage import Users
from limner.tags.registry import find_tag
from limner.tags.review import check_among


@dataclass(frozen=True, slots=True)
class Stood:
    """What became of a tag."""

    name: str
    status: str
    affected: Users
    with_it: Sequence[str] = ()
    """Tags that were retired with it: they read it."""


def deprecate_tag(
    name: str, users: Users, registry: Registry, who: str, at: int, why: str, force: bool = False
) -> Stood:
    """Nobody should begin to use it; it is computed as before. Raises `Conflict` while it is in use, unless forced."""
    _in(name, registry, (Status.PUBLISHED,))
    _check_unused(name, "deprecated", users, why, force)
    return _set(name, Status.DEPRECATED, users, registry, AuditEntry(at, who, "tag.deprecate", name, why))


def restore_tag(name: str, registry: Registry, who: str, at: int, why: str = "") -> Stood:
    """A deprecated or retired tag is published again, in its newest version. Raises `DefinitionError` when that does
    not fit the others any more."""
    item = _in(name, registry, (Status.DEPRECATED, Status.RETIRED))
    if problems := check_among([tag_of(item.version)], registry):
        raise DefinitionError(problems)
    return _set(name, Status.PUBLISHED, Users(), registry, AuditEntry(at, who, "tag.restore", name, why))


def retire_tag(name: str, users: Users, registry: Registry, who: str, at: int, why: str, force: bool = False) -> Stood:
    """Compute it no more; its versions stay. Forced, the tags that read it are retired with it."""
    _in(name, registry, (Status.PUBLISHED, Status.DEPRECATED))
    _check_unused(name, "retired", users, why, force)
    audit = [AuditEntry(at, who, "tag.retire", name, why)]
    audit += [AuditEntry(at, who, "tag.retire", each, f"it reads {name}: {why}") for each in users.tags]
    registry.commit(Act(status=dict.fromkeys([name, *users.tags], Status.RETIRED), audit=audit))
    return Stood(name, Status.RETIRED.value, users, users.tags)


def _in(name: str, registry: Registry, statuses: Sequence[Status]) -> Registered:
    item, draft = find_tag(name, registry)
    if item is None:
        assert draft is not None, "a tag that is found stands or is drafted"
        raise Conflict(f"{name} was never published: it is {draft.stage.value}.")
    if item.status not in statuses:
        wanted = " or ".join(statuses)
        raise Conflict(f"{name} is {item.status.value}; for this it must be {wanted}.")
    return item


def _check_unused(name: str, what: str, users: Users, why: str, force: bool) -> None:
    if not users:
        return
    if not force:
        raise Conflict(
            f"{name} is in use: {say_users(users)}.", hint=f"To have it {what} all the same, force it, with a reason."
        )
    if not why.strip():
        raise DataError(f"{name} is in use ({say_users(users)}): say why it is {what}.", hint="Give a reason.")


def say_users(users: Users) -> str:
    """In words.

    >>> say_users(Users(tags=["tier"], readers={"shop (key 1)": 9}))
    'tags: tier; readers: shop (key 1) (9 times)'
    """
    told = {
        "tags": users.tags,
        "audiences": users.audiences,
        "destinations": users.destinations,
        "readers": [f"{reader} ({count} times)" for reader, count in users.readers.items()],
    }
    return "; ".join(f"{kind}: {', '.join(names)}" for kind, names in told.items() if names)


def _set(name: str, status: Status, users: Users, registry: Registry, entry: AuditEntry) -> Stood:
    registry.commit(Act(status={name: status}, audit=[entry]))
    return Stood(name, status.value, users)
