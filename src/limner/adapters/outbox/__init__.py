"""The outbox and its deliveries in one SQLite file, by Python's own driver."""

from limner.adapters.outbox.deliveries import SqliteDeliveries
from limner.adapters.outbox.file import OutboxFile
from limner.adapters.outbox.outbox import SqliteOutbox

__all__ = ["OutboxFile", "SqliteDeliveries", "SqliteOutbox"]
