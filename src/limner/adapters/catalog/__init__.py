"""The catalog in SQL by SQLAlchemy: a SQLite file in the workspace, or PostgreSQL."""

from limner.adapters.catalog.answers import SqlAnswers
from limner.adapters.catalog.catalog import SqlCatalog, open_catalog
from limner.adapters.catalog.findings import SqlFindings
from limner.adapters.catalog.models import SqlModels
from limner.adapters.catalog.packages import SqlPackages
from limner.adapters.catalog.personas import SqlPersonas
from limner.adapters.catalog.registry import SqlRegistry
from limner.adapters.catalog.users import SqlSessions, SqlUsers

__all__ = [
    "SqlAnswers",
    "SqlCatalog",
    "SqlFindings",
    "SqlModels",
    "SqlPackages",
    "SqlPersonas",
    "SqlRegistry",
    "SqlSessions",
    "SqlUsers",
    "open_catalog",
]
