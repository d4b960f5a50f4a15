"""The port Findings over SQLAlchemy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields

from sqlalchemy import and_, delete, func, insert, select, update

from limner.adapters.catalog.catalog import SqlCatalog
from limner.adapters.catalog.tables import TAG_HEALTH, TAG_READ
from limner.ports.findings import Finding


class SqlFindings:
    """In the catalog's database; safe to share between threads."""

    def __init__(self, catalog: SqlCatalog) -> None:
        self._catalog = catalog

    def keep(self, findings: list[Finding], since: int) -> None:
        with self._catalog.transaction() as connection:
            connection.execute(delete(TAG_HEALTH).where(TAG_HEALTH.c.day < since))
            for finding in findings:
                same = and_(TAG_HEALTH.c.name == finding.name, TAG_HEALTH.c.day == finding.day)
                connection.execute(delete(TAG_HEALTH).where(same))
                connection.execute(insert(TAG_HEALTH).values(**asdict(finding)))

    def findings(self, name: str | None = None) -> list[Finding]:
        query = select(TAG_HEALTH).order_by(TAG_HEALTH.c.day, TAG_HEALTH.c.name)
        if name is not None:
            query = query.where(TAG_HEALTH.c.name == name)
        with self._catalog.transaction() as connection:
            rows = connection.execute(query)
            return [Finding(**{field.name: getattr(row, field.name) for field in fields(Finding)}) for row in rows]

    def add_reads(self, day: int, reads: Mapping[tuple[str, str], int], since: int) -> None:
        with self._catalog.transaction() as connection:
            connection.execute(delete(TAG_READ).where(TAG_READ.c.day < since))
            for (name, reader), count in reads.items():
                same = and_(TAG_READ.c.name == name, TAG_READ.c.reader == reader, TAG_READ.c.day == day)
                more = update(TAG_READ).where(same).values(reads=TAG_READ.c.reads + count)
                if connection.execute(more).rowcount == 0:
                    connection.execute(insert(TAG_READ).values(name=name, reader=reader, day=day, reads=count))

    def reads(self, since: int) -> dict[str, dict[str, int]]:
        columns = (TAG_READ.c.name, TAG_READ.c.reader, func.sum(TAG_READ.c.reads).label("reads"))
        query = select(*columns).where(TAG_READ.c.day >= since).group_by(TAG_READ.c.name, TAG_READ.c.reader)
        found: dict[str, dict[str, int]] = {}
        with self._catalog.transaction() as connection:
            for row in connection.execute(query.order_by(TAG_READ.c.name, TAG_READ.c.reader)):
                found.setdefault(row.name, {})[row.reader] = int(row.reads)
        return found
