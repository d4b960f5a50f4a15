"""Run by Alembic: migrations go over the connection `limner.adapters.catalog.schema` hands in, in its transaction."""

from alembic import context

from limner.adapters.catalog.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, transactional_ddl=True)
context.run_migrations()
