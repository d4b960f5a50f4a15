"""The ports Catalog, Keys, Webhooks, Audiences, Destinations, Jobs and Runs over SQLAlchemy."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, fields, replace
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    Row,
    Select,
    Table,
    create_engine,
    delete,
    event,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, IntegrityError, OperationalError

from limner.adapters.catalog.revision import Revision
from limner.adapters.catalog.schema import migrate
from limner.adapters.catalog.tables import (
    API_KEY,
    AUDIENCE,
    AUDIENCE_VERSION,
    AUDIT,
    DESTINATION,
    JOB,
    RUN,
    SETTING,
    WEBHOOK,
)
from limner.errors import Closed, Conflict, DataError, Unavailable
from limner.model.audience import Alarm, Audience, AudienceVersion
from limner.model.column import ValueType
from limner.model.dump import dump_condition
from limner.model.parse import parse_condition
from limner.model.run import Run
from limner.ports.catalog import ApiKey, AuditEntry
from limner.ports.destinations import Destination, Shape
from limner.ports.jobs import Job, Kind, State
from limner.ports.webhooks import Webhook

UNENDED = (State.WAITING.value, State.RUNNING.value)
MOST_PRUNED = 500
"""Jobs forgotten in one go."""


def open_catalog(place: Path | str) -> SqlCatalog:
    """The catalog in a SQLite file (made if missing), or at a SQLAlchemy URL, its schema brought up to date.

    Raises `Conflict` on a catalog of a newer Limner, `DataError` if the file is something else, `Unavailable`.
    """
    url = (
        make_url(place) if isinstance(place, str) and "://" in place else make_url("sqlite://").set(database=str(place))
    )
    engine = create_engine(url, json_serializer=partial(json.dumps, ensure_ascii=False))
    if engine.dialect.name == "sqlite":
        _open_transactions_ourselves(engine)
    catalog = SqlCatalog(engine)
    try:
        with catalog.transaction() as connection:
            migrate(connection)
    except BaseException:
        catalog.close()
        raise
    return catalog


def _open_transactions_ourselves(engine: Engine) -> None:
    """Python's sqlite3 would leave table creation outside transactions: a killed migration must leave nothing."""

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")


class SqlCatalog:
    """Safe to share between threads: every method is one transaction on a connection of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._revision = Revision(engine)
        self._closed = False

    def close(self) -> None:
        self._closed = True
        self._revision.close()
        self._engine.dispose()

    def revision(self) -> int | None:
        if self._closed:  # it would connect again
            raise Closed
        return self._revision.read()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction, with the database's errors said in ours."""
        if self._closed:  # the engine would connect again
            raise Closed
        try:
            with self._engine.begin() as connection:
                yield connection
        except IntegrityError as error:
            raise Conflict(
                "The catalog was changed by somebody else meanwhile.", hint="Look again and retry."
            ) from error
        except OperationalError as error:
            raise Unavailable(f"The catalog cannot be used now: {error.orig}.", hint="Nothing was changed.") from error
        except DatabaseError as error:
            where = self._engine.url.render_as_string(hide_password=True)
            raise DataError(f"{where} is not a catalog of Limner: {error.orig}.") from error

    def record(self, entry: AuditEntry) -> None:
        with self.transaction() as connection:
            record_entry(connection, entry)

    def audit(self, subject: str | None = None, limit: int = 100) -> list[AuditEntry]:
        query = select(AUDIT).order_by(AUDIT.c.id.desc()).limit(limit)
        if subject is not None:
            query = query.where(AUDIT.c.subject == subject)
        with self.transaction() as connection:
            rows = connection.execute(query)
            return [AuditEntry(row.at, row.who, row.action, row.subject, row.why) for row in rows]

    def audit_page(
        self, subject: str | None, who: str | None, before: int | None, limit: int
    ) -> list[tuple[int, AuditEntry]]:
        query = select(AUDIT).order_by(AUDIT.c.id.desc()).limit(limit)
        for column, wanted in ((AUDIT.c.subject, subject), (AUDIT.c.who, who)):
            query = query if wanted is None else query.where(column == wanted)
        query = query if before is None else query.where(AUDIT.c.id < before)
        with self.transaction() as connection:
            rows = connection.execute(query)
            return [(row.id, AuditEntry(row.at, row.who, row.action, row.subject, row.why)) for row in rows]

    def setting(self, name: str) -> str | None:
        with self.transaction() as connection:
            return connection.execute(select(SETTING.c.value).where(SETTING.c.name == name)).scalar()

    def remember(self, name: str, value: str) -> None:
        with self.transaction() as connection:
            changed = connection.execute(update(SETTING).where(SETTING.c.name == name).values(value=value))
            if changed.rowcount == 0:
                connection.execute(insert(SETTING).values(name=name, value=value))

    def keys(self) -> list[ApiKey]:
        with self.transaction() as connection:
            return [_key(row) for row in connection.execute(select(API_KEY).order_by(API_KEY.c.position))]

    def put_key(self, key: ApiKey, audit: Sequence[AuditEntry] = ()) -> None:
        self._put(API_KEY, "id", asdict(key), audit, lasting=("created_at",))

    def webhooks(self) -> list[Webhook]:
        with self.transaction() as connection:
            return [_webhook(row) for row in connection.execute(select(WEBHOOK).order_by(WEBHOOK.c.position))]

    def put_webhook(self, webhook: Webhook, audit: Sequence[AuditEntry] = ()) -> None:
        self._put(WEBHOOK, "source", asdict(webhook), audit)

    def audiences(self) -> list[Audience]:
        with self.transaction() as connection:
            rows = connection.execute(select(AUDIENCE).order_by(AUDIENCE.c.position)).all()
        return [_audience(row) for row in rows]

    def audience_versions(self, name: str) -> list[AudienceVersion]:
        query = select(AUDIENCE_VERSION).where(AUDIENCE_VERSION.c.name == name).order_by(AUDIENCE_VERSION.c.version)
        with self.transaction() as connection:
            rows = connection.execute(query).all()
        where = f"audience {name}"
        return [AudienceVersion(r.version, parse_condition(r.rule, where), r.author, r.saved_at) for r in rows]

    def put_audience(self, audience: Audience, audit: Sequence[AuditEntry] = ()) -> None:
        kept = {name: getattr(audience, name) for name in ("name", "version", "author", "saved_at")}
        kept["rule"] = dump_condition(audience.rule)
        this = (AUDIENCE_VERSION.c.name == audience.name) & (AUDIENCE_VERSION.c.version == audience.version)
        more: dict[str, Any] = {"title": dict(audience.title), "alarm": asdict(audience.alarm)}
        more |= {"live": audience.live, "schedule": audience.schedule}
        with self.transaction() as connection:
            self._change(connection, AUDIENCE, "name", {**kept, **more}, audit)
            if connection.execute(select(AUDIENCE_VERSION.c.version).where(this)).first() is None:
                connection.execute(insert(AUDIENCE_VERSION).values(**kept))

    def drop_audience(self, name: str, audit: Sequence[AuditEntry] = ()) -> None:
        with self.transaction() as connection:
            connection.execute(delete(AUDIENCE).where(AUDIENCE.c.name == name))
            for entry in audit:
                record_entry(connection, entry)

    def destinations(self) -> list[Destination]:
        with self.transaction() as connection:
            return [
                _destination(row) for row in connection.execute(select(DESTINATION).order_by(DESTINATION.c.position))
            ]

    def put_destination(self, destination: Destination, audit: Sequence[AuditEntry] = ()) -> None:
        self._put(DESTINATION, "name", asdict(destination), audit)

    def jobs(self, limit: int = 100, before: int | None = None) -> list[Job]:
        older = select(JOB) if before is None else select(JOB).where(JOB.c.id < before)
        return self._read_jobs(older.order_by(JOB.c.id.desc()).limit(limit))

    def find_job(self, id: int) -> Job | None:
        found = self._read_jobs(select(JOB).where(JOB.c.id == id))
        return found[0] if found else None

    def unended_jobs(self) -> list[Job]:
        return self._read_jobs(select(JOB).where(JOB.c.state.in_(UNENDED)).order_by(JOB.c.id))

    def add_job(self, job: Job, audit: Sequence[AuditEntry] = ()) -> Job:
        values = {name: value for name, value in asdict(job).items() if name != "id"}
        with self.transaction() as connection:
            key = connection.execute(insert(JOB).values(**values)).inserted_primary_key
            for entry in audit:
                record_entry(connection, entry)
        assert key is not None, "a row that was inserted has a number"
        return replace(job, id=key[0])

    def put_job(self, job: Job) -> None:
        self._put(JOB, "id", asdict(job), ())

    def prune_jobs(self, keep: int) -> list[int]:
        ended = select(JOB.c.id).where(JOB.c.state.not_in(UNENDED)).order_by(JOB.c.id.desc()).offset(keep)
        query = delete(JOB).where(JOB.c.id.in_(ended.limit(MOST_PRUNED).scalar_subquery())).returning(JOB.c.id)
        with self.transaction() as connection:  # one statement: SQLite gives who has read first no leave to write
            gone = sorted(connection.execute(query).scalars(), reverse=True)
        return gone

    def _read_jobs(self, query: Select[Any]) -> list[Job]:
        with self.transaction() as connection:
            return [_job(row) for row in connection.execute(query)]

    def runs(self) -> list[Run]:
        with self.transaction() as connection:
            return [_run(row) for row in connection.execute(select(RUN).order_by(RUN.c.id))]

    def add_run(self, run: Run, audit: Sequence[AuditEntry] = ()) -> Run:
        with self.transaction() as connection:
            latest = connection.execute(select(func.coalesce(func.max(RUN.c.id), 0))).scalar_one()
            kept = replace(run, id=latest + 1)
            connection.execute(insert(RUN).values(**{**asdict(kept), "type": kept.type.value}))
            for entry in audit:
                record_entry(connection, entry)
        return kept

    def _put(
        self,
        table: Table,
        key: str,
        values: Mapping[str, Any],
        audit: Sequence[AuditEntry],
        lasting: Sequence[str] = (),
    ) -> None:
        """In a transaction of its own; see `_change`."""
        with self.transaction() as connection:
            self._change(connection, table, key, values, audit, lasting)

    def _change(
        self,
        connection: Connection,
        table: Table,
        key: str,
        values: Mapping[str, Any],
        audit: Sequence[AuditEntry],
        lasting: Sequence[str] = (),
    ) -> None:
        """Change all but what is ``lasting`` of the row with this key, or insert it, and write the audit."""
        changing = {name: value for name, value in values.items() if name not in (key, *lasting)}
        changed = connection.execute(update(table).where(table.c[key] == values[key]).values(**changing))
        if changed.rowcount == 0:
            connection.execute(insert(table).values(**values))
        for entry in audit:
            record_entry(connection, entry)


def record_entry(connection: Connection, entry: AuditEntry) -> None:
    values = {"at": entry.at, "who": entry.who, "action": entry.action, "subject": entry.subject, "why": entry.why}
    connection.execute(insert(AUDIT).values(**values))


def _webhook(row: Row[Any]) -> Webhook:
    return Webhook(**{field.name: getattr(row, field.name) for field in fields(Webhook)})


def _audience(row: Row[Any]) -> Audience:
    return Audience(
        row.name,
        parse_condition(row.rule, f"audience {row.name}"),
        row.title,
        row.version,
        row.live,
        row.schedule,
        Alarm(**(row.alarm or {})),
        row.author,
        row.saved_at,
    )


def _run(row: Row[Any]) -> Run:
    values = {field.name: getattr(row, field.name) for field in fields(Run)}
    return Run(**{**values, "type": ValueType(row.type)})


def _key(row: Row[Any]) -> ApiKey:
    return ApiKey(**{field.name: getattr(row, field.name) for field in fields(ApiKey)})


def _job(row: Row[Any]) -> Job:
    values = {field.name: getattr(row, field.name) for field in fields(Job)}
    return Job(**{**values, "kind": Kind(row.kind), "state": State(row.state)})


def _destination(row: Row[Any]) -> Destination:
    values = {field.name: getattr(row, field.name) for field in fields(Destination)}
    lists = {name: tuple(values[name]) for name in ("tags", "audiences")}
    return Destination(**{**values, **lists, "shape": Shape(row.shape)})
