"""The port Registry over SQLAlchemy."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from limner.adapters.catalog.catalog import SqlCatalog, record_entry
from limner.adapters.catalog.tables import TAG, TAG_DRAFT, TAG_VERSION
from limner.errors import Conflict
from limner.ports.registry import Act, Draft, Registered, Stage, Status, TagVersion

OF_VERSION = tuple(field.name for field in fields(TagVersion))


class SqlRegistry:
    """Tags in the catalog's database; safe to share between threads."""

    def __init__(self, catalog: SqlCatalog) -> None:
        self._catalog = catalog
        self._stood: tuple[Hashable, list[Registered]] = (None, [])
        """The tags as they were read last, and the state before."""
        self._state: tuple[int | None, Hashable] = (None, None)
        """The state as it was read last, and the catalog's revision before."""

    def state(self) -> Hashable:
        revision = self._catalog.revision()
        then, state = self._state
        if revision is None or revision != then:
            read = self._read_state()
            state = state if read == state else read  # whoever compares it need not look at each tag
            self._state = revision, state
        return state

    def _read_state(self) -> Hashable:
        """Versions and texts of drafts never change: which there are says all, in a twentieth of the time."""
        standing = select(TAG.c.name, TAG.c.version, TAG.c.status, TAG.c.deprecated, TAG.c.filed)
        drafts = select(*(column for column in TAG_DRAFT.c if column is not TAG_DRAFT.c.definition))
        with self._catalog.transaction() as connection:
            found = (connection.execute(query) for query in (standing.order_by(TAG.c.position), drafts))
            return tuple(tuple(map(tuple, rows)) for rows in found)

    def tags(self) -> list[Registered]:
        state = self.state()
        then, stood = self._stood
        if then is None or state != then:
            stood = self._read_tags()
            self._stood = state, stood
        return list(stood)

    def _read_tags(self) -> list[Registered]:
        newest = (TAG.c.name == TAG_VERSION.c.name) & (TAG.c.version == TAG_VERSION.c.version)
        columns = (TAG_VERSION, TAG.c.status, TAG.c.deprecated, TAG.c.filed)
        query = select(*columns).join(TAG, newest).order_by(TAG.c.position)
        with self._catalog.transaction() as connection:
            return [Registered(_version(row), _status(row), row.filed) for row in connection.execute(query)]

    def versions(self, name: str) -> list[TagVersion]:
        query = select(TAG_VERSION).where(TAG_VERSION.c.name == name).order_by(TAG_VERSION.c.version)
        with self._catalog.transaction() as connection:
            return [_version(row) for row in connection.execute(query)]

    def drafts(self) -> list[Draft]:
        with self._catalog.transaction() as connection:
            return [_draft(row) for row in connection.execute(select(TAG_DRAFT).order_by(TAG_DRAFT.c.position))]

    def commit(self, act: Act) -> None:
        with self._catalog.transaction() as connection:
            for version in act.versions:
                _publish(connection, version)
            for name, status in act.status.items():
                _set(connection, name, **_standing(status))
            for name, filed in act.filed.items():
                _set(connection, name, filed=filed)
            for draft in act.drafts:
                _keep(connection, draft)
            for draft in act.dropped:
                same = (TAG_DRAFT.c.name == draft.name) & (TAG_DRAFT.c.revision == draft.revision)
                if connection.execute(delete(TAG_DRAFT).where(same)).rowcount == 0:
                    raise _changed(draft.name)
            for entry in act.audit:
                record_entry(connection, entry)


def _set(connection: Connection, name: str, **values: Any) -> None:
    connection.execute(update(TAG).where(TAG.c.name == name).values(**values))


def _standing(status: Status) -> dict[str, Any]:
    in_use = Status.RETIRED if status is Status.RETIRED else Status.PUBLISHED
    return {"status": in_use.value, "deprecated": status is Status.DEPRECATED}


def _publish(connection: Connection, version: TagVersion) -> None:
    """Move the tag to this version, or make it; somebody else's version in between is a conflict."""
    standing = {"version": version.version, "status": Status.PUBLISHED.value}
    if version.version == 1:
        connection.execute(insert(TAG).values(name=version.name, **standing))
    else:
        previous = (TAG.c.name == version.name) & (TAG.c.version == version.version - 1)
        if connection.execute(update(TAG).where(previous).values(**standing)).rowcount == 0:
            raise Conflict(f"{version.name} was published by somebody else meanwhile.", hint="Look again and retry.")
    connection.execute(insert(TAG_VERSION).values(**asdict(version)))


def _keep(connection: Connection, draft: Draft) -> None:
    values = asdict(draft)
    if draft.revision == 1:
        connection.execute(insert(TAG_DRAFT).values(**values))
        return
    previous = (TAG_DRAFT.c.name == draft.name) & (TAG_DRAFT.c.revision == draft.revision - 1)
    if connection.execute(update(TAG_DRAFT).where(previous).values(**values)).rowcount == 0:
        raise _changed(draft.name)


def _changed(name: str) -> Conflict:
    return Conflict(f"The draft of {name} was changed by somebody else meanwhile.", hint="Look again and retry.")


def _version(row: Row[Any]) -> TagVersion:
    return TagVersion(*[getattr(row, name) for name in OF_VERSION])


def _status(row: Row[Any]) -> Status:
    return Status.DEPRECATED if row.deprecated and row.status == Status.PUBLISHED else Status(row.status)


def _draft(row: Row[Any]) -> Draft:
    values = {field.name: getattr(row, field.name) for field in fields(Draft)}
    return Draft(**{**values, "stage": Stage(row.stage)})
