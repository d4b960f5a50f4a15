"""The ports Users and Sessions over SQLAlchemy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from limner.adapters.catalog.catalog import SqlCatalog, record_entry
from limner.adapters.catalog.tables import SESSION, USER
from limner.ports.catalog import AuditEntry
from limner.ports.users import Session, User


class SqlUsers:
    """In the catalog's database; safe to share between threads."""

    def __init__(self, catalog: SqlCatalog) -> None:
        self._catalog = catalog

    def users(self) -> list[User]:
        with self._catalog.transaction() as connection:
            return [_user(row) for row in connection.execute(select(USER).order_by(USER.c.position))]

    def find_user(self, name: str) -> User | None:
        with self._catalog.transaction() as connection:
            row = connection.execute(select(USER).where(USER.c.name == name)).one_or_none()
        return None if row is None else _user(row)

    def find_subject(self, subject: str) -> User | None:
        with self._catalog.transaction() as connection:
            row = connection.execute(select(USER).where(USER.c.subject == subject)).one_or_none()
        return None if row is None else _user(row)

    def put_user(self, user: User, audit: Sequence[AuditEntry] = ()) -> None:
        values = asdict(user)
        changing = {name: value for name, value in values.items() if name not in ("name", "created_at")}
        with self._catalog.transaction() as connection:
            changed = connection.execute(update(USER).where(USER.c.name == user.name).values(**changing))
            if changed.rowcount == 0:
                connection.execute(insert(USER).values(**values))
            for entry in audit:
                record_entry(connection, entry)


class SqlSessions:
    """In the catalog's database; safe to share between threads."""

    def __init__(self, catalog: SqlCatalog) -> None:
        self._catalog = catalog

    def find_session(self, digest: str) -> Session | None:
        query = select(SESSION).where((SESSION.c.digest == digest) | (SESSION.c.previous_digest == digest))
        with self._catalog.transaction() as connection:
            row = connection.execute(query).first()
        return None if row is None else Session(**{field.name: getattr(row, field.name) for field in fields(Session)})

    def add_session(self, session: Session) -> None:
        with self._catalog.transaction() as connection:
            connection.execute(insert(SESSION).values(**asdict(session)))

    def change_session(self, session: Session) -> None:
        with self._catalog.transaction() as connection:
            connection.execute(update(SESSION).where(SESSION.c.id == session.id).values(**asdict(session)))

    def end_session(self, id: str) -> None:
        with self._catalog.transaction() as connection:
            connection.execute(delete(SESSION).where(SESSION.c.id == id))

    def end_sessions(self, user: str, but: str | None = None) -> None:
        with self._catalog.transaction() as connection:
            connection.execute(delete(SESSION).where(SESSION.c.user == user, SESSION.c.id != (but or "")))

    def forget_sessions(self, seen_before: int, created_before: int) -> None:
        old = (SESSION.c.seen_at < seen_before) | (SESSION.c.created_at < created_before)
        with self._catalog.transaction() as connection:
            connection.execute(delete(SESSION).where(old))


def _user(row: Row[Any]) -> User:
    return User(**{field.name: getattr(row, field.name) for field in fields(User)})
