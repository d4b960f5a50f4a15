"""The port Answers over SQLAlchemy."""

from __future__ import annotations

from dataclasses import asdict, fields

from sqlalchemy import delete, insert, select

from limner.adapters.catalog.catalog import SqlCatalog
from limner.adapters.catalog.tables import ANSWER
from limner.ports.answers import Answer


class SqlAnswers:
    """In the catalog's database; safe to share between threads."""

    def __init__(self, catalog: SqlCatalog) -> None:
        self._catalog = catalog

    def find(self, caller: str, key: str) -> Answer | None:
        query = select(ANSWER).where(ANSWER.c.caller == caller, ANSWER.c.key == key)
        with self._catalog.transaction() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else Answer(**{field.name: getattr(row, field.name) for field in fields(Answer)})

    def keep(self, answer: Answer, since: int, most: int) -> None:
        own = ANSWER.c.caller == answer.caller
        with self._catalog.transaction() as connection:
            connection.execute(delete(ANSWER).where((ANSWER.c.at < since) | (own & (ANSWER.c.key == answer.key))))
            connection.execute(insert(ANSWER).values(**asdict(answer)))
            newest = select(ANSWER.c.at).where(own).order_by(ANSWER.c.at.desc()).offset(most - 1).limit(1)
            bound = connection.execute(newest).scalar()
            if bound is not None:
                connection.execute(delete(ANSWER).where(own, ANSWER.c.at < bound))

    def forget(self) -> None:
        with self._catalog.transaction() as connection:
            connection.execute(delete(ANSWER))
