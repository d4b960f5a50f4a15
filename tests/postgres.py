"""A real PostgreSQL of Debian's package, started for the tests that ask for one and gone with them."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path

PROGRAMS = "/usr/lib/postgresql"
OWNER = "postgres"
"""Who runs it where we are root, as whom it refuses to run; Debian's package makes this user."""
FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
"""For a server that nobody misses after a crash."""


class Absent(Exception):
    """Why there is no PostgreSQL here."""


@dataclass(frozen=True)
class Postgres:
    programs: Path
    folder: Path
    """It listens here, and nowhere on the network."""
    numbers: Iterator[int] = field(default_factory=count)

    def make_database(self) -> str:
        """SQLAlchemy's URL of a new, empty one."""
        name = f"limner_{next(self.numbers)}"
        run(self.programs / "createdb", "-h", self.folder, "-U", OWNER, name)
        return f"postgresql+psycopg://{OWNER}@/{name}?host={self.folder}"


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Absent, with the reason, where it cannot be run."""
    programs = find_programs()
    folder = Path(tempfile.mkdtemp(prefix="limner-pg-"))  # short: a socket's path has at most 107 bytes
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, OWNER)
        data = folder / "data"
        run(programs / "initdb", "-D", data, "-U", OWNER, "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8")
        run(programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", f"-k {folder} -h '' {FAST}", "start")
        try:
            yield Postgres(programs, folder)
        finally:
            run(programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder)


@cache
def find_programs() -> Path:
    """The newest version's."""
    found = sorted(Path(PROGRAMS).glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise Absent("PostgreSQL is not installed (Debian's package postgresql)")
    try:
        import psycopg  # noqa: F401
    except ImportError:
        raise Absent("its driver is not installed (pip install 'limner[cluster]')") from None
    if os.geteuid() == 0:
        try:
            pwd.getpwnam(OWNER)
        except KeyError:
            raise Absent(f"we are root, as whom it does not run, and there is no user {OWNER}") from None
    return found[-1].parent


def run(program: Path, *words: object) -> None:
    user = OWNER if os.geteuid() == 0 else None
    # Into a file of its own: a server that is started keeps what it was given for as long as it lives.
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(
            [str(program), *map(str, words)],
            stdout=said,
            stderr=said,
            stdin=subprocess.DEVNULL,
            user=user,
            check=False,
            cwd="/",
        )
        said.seek(0)
        assert done.returncode == 0, said.read().decode("utf-8", "replace")
