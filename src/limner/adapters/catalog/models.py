"""The port Models over SQLAlchemy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields, replace

from sqlalchemy import and_, func, insert, select, update

from limner.adapters.catalog.catalog import SqlCatalog, record_entry
from limner.adapters.catalog.tables import MODEL_VERSION
from limner.errors import NotFound
from limner.ports.catalog import AuditEntry
from limner.ports.models import ModelVersion


class SqlModels:
    """In the catalog's database; safe to share between threads."""

    def __init__(self, catalog: SqlCatalog) -> None:
        self._catalog = catalog

    def versions(self, name: str | None = None) -> list[ModelVersion]:
        query = select(MODEL_VERSION).order_by(MODEL_VERSION.c.name, MODEL_VERSION.c.version)
        if name is not None:
            query = query.where(MODEL_VERSION.c.name == name)
        with self._catalog.transaction() as connection:
            rows = connection.execute(query)
            return [
                ModelVersion(**{each.name: getattr(row, each.name) for each in fields(ModelVersion)}) for row in rows
            ]

    def add_version(self, version: ModelVersion, audit: Sequence[AuditEntry] = ()) -> ModelVersion:
        newest = select(func.max(MODEL_VERSION.c.version)).where(MODEL_VERSION.c.name == version.name)
        with self._catalog.transaction() as connection:
            kept = replace(version, version=1 + (connection.execute(newest).scalar() or 0))
            connection.execute(insert(MODEL_VERSION).values(**asdict(kept)))
            for entry in audit:
                record_entry(connection, entry)
        return kept

    def put_version(self, version: ModelVersion, audit: Sequence[AuditEntry] = ()) -> None:
        same = and_(MODEL_VERSION.c.name == version.name, MODEL_VERSION.c.version == version.version)
        changed = update(MODEL_VERSION).where(same).values(card=dict(version.card), published_at=version.published_at)
        with self._catalog.transaction() as connection:
            if not connection.execute(changed).rowcount:
                raise NotFound(f"There is no version {version.version} of {version.name}.")
            for entry in audit:
                record_entry(connection, entry)
