"""People who sign in, and where they are signed in."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "console_user",
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("role", sa.String(64), nullable=False),
        sa.Column("password", sa.Text),
        sa.Column("subject", sa.String(512)),
        sa.Column("language", sa.String(8)),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("disabled_at", sa.BigInteger),
        sa.Column("seen_at", sa.BigInteger),
        sa.UniqueConstraint("name", name="uq_console_user_name"),
        sa.UniqueConstraint("subject", name="uq_console_user_subject"),
    )
    op.create_table(
        "console_session",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("user", sa.String(200), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("renewed_at", sa.BigInteger, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.Column("previous_digest", sa.String(64)),
        sa.Column("previous_until", sa.BigInteger),
        sa.UniqueConstraint("digest", name="uq_console_session_digest"),
        sa.UniqueConstraint("previous_digest", name="uq_console_session_previous_digest"),
    )
    op.create_index("ix_console_session_user", "console_session", ["user"])
