"""Backups: what a workspace cannot make again, copied while it is in use, and put back elsewhere.

A backup is a folder like a workspace, without what is derived from the log, and with a manifest that has the checksum
of every file. Whatever is made here, a backup or a restored workspace, appears whole under its name or not at all.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Any

from limner.errors import Conflict, DataError, NotFound
from limner.model.clock import iso_time, now
from limner.parts import Parts
from limner.ports.journal import Delivery
from limner.ports.log import Progress
from limner.settings.file import SETTINGS_FILE

FORMAT = 1
"""Of backups; a newer one is refused."""
MANIFEST = "manifest.json"
WRITTEN_BY_HAND = (
    SETTINGS_FILE,
    "events.yaml",
    "identity.yaml",
    "forms.yaml",
    "sources.yaml",
    "actions.yaml",
    "personas.yaml",
)
DEFINITIONS = ("tags", "models")
"""Folders of what people wrote."""
WRITTEN_ONCE = ("snapshots", "runs", "population", "fitted")
"""Folders of files that are made at an instant and could not be made again later."""
WORKING = ("columns", "timelines", "told", "journal", "jobs", "packages")
"""Folders whose files come and go while it works."""
SECRETS = ("webhooks.key", "erasure.key")
UNFINISHED = ".unfinished-limner"
STEP = 8 << 20


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made, or a workspace that was restored from one."""

    dir: str
    seq: int
    """Rows of its log."""
    events: int
    files: int
    bytes: int
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Content:
    """One file of a backup."""

    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Manifest:
    seq: int
    events: int
    files: Mapping[str, Content]
    """By path inside the backup."""

    @property
    def bytes(self) -> int:
        return sum(content.bytes for content in self.files.values())


# --- making one ------------------------------------------------------------------------------------------------------


def write_backup(parts: Parts, folder: Path, progress: Progress) -> Backup:
    """Back the workspace up into a new or empty folder. The caller keeps erasure away meanwhile.

    Raises `Conflict` when the folder holds something or is one of the workspace's own, `Unavailable` when the copies
    cannot be made now.
    """
    began = time.perf_counter()
    refuse_own(parts.folder, folder)
    with appearing(folder) as made:
        # What is told of the log must not be ahead of it, so it is copied first; keys, after what they open.
        parts.copies.tables(made)
        copy_definitions(parts.folder, made)
        waiting: list[Delivery] = []

        def still() -> None:
            """What was acknowledged and may not be in the log, or not all that follows from it done: once more then."""
            waiting[:] = [delivery for delivery, _ in parts.journal.read(parts.journal.consumed())]

        log = parts.copies.log(made / "log.duckdb", still, progress)
        if waiting:
            parts.copies.journal(made / "journal", waiting)
        manifest = Manifest(log.seq, log.events, describe(made, progress))
        write_manifest(made / MANIFEST, manifest, parts.zone)
    return summarise(manifest, folder, began)


def refuse_own(workspace: Path, folder: Path) -> None:
    """There it would be copied into itself, or read as what people wrote, or removed one day."""
    for name in (*DEFINITIONS, *WRITTEN_ONCE, *WORKING):
        if folder.resolve().is_relative_to((workspace / name).resolve()):
            raise Conflict(f"{folder} lies in {name}/, which is the workspace's own.", hint="Give one elsewhere.")


def copy_definitions(source: Path, target: Path) -> None:
    """What people wrote, the keys, who was in audiences when, what runs wrote, and what was counted at midnights."""
    for name in (*WRITTEN_BY_HAND, *SECRETS):
        with suppress(FileNotFoundError):
            shutil.copyfile(source / name, target / name)
    for name in WRITTEN_ONCE:
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name, ignore=shutil.ignore_patterns("*.new"))
    for name in DEFINITIONS:
        if (source / name).is_dir():
            shutil.copytree(
                source / name, target / name, ignore=shutil.ignore_patterns(".*"), ignore_dangling_symlinks=True
            )


def describe(folder: Path, progress: Progress) -> dict[str, Content]:
    """Every file, with its checksum."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    whole, done = sum(path.stat().st_size for path in paths), 0
    found = {}
    for path in paths:
        digest = hashlib.sha256()
        size = 0
        with path.open("rb") as file:
            while part := file.read(STEP):
                digest.update(part)
                size += len(part)
                progress("check", done + size, whole)
        done += size
        found[path.relative_to(folder).as_posix()] = Content(digest.hexdigest(), size)
    return found


def write_manifest(path: Path, manifest: Manifest, zone: str) -> None:
    described = {
        "format": FORMAT,
        "limner": version("limner"),
        "created": iso_time(now(), zone),
        "seq": manifest.seq,
        "events": manifest.events,
        "files": {name: asdict(content) for name, content in manifest.files.items()},
    }
    path.write_text(json.dumps(described, indent=1), encoding="utf-8")


# --- putting one back ------------------------------------------------------------------------------------------------


def restore_backup(source: Path, folder: Path, progress: Progress) -> Backup:
    """Make a workspace of a backup, in a new or empty folder; its derived files are made again when they are needed.

    Raises `NotFound` when there is no backup, `DataError` when it is damaged, `Conflict` when a newer Limner made it or
    the folder holds something. The folder is then as it was.
    """
    began = time.perf_counter()
    manifest = read_manifest(source)
    done = 0
    with appearing(folder) as made:
        (made / "tags").mkdir()
        for name, content in manifest.files.items():
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            copy_checked(source, made, name, content)
            done += content.bytes
            progress("restore", done, manifest.bytes)
    return summarise(manifest, folder, began)


def read_manifest(source: Path) -> Manifest:
    try:
        found = json.loads((source / MANIFEST).read_bytes())
        refuse_newer(source, found)
        files = {check_name(name): Content(**content) for name, content in found["files"].items()}
        return Manifest(int(found["seq"]), int(found["events"]), files)
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound(
            f"{source} is not a backup: it has no {MANIFEST}.", hint="Name a folder that `limner backup` made."
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"The backup {source} is damaged: its {MANIFEST} cannot be read ({error}).") from error


def refuse_newer(source: Path, found: Mapping[str, Any]) -> None:
    ours = version("limner")
    if int(found["format"]) > FORMAT or read_version(found["limner"]) > read_version(ours):
        raise Conflict(
            f"The backup {source} was made by Limner {found['limner']}, which is newer than this one ({ours}).",
            hint="Upgrade this one, then restore. Nothing was changed.",
        )


def read_version(text: str) -> tuple[int, ...]:
    """
    >>> read_version("0.10.0") > read_version("0.9.1")
    True
    """
    return tuple(int(number) for number in re.findall(r"\d+", text)[:3])


def check_name(name: str) -> str:
    """A path that stays inside the folder."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise ValueError(f"{name!r} leads out of the backup")
    return name


def copy_checked(source: Path, target: Path, name: str, content: Content) -> None:
    digest = hashlib.sha256()
    try:
        with (source / name).open("rb") as read, (target / name).open("wb") as written:
            while part := read.read(STEP):
                digest.update(part)
                written.write(part)
    except FileNotFoundError:
        raise DataError(f"The backup {source} is damaged: {name} is missing. Nothing was restored.") from None
    if digest.hexdigest() != content.sha256:
        raise DataError(f"The backup {source} is damaged: {name} is not as it was written. Nothing was restored.")


# --- both ------------------------------------------------------------------------------------------------------------


def summarise(manifest: Manifest, folder: Path, began: float) -> Backup:
    seconds = round(time.perf_counter() - began, 3)
    return Backup(str(folder.absolute()), manifest.seq, manifest.events, len(manifest.files), manifest.bytes, seconds)


@contextmanager
def appearing(folder: Path) -> Iterator[Path]:
    """A folder to fill. Afterwards it is durable and bears this name; if anything goes wrong, nothing is left of it.

    Raises `Conflict` when there is something under that name already, `DataError` where no folder can be made.
    """
    folder = folder.absolute()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Conflict(f"{folder} is not an empty folder.", hint="Give a new one. Nothing was changed.")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        remove_leftovers(folder.parent)
        made = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=UNFINISHED, dir=folder.parent))
    except OSError as error:
        raise DataError(f"{folder} cannot be made: {error.strerror}.", hint="Name another place.") from error
    handle = os.open(made, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield made
        for path in [made, *made.rglob("*")]:
            path.chmod(0o700 if path.is_dir() else 0o600)
            sync(path)
        made.rename(folder)
        sync(folder.parent)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    finally:
        os.close(handle)


def remove_leftovers(parent: Path) -> None:
    """Of processes that were killed: nobody holds them."""
    for path in parent.glob(f".*{UNFINISHED}"):
        handle = os.open(path, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(path, ignore_errors=True)
        except BlockingIOError:
            continue
        finally:
            os.close(handle)


def sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
