"""Versions of audiences' rules, when they are looked at, which sizes alarm; and packages that are taken away."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("audience", sa.Column("version", sa.Integer, nullable=False, server_default="1"))
    op.add_column("audience", sa.Column("live", sa.Boolean, nullable=False, server_default=sa.true()))
    op.add_column("audience", sa.Column("schedule", sa.String(100)))
    op.add_column("audience", sa.Column("alarm", sa.JSON))
    op.add_column("audience", sa.Column("author", sa.Text, nullable=False, server_default=""))
    op.add_column("audience", sa.Column("saved_at", sa.BigInteger, nullable=False, server_default="0"))
    versions = op.create_table(
        "audience_version",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("rule", sa.JSON, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("saved_at", sa.BigInteger, nullable=False),
    )
    audience = sa.table("audience", *(sa.column(name) for name in ("name", "version", "rule", "author", "saved_at")))
    op.execute(versions.insert().from_select(["name", "version", "rule", "author", "saved_at"], sa.select(audience)))
    op.create_table(
        "package",
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("definition", sa.JSON, nullable=False),
        sa.Column("secret", sa.Text),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("saved_at", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("name", name="uq_package_name"),
    )
    op.create_table(
        "package_delivery",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("package", sa.String(64), nullable=False),
        sa.Column("snapshot", sa.Integer, nullable=False),
        sa.Column("since", sa.Integer),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("rows", sa.BigInteger),
        sa.Column("file", sa.Text),
        sa.Column("sha256", sa.String(64)),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("next_at", sa.BigInteger),
        sa.Column("done_at", sa.BigInteger),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_index("ix_package_delivery_package", "package_delivery", ["package"])
