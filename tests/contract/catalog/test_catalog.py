"""The catalog's contract. A new adapter is done when it is added to `open_one` and everything here passes."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from limner.adapters.catalog import SqlCatalog, open_catalog, schema
from limner.adapters.catalog.tables import METADATA
from limner.errors import Conflict, DataError, Unavailable
from limner.ports.catalog import ApiKey, AuditEntry

Open = Callable[[], SqlCatalog]


FILE = pytest.mark.parametrize("place", ["SQLite"], indirect=True)
"""What only a file can be."""


@pytest.fixture
def path(place: Path | str) -> Path:
    return Path(place)


@pytest.fixture
def open_one(place: Path | str) -> Iterator[Open]:
    opened: list[SqlCatalog] = []

    def open_again() -> SqlCatalog:
        opened.append(open_catalog(place))
        return opened[-1]

    yield open_again
    for catalog in opened:
        catalog.close()


@pytest.fixture
def catalog(open_one: Open) -> SqlCatalog:
    return open_one()


def test_a_new_catalog_is_empty(catalog: SqlCatalog) -> None:
    assert (catalog.audit(), catalog.keys()) == ([], [])
    assert catalog.setting("a") is None


@FILE
def test_the_revision_is_another_one_after_every_commit_and_only_then(open_one: Open) -> None:
    here, elsewhere = open_one(), open_one()
    seen = [here.revision()]
    for text, catalog in enumerate((here, elsewhere)):
        catalog.remember("a", str(text))
        seen += [here.revision(), here.revision()]
        catalog.setting("a")
    assert [a == b for a, b in pairwise(seen)] == [False, True, False, True]


@pytest.mark.parametrize("place", ["PostgreSQL"], indirect=True)
def test_where_the_database_does_not_tell_there_is_no_revision(catalog: SqlCatalog) -> None:
    assert catalog.revision() is None


def test_the_audit_is_newest_first(catalog: SqlCatalog) -> None:
    entries = [AuditEntry(i, "ada", "tag.publish", f"tag{i % 2}", "why 为什么") for i in range(5)]
    catalog.record(entries[0])
    for entry in entries[1:]:
        catalog.record(entry)
    assert catalog.audit() == entries[::-1]
    assert catalog.audit("tag1") == [entries[3], entries[1]]
    assert catalog.audit(limit=2) == [entries[4], entries[3]]


def test_settings(catalog: SqlCatalog) -> None:
    catalog.remember("zone", "Asia/Shanghai")
    catalog.remember("zone", "Europe/London")
    assert catalog.setting("zone") == "Europe/London"


def test_keys(catalog: SqlCatalog) -> None:
    key, other = ApiKey("k1", "site", "write", "digest-1", 5), ApiKey("k2", "ada", "admin", "digest-2", 6)
    catalog.put_key(key)
    catalog.put_key(other)
    catalog.put_key(replace(key, name="web", disabled_at=9))
    assert catalog.keys() == [replace(key, name="web", disabled_at=9), other]
    with pytest.raises(Conflict):
        catalog.put_key(replace(key, id="k3"))


def test_a_key_keeps_all_that_is_known_of_it(open_one: Open) -> None:
    key = ApiKey("k1", "site", "write", "new", 5, None, "shop", 2.5, "old", 2**60)
    catalog = open_one()
    catalog.put_key(key)
    catalog.put_key(replace(key, digest="newer", previous_digest="new", rate=None))
    catalog.close()
    assert open_one().keys() == [replace(key, digest="newer", previous_digest="new", rate=None)]


def test_a_key_and_its_audit_are_kept_together_or_not_at_all(catalog: SqlCatalog) -> None:
    key = ApiKey("k1", "site", "write", "digest-1", 5)
    entry = AuditEntry(5, "ada", "key.create", "k1")
    catalog.put_key(key, [entry])
    with pytest.raises(Conflict):
        catalog.put_key(replace(key, id="k2"), [replace(entry, subject="k2")])
    assert catalog.keys() == [key]
    assert catalog.audit() == [entry]


def test_threads_may_share_it(catalog: SqlCatalog) -> None:
    def make(i: int) -> None:
        catalog.put_key(ApiKey(f"k{i}", "ada", "admin", f"d{i}", i), [AuditEntry(i, "ada", "key.create", f"k{i}")])

    threads = [threading.Thread(target=make, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(catalog.keys()) == len(catalog.audit()) == 8


@FILE
def test_a_catalog_of_a_newer_version_is_left_alone(open_one: Open, path: Path) -> None:
    open_one().close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0099'")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(
        Conflict, match=r"written by a newer Limner: its catalog is at revision 0099.*Upgrade with: pip"
    ):
        open_one()
    assert path.read_bytes() == before


@FILE
def test_another_file_is_refused(open_one: Open, path: Path) -> None:
    path.write_text("this is no database, but it is long enough to be looked at" * 20)
    with pytest.raises(DataError, match=r"catalog\.sqlite is not a catalog of Limner: file is not a database"):
        open_one()


def test_a_missing_folder_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="The catalog cannot be used now: unable to open database file"):
        open_catalog(tmp_path / "nowhere" / "catalog.sqlite")


@FILE
def test_a_migration_that_stops_halfway_leaves_nothing(
    open_one: Open, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("alembic.operations.Operations.create_index", stop)
        with pytest.raises(KeyboardInterrupt):
            open_one()
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    connection.close()
    assert open_one().keys() == []


@FILE
def test_keys_of_the_first_version_are_taken_over(open_one: Open, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(schema, "REVISIONS", ("0001",))
        open_one().close()
    with sqlite3.connect(path) as connection:
        rows = [("k1", "site", "write", "d1", 5, None), ("k2", "ada", "admin", "d2", 6, 9)]
        columns = "id, name, role, digest, created_at, disabled_at"
        connection.executemany(f"INSERT INTO api_key ({columns}) VALUES (?, ?, ?, ?, ?, ?)", rows)
    connection.close()
    assert open_one().keys() == [
        ApiKey("k1", "site", "write", "d1", 5, source="site"),
        ApiKey("k2", "ada", "admin", "d2", 6, disabled_at=9),
    ]


def test_migrations_and_tables_say_the_same(catalog: SqlCatalog) -> None:
    with catalog.transaction() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
        assert schema.current_revision(connection) == schema.REVISIONS[-1]


def test_every_revision_is_known() -> None:
    config = Config()
    config.set_main_option("script_location", "limner.adapters.catalog:migrations")
    script = ScriptDirectory.from_config(config)
    assert tuple(step.revision for step in script.walk_revisions())[::-1] == schema.REVISIONS


def test_catalogs_are_made_at_once(tmp_path: Path) -> None:
    """One and another: a thread each, as when two workspaces are made in one process."""
    start, made = threading.Barrier(3), list[SqlCatalog]()

    def make(name: str) -> None:
        start.wait()
        made.append(open_catalog(tmp_path / f"{name}.sqlite"))

    threads = [threading.Thread(target=make, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [catalog.keys() for catalog in made] == [[], [], []]
    for catalog in made:
        catalog.close()
