"""The port Packages over SQLAlchemy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields, replace

from sqlalchemy import delete, insert, select, update

from limner.adapters.catalog.catalog import SqlCatalog, record_entry
from limner.adapters.catalog.tables import PACKAGE, PACKAGE_DELIVERY
from limner.ports.catalog import AuditEntry
from limner.ports.packages import Delivery, Status, StoredPackage


class SqlPackages:
    """Packages in the catalog's database; safe to share between threads."""

    def __init__(self, catalog: SqlCatalog) -> None:
        self._catalog = catalog

    def packages(self) -> list[StoredPackage]:
        with self._catalog.transaction() as connection:
            rows = connection.execute(select(PACKAGE).order_by(PACKAGE.c.position)).all()
        return [StoredPackage(row.name, row.definition, row.secret, row.author, row.saved_at) for row in rows]

    def put_package(self, package: StoredPackage, audit: Sequence[AuditEntry] = ()) -> None:
        values = {**asdict(package), "definition": dict(package.definition)}
        with self._catalog.transaction() as connection:
            this = PACKAGE.c.name == package.name
            if connection.execute(update(PACKAGE).where(this).values(**values)).rowcount == 0:
                connection.execute(insert(PACKAGE).values(**values))
            for entry in audit:
                record_entry(connection, entry)

    def drop_package(self, name: str, audit: Sequence[AuditEntry] = ()) -> None:
        with self._catalog.transaction() as connection:
            connection.execute(delete(PACKAGE_DELIVERY).where(PACKAGE_DELIVERY.c.package == name))
            connection.execute(delete(PACKAGE).where(PACKAGE.c.name == name))
            for entry in audit:
                record_entry(connection, entry)

    def package_deliveries(
        self, package: str | None = None, limit: int = 100, before: int | None = None
    ) -> list[Delivery]:
        query = select(PACKAGE_DELIVERY).order_by(PACKAGE_DELIVERY.c.id.desc()).limit(limit)
        if package is not None:
            query = query.where(PACKAGE_DELIVERY.c.package == package)
        if before is not None:
            query = query.where(PACKAGE_DELIVERY.c.id < before)
        with self._catalog.transaction() as connection:
            rows = connection.execute(query).all()
        kept = [{field.name: getattr(row, field.name) for field in fields(Delivery)} for row in rows]
        return [Delivery(**{**values, "status": Status(values["status"])}) for values in kept]

    def put_delivery(self, delivery: Delivery, audit: Sequence[AuditEntry] = ()) -> Delivery:
        values = {**asdict(delivery), "status": delivery.status.value}
        number = values.pop("id")
        with self._catalog.transaction() as connection:
            if number:
                connection.execute(update(PACKAGE_DELIVERY).where(PACKAGE_DELIVERY.c.id == number).values(**values))
            else:
                made = connection.execute(insert(PACKAGE_DELIVERY).values(**values)).inserted_primary_key
                assert made is not None, "a row has a key"
                number = made[0]
            for entry in audit:
                record_entry(connection, entry)
        return replace(delivery, id=number)
