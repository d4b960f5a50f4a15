"""The port Findings over SQLAlchemy. Of thousands of tags at once: nobody else writes until they are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from sqlalchemy import and_, bindparam, delete, func, insert, select, update

from limner.adapters.catalog.catalog import SqlCatalog
from limner.adapters.catalog.tables import TAG_HEALTH, TAG_READ
from limner.ports.findings import Finding


class SqlFindings:
    """In the catalog's database; safe to share between threads."""

    def __init__(self, catalog: SqlCatalog) -> None:
        self._catalog = catalog

    def keep(self, findings: list[Finding], since: int) -> None:
        rows = [{each.name: getattr(finding, each.name) for each in fields(Finding)} for finding in findings]
        with self._catalog.transaction() as connection:
            connection.execute(delete(TAG_HEALTH).where(TAG_HEALTH.c.day < since))
            if findings:
                same = and_(TAG_HEALTH.c.name == bindparam("its_name"), TAG_HEALTH.c.day == bindparam("its_day"))
                connection.execute(
                    delete(TAG_HEALTH).where(same), [{"its_name": f.name, "its_day": f.day} for f in findings]
                )
                connection.execute(insert(TAG_HEALTH), rows)

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
            today = select(TAG_READ.c.name, TAG_READ.c.reader).where(TAG_READ.c.day == day)
            known = {(row.name, row.reader) for row in connection.execute(today)}
            counted = [
                {"its_name": name, "its_reader": reader, "more": count}
                for (name, reader), count in reads.items()
                if (name, reader) in known
            ]
            fresh = [
                {"name": name, "reader": reader, "day": day, "reads": count}
                for (name, reader), count in reads.items()
                if (name, reader) not in known
            ]
            if counted:
                same = and_(TAG_READ.c.name == bindparam("its_name"), TAG_READ.c.reader == bindparam("its_reader"))
                more = update(TAG_READ).where(same, TAG_READ.c.day == day)
                connection.execute(more.values(reads=TAG_READ.c.reads + bindparam("more")), counted)
            if fresh:
                connection.execute(insert(TAG_READ), fresh)

    def reads(self, since: int) -> dict[str, dict[str, int]]:
        columns = (TAG_READ.c.name, TAG_READ.c.reader, func.sum(TAG_READ.c.reads).label("reads"))
        query = select(*columns).where(TAG_READ.c.day >= since).group_by(TAG_READ.c.name, TAG_READ.c.reader)
        found: dict[str, dict[str, int]] = {}
        with self._catalog.transaction() as connection:
            for row in connection.execute(query.order_by(TAG_READ.c.name, TAG_READ.c.reader)):
                found.setdefault(row.name, {})[row.reader] = int(row.reads)
        return found
