"""Drafts of tags and their review, answers given once, who reads a tag, and its health by day."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("tag", sa.Column("deprecated", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("tag", sa.Column("filed", sa.Integer))
    # Until now only files published: they agree with what stands.
    op.execute("UPDATE tag SET filed = version WHERE status = 'published'")
    op.add_column("tag_version", sa.Column("reviewer", sa.Text))
    op.create_table(
        "tag_draft",
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("definition", sa.JSON, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("base", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("stage", sa.String(16), nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.Column("submitter", sa.Text),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("reviewer", sa.Text),
        sa.Column("remark", sa.Text, nullable=False),
        sa.UniqueConstraint("name", name="uq_tag_draft_name"),
    )
    op.create_table(
        "answer",
        sa.Column("caller", sa.String(128), primary_key=True),
        sa.Column("key", sa.String(256), primary_key=True),
        sa.Column("asked", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_answer_at", "answer", ["at"])
    op.create_table(
        "tag_read",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("reader", sa.String(256), primary_key=True),
        sa.Column("day", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("reads", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "tag_health",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("day", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("as_of", sa.BigInteger, nullable=False),
        sa.Column("found", sa.JSON, nullable=False),
    )
