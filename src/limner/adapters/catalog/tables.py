"""The catalog's tables as this version knows them. Instants are microseconds UTC."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

TAG = Table(
    "tag",
    METADATA,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("status", String(16), nullable=False),
    CheckConstraint("status IN ('published', 'retired')", name="status"),
)

TAG_VERSION = Table(
    "tag_version",
    METADATA,
    Column("name", String(64), ForeignKey("tag.name"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("definition", JSON, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("author", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("published_at", BigInteger, nullable=False),
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("who", Text, nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", Text, nullable=False),
    Column("why", Text, nullable=False),
    Index(None, "subject"),
)

API_KEY = Table(
    "api_key",
    METADATA,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", String(64), nullable=False),
    Column("digest", String(256), nullable=False, unique=True),
    Column("created_at", BigInteger, nullable=False),
    Column("disabled_at", BigInteger),
    Column("source", Text),
    Column("rate", Float),
    Column("previous_digest", String(256)),
    Column("previous_until", BigInteger),
)

WEBHOOK = Table(
    "webhook",
    METADATA,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("source", String(256), nullable=False, unique=True),
    Column("mapping", Text, nullable=False),
    Column("rows", Text),
    Column("secret", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("disabled_at", BigInteger),
    Column("previous_secret", Text),
    Column("previous_until", BigInteger),
)

AUDIENCE = Table(
    "audience",
    METADATA,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("rule", JSON, nullable=False),
    Column("title", JSON, nullable=False),
)

DESTINATION = Table(
    "destination",
    METADATA,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("url", Text, nullable=False),
    Column("shape", String(16), nullable=False),
    Column("secret", Text, nullable=False),
    Column("tags", JSON, nullable=False),
    Column("audiences", JSON, nullable=False),
    Column("allow_private", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("disabled_at", BigInteger),
)

JOB = Table(
    "job",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", String(16), nullable=False),
    Column("who", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("request", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Column("started_at", BigInteger),
    Column("ended_at", BigInteger),
    Column("doing", Text, nullable=False),
    Column("done", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("position", Integer, nullable=False),
    Column("report", JSON, nullable=False),
    Column("error", Text),
    sqlite_autoincrement=True,
)

SETTING = Table(
    "setting",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)
