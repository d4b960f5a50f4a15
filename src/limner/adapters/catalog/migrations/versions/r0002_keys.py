"""Keys get a source, a rate and a rotation."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("api_key", sa.Column("source", sa.Text))
    op.add_column("api_key", sa.Column("rate", sa.Float))
    op.add_column("api_key", sa.Column("previous_digest", sa.String(256)))
    op.add_column("api_key", sa.Column("previous_until", sa.BigInteger))
    op.execute("UPDATE api_key SET source = name WHERE role = 'write'")
