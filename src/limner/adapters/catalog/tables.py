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
    false,
    true,
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
    Column("deprecated", Boolean, nullable=False, server_default=false()),
    Column("filed", Integer),
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
    Column("reviewer", Text),
)

TAG_DRAFT = Table(
    "tag_draft",
    METADATA,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("definition", JSON, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("base", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("stage", String(16), nullable=False),
    Column("author", Text, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("submitter", Text),
    Column("reason", Text, nullable=False),
    Column("reviewer", Text),
    Column("remark", Text, nullable=False),
)

ANSWER = Table(
    "answer",
    METADATA,
    Column("caller", String(128), primary_key=True),
    Column("key", String(256), primary_key=True),
    Column("asked", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("sealed", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index(None, "at"),
)

TAG_READ = Table(
    "tag_read",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("reader", String(256), primary_key=True),
    Column("day", BigInteger, primary_key=True, autoincrement=False),
    Column("reads", BigInteger, nullable=False),
)

TAG_HEALTH = Table(
    "tag_health",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("day", BigInteger, primary_key=True, autoincrement=False),
    Column("as_of", BigInteger, nullable=False),
    Column("found", JSON, nullable=False),
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
    Column("version", Integer, nullable=False, server_default="1"),
    Column("live", Boolean, nullable=False, server_default=true()),
    Column("schedule", String(100)),
    Column("alarm", JSON),
    Column("author", Text, nullable=False, server_default=""),
    Column("saved_at", BigInteger, nullable=False, server_default="0"),
)

AUDIENCE_VERSION = Table(
    "audience_version",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("rule", JSON, nullable=False),
    Column("author", Text, nullable=False),
    Column("saved_at", BigInteger, nullable=False),
)

PACKAGE = Table(
    "package",
    METADATA,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("definition", JSON, nullable=False),
    Column("secret", Text),
    Column("author", Text, nullable=False),
    Column("saved_at", BigInteger, nullable=False),
)

PACKAGE_DELIVERY = Table(
    "package_delivery",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("package", String(64), nullable=False),
    Column("snapshot", Integer, nullable=False),
    Column("since", Integer),
    Column("status", String(16), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("rows", BigInteger),
    Column("file", Text),
    Column("sha256", String(64)),
    Column("made_at", BigInteger, nullable=False),
    Column("next_at", BigInteger),
    Column("done_at", BigInteger),
    Column("reason", Text, nullable=False),
    Index(None, "package"),
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

RUN = Table(
    "run",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("tag", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("type", String(16), nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("author", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("expires_at", BigInteger),
    Index(None, "tag"),
)

MODEL_VERSION = Table(
    "model_version",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(64), nullable=False),
    Column("fitted_at", BigInteger, nullable=False),
    Column("author", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("card", JSON, nullable=False),
    Column("published_at", BigInteger),
)

SETTING = Table(
    "setting",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

USER = Table(
    "console_user",
    METADATA,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("role", String(64), nullable=False),
    Column("password", Text),
    Column("subject", String(512), unique=True),
    Column("language", String(8)),
    Column("created_at", BigInteger, nullable=False),
    Column("disabled_at", BigInteger),
    Column("seen_at", BigInteger),
)

SESSION = Table(
    "console_session",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("user", String(200), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("csrf", String(64), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("renewed_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("previous_digest", String(64), unique=True),
    Column("previous_until", BigInteger),
    Index(None, "user"),
)

PERSONA_FIT = Table(
    "persona_fit",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("document", JSON, nullable=False),
    Column("author", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
)

PERSONA_CARD = Table(
    "persona_card",
    METADATA,
    Column("persona", String(64), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("document", JSON, nullable=False),
    Column("author", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("saved_at", BigInteger, nullable=False),
)
