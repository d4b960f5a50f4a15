"""The catalog in SQL by SQLAlchemy: a SQLite file in the workspace, or PostgreSQL."""

from limner.adapters.catalog.catalog import SqlCatalog, open_catalog

__all__ = ["SqlCatalog", "open_catalog"]
