"""The port Personas over SQLAlchemy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace

from sqlalchemy import insert, select

from limner.adapters.catalog.catalog import SqlCatalog, record_entry
from limner.adapters.catalog.tables import PERSONA_CARD, PERSONA_FIT
from limner.ports.catalog import AuditEntry
from limner.ports.personas import PersonaFit, StoredCard


class SqlPersonas:
    """Personas in the catalog's database; safe to share between threads."""

    def __init__(self, catalog: SqlCatalog) -> None:
        self._catalog = catalog

    def fits(self) -> list[PersonaFit]:
        with self._catalog.transaction() as connection:
            rows = connection.execute(select(PERSONA_FIT).order_by(PERSONA_FIT.c.number)).all()
        return [PersonaFit(row.document, row.author, row.made_at, row.number) for row in rows]

    def add_fit(self, fit: PersonaFit, cards: Sequence[StoredCard], audit: Sequence[AuditEntry] = ()) -> PersonaFit:
        values = {"document": dict(fit.document), "author": fit.author, "made_at": fit.made_at}
        with self._catalog.transaction() as connection:
            made = connection.execute(insert(PERSONA_FIT).values(**values)).inserted_primary_key
            assert made is not None, "a row has a key"
            for card in cards:
                connection.execute(insert(PERSONA_CARD).values(**asdict(card)))
            for entry in audit:
                record_entry(connection, entry)
        return replace(fit, number=made[0])

    def add_card(self, card: StoredCard, audit: Sequence[AuditEntry] = ()) -> None:
        with self._catalog.transaction() as connection:
            connection.execute(insert(PERSONA_CARD).values(**asdict(card)))
            for entry in audit:
                record_entry(connection, entry)

    def card_versions(self, persona: str | None = None) -> list[StoredCard]:
        query = select(PERSONA_CARD).order_by(PERSONA_CARD.c.saved_at, PERSONA_CARD.c.persona, PERSONA_CARD.c.version)
        if persona is not None:
            query = query.where(PERSONA_CARD.c.persona == persona)
        with self._catalog.transaction() as connection:
            rows = connection.execute(query).all()
        return [
            StoredCard(row.persona, row.version, row.document, row.author, row.reason, row.saved_at) for row in rows
        ]
