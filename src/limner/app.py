"""The composition root: the only file that knows rooms and adapters both. Makes workspaces and opens them."""

from __future__ import annotations

import fcntl
import json
import os
import tomllib
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import limner
from limner.adapters.catalog import (
    SqlAnswers,
    SqlCatalog,
    SqlFindings,
    SqlModels,
    SqlPackages,
    SqlPersonas,
    SqlRegistry,
    SqlSessions,
    SqlUsers,
    open_catalog,
)
from limner.adapters.chat import ChatWriter
from limner.adapters.copies import FileCopies
from limner.adapters.duckdb.audit import DuckDBAudit
from limner.adapters.duckdb.checkpoints import tidy
from limner.adapters.duckdb.erasure import DuckDBErasure
from limner.adapters.duckdb.events import DuckDBEvents
from limner.adapters.duckdb.file import LogFile
from limner.adapters.duckdb.items import DuckDBItems
from limner.adapters.duckdb.log import DuckDBLog
from limner.adapters.duckdb.observations import DuckDBObservations
from limner.adapters.duckdb.rejects import DuckDBRejects
from limner.adapters.duckdb.rows import DuckDBRows
from limner.adapters.duckdb.sandbox import DuckDBSandbox
from limner.adapters.duckdb.seen import DuckDBSeen
from limner.adapters.duckdb.times import DuckDBTimes
from limner.adapters.http.post import HttpPost
from limner.adapters.journal.file import FileJournal
from limner.adapters.outbox import OutboxFile, SqliteDeliveries, SqliteOutbox
from limner.adapters.tables import AnyTables
from limner.adapters.targets.kinds import AnyTargets
from limner.collect.contract import Contract
from limner.errors import Conflict, DataError, NotFound
from limner.fold.dated import DatedColumns
from limner.govern.roles import Role
from limner.identity.rules import Rules, parse_rules
from limner.model.reliability import UNCONFIGURED, Reliabilities, parse_reliabilities
from limner.model.tracking import Tracking, parse_tracking
from limner.model.yaml_text import load_yaml
from limner.parts import Parts
from limner.ports.provider import Provider
from limner.settings import OidcSettings, WriterSettings
from limner.settings.file import SETTINGS_FILE, read_file
from limner.timeline.timelines import Timelines
from limner.watch.arrivals import Arrivals
from limner.watch.violations import Violations
from limner.workspace import Workspace

FORMAT = 1
"""Of the workspace folder; a newer one is refused."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Shown once: only their hashes are kept."""

    write_key: str
    api_key: str


def init_workspace(path: str | os.PathLike[str], timezone: str = "Asia/Shanghai") -> Credentials:
    """Make an empty workspace in a new or empty folder."""
    folder = Path(path)
    check_zone(timezone)
    if (folder / SETTINGS_FILE).exists():
        raise Conflict(f"{folder} is a workspace already.", hint="Nothing was changed.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Conflict(f"{folder} is not an empty folder.", hint="Give a new one.")
    (folder / "tags").mkdir(parents=True)
    folder.chmod(0o700)
    settings = folder / SETTINGS_FILE
    settings.write_text(f"format = {FORMAT}\ntimezone = {json.dumps(timezone)}\n", encoding="utf-8")
    with open_workspace(folder) as workspace:
        return Credentials(
            write_key=workspace.keys.issue("default source", Role.WRITE),
            api_key=workspace.keys.issue("first administrator", Role.ADMIN),
        )


def open_workspace(
    path: str | os.PathLike[str], *, memory: str = "3GB", cache: str | None = None, threads: int | None = None
) -> Workspace:
    """Open a workspace for this process alone. ``cache``: what of ``memory`` the log may keep while it rests.

    Raises `NotFound` where there is none, `Conflict` when another process holds it or a newer Limner made it.
    """
    folder = Path(path)
    zone = read_settings(folder)
    opened = ExitStack()
    try:
        opened.callback(hold(folder))
        file = LogFile(folder / "log.duckdb", memory=memory, cache=cache, threads=threads)
        opened.callback(file.close)
        catalog = open_catalog(folder / "catalog.sqlite")
        opened.callback(catalog.close)
        return Workspace(put_together(folder, zone, file, catalog, threads, opened))
    except BaseException:
        opened.close()
        raise


def put_together(
    folder: Path,
    zone: str,
    file: LogFile,
    catalog: SqlCatalog,
    threads: int | None,
    opened: ExitStack,
) -> Parts:
    tracking = read_tracking(folder)
    journal = FileJournal(folder / "journal")
    outbox_file = OutboxFile(folder / "outbox.sqlite")
    outbox = SqliteOutbox(outbox_file)
    rows, intake_rows = DuckDBRows(), DuckDBRows(threads=1)
    for each in (journal, outbox_file, rows, intake_rows):
        opened.callback(each.close)
    return over_log(over_catalog(catalog), folder, zone, file, tracking)(
        folder=folder,
        zone=zone,
        journal=journal,
        rows=rows,
        intake_rows=intake_rows,
        tables=AnyTables(),
        dated=DatedColumns(folder / "runs", catalog),
        sandbox=DuckDBSandbox(),
        provider=open_provider(folder),
        open_writer=lambda: ChatWriter(WriterSettings.of_workspace(folder)),
        targets=AnyTargets(),
        outbox=outbox,
        feed=outbox,
        deliveries=SqliteDeliveries(outbox_file),
        open_post=HttpPost,
        arrivals=Arrivals(zone),
        violations=Violations(),
        rules=read_rules(folder),
        reliabilities=read_reliabilities(folder),
        contract=Contract(tracking),
        threads=threads or min(os.cpu_count() or 1, 8),
        break_off=file.break_off,
        close=opened.close,
    )


def over_catalog(catalog: SqlCatalog) -> partial[Parts]:
    """Parts with all that the catalog keeps."""
    return partial(
        Parts,
        catalog=catalog,
        registry=SqlRegistry(catalog),
        answers=SqlAnswers(catalog),
        findings=SqlFindings(catalog),
        models=SqlModels(catalog),
        keys=catalog,
        users=SqlUsers(catalog),
        sessions=SqlSessions(catalog),
        webhooks=catalog,
        audiences=catalog,
        destinations=catalog,
        packages=SqlPackages(catalog),
        personas=SqlPersonas(catalog),
        jobs=catalog,
    )


def over_log(parts: partial[Parts], folder: Path, zone: str, file: LogFile, tracking: Tracking) -> partial[Parts]:
    """The same with all that stands in the log's file, or is made from it."""
    erasure = DuckDBErasure(file, folder / "erasure.key")
    log = DuckDBLog(file, zone, aliases=tracking.aliases(), erased=erasure.names_erased)
    observations = DuckDBObservations(file)
    return partial(
        parts,
        log=log,
        expect_appends=log.expect,
        tidy=partial(tidy, file),
        observations=observations,
        rejects=DuckDBRejects(file, erasure.rows_erased),
        items=DuckDBItems(file),
        seen=DuckDBSeen(file, tracking.types()),
        erasure=erasure,
        events=DuckDBEvents(file),
        times=DuckDBTimes(file),
        names=observations.directory,
        copies=FileCopies(file, folder),
        audit=DuckDBAudit(file),
        timelines=Timelines(folder / "timelines", log, zone),
    )


def open_provider(folder: Path) -> Provider | None:
    settings = OidcSettings.of_workspace(folder, os.environ)
    if settings is None:
        return None
    from limner.adapters.oidc.provider import OidcProvider  # its libraries are an extra

    return OidcProvider(settings)


def read_settings(folder: Path) -> str:
    """The workspace's zone, after checking that this is a workspace and of a format we know."""
    try:
        settings = read_file(folder)
    except FileNotFoundError:
        raise NotFound(
            f"{folder.absolute()} is not a workspace.", hint="Make one with `limner init DIR`, or name it with -w DIR."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{folder / SETTINGS_FILE} cannot be read: {error}.") from error
    form, zone = settings.get("format"), settings.get("timezone", "Asia/Shanghai")
    if not isinstance(form, int):
        raise DataError(f"{folder / SETTINGS_FILE} has no format number.", hint=f"Write: format = {FORMAT}")
    if form > FORMAT:
        raise Conflict(
            f"The workspace {folder} has format {form}; this Limner ({limner.__version__}) knows up to {FORMAT}.",
            hint="A newer Limner made it: upgrade this one. Nothing was changed.",
        )
    check_zone(zone)
    return str(zone)


def check_zone(name: object) -> None:
    try:
        ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise DataError(f"There is no time zone {name!r}.", hint="Give an IANA name, such as Asia/Shanghai.") from None


def hold(folder: Path) -> Callable[[], None]:
    """Take the workspace's lock, or say which process has it. The lock goes with the process, however it ends."""
    handle = os.open(folder / "limner.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(handle, 20, 0).decode().strip() or "unknown"
        os.close(handle)
        raise Conflict(
            f"Process {holder} has the workspace {folder} open.",
            hint="Wait for it to end; while `limner serve` runs, commands go through it.",
        ) from None
    os.ftruncate(handle, 0)
    os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
    return lambda: os.close(handle)


def read_rules(folder: Path) -> Rules:
    path = folder / "identity.yaml"
    return parse_rules(path.read_text(encoding="utf-8")) if path.exists() else Rules()


def read_reliabilities(folder: Path) -> Reliabilities:
    path = folder / "sources.yaml"
    return parse_reliabilities(load_yaml(path.read_bytes(), path.name)) if path.exists() else UNCONFIGURED


def read_tracking(folder: Path) -> Tracking:
    path = folder / "events.yaml"
    return parse_tracking(load_yaml(path.read_bytes(), path.name)) if path.exists() else Tracking()
