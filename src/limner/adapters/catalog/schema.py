"""Bring a catalog's schema to this version: numbered steps forward by Alembic, never back."""

from __future__ import annotations

from threading import Lock

from sqlalchemy import Connection, inspect, text

from limner.errors import Conflict

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0008", "0006", "0007", "0009", "0010", "0013")
"""Every revision this version knows, oldest first; the last is the one it works with."""
UPGRADING = Lock()
"""Alembic has one upgrade of a process in hand, whatever the threads: of two at once, each would do the other's."""


def migrate(connection: Connection) -> None:
    """Create or upgrade the tables inside the connection's transaction; nothing to do costs one query.

    Raises `Conflict` on a catalog of a newer Limner.
    """
    found = current_revision(connection)
    if found == REVISIONS[-1]:
        return
    if found is not None and found not in REVISIONS:
        raise Conflict(
            f"This workspace was written by a newer Limner: its catalog is at revision {found}, "
            f"and this version knows revisions up to {REVISIONS[-1]}. Nothing was changed.",
            hint="Upgrade with: pip install --upgrade limner",
        )
    # Alembic takes a tenth of a second to import: only those who need it pay.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "limner.adapters.catalog:migrations")
    config.attributes["connection"] = connection
    with UPGRADING:
        command.upgrade(config, REVISIONS[-1])


def current_revision(connection: Connection) -> str | None:
    """The revision the tables are at; None = none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
