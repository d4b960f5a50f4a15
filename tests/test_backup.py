"""A backup is whole or not there, and what is made of it is the workspace it was made of."""

from __future__ import annotations

import fcntl
import json
import os
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import limner
from limner import backup as backup_module
from limner.backup import MANIFEST, UNFINISHED, appearing, restore_backup
from limner.errors import Conflict, DataError, NotFound, Unavailable
from limner.ports.journal import Delivery, Kind
from limner.workspace import Workspace, silent

TAGS = """
tags:
  spend: {layer: fact, fold: {sum: amount, of: order_paid}}
  favourite: {layer: fact, fold: {top: category, of: order_paid}}
"""
GIVEN = """
tags:
  score: {layer: fact, imported: number}
  tier: {layer: model, quantiles: {of: spend, at: [0.5], then: [low, high]}}
"""


def message(number: int) -> dict[str, Any]:
    who = {"userId": f"U{number % 5}", "anonymousId": f"a{number % 7}"}
    properties = {"amount": number, "category": f"c{number % 3}"}
    at = f"2026-11-{1 + number % 20:02}T10:00:00Z"
    return (
        {"type": "track", "event": "order_paid", "messageId": f"m{number}", "timestamp": at}
        | who
        | {"properties": properties}
    )


def count_at(workspace: Workspace, rule: object, as_of: int) -> int:
    """At an instant: without one it is that of the last fold, which no backup holds."""
    count: int = workspace.audience_count(rule, as_of)["count"]
    return count


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Workspace]:
    folder = tmp_path / "shop"
    limner.init(folder)
    (folder / "tags" / "shop.yaml").write_text(TAGS)
    (folder / "tags" / ".hidden").write_text("an editor's")
    (folder / "events.yaml").write_text("events: {}\n")
    (folder / "webhooks.key").write_bytes(b"secret")
    (tmp_path / "events.jsonl").write_text("".join(json.dumps(message(n)) + "\n" for n in range(40)))
    with limner.open(folder) as workspace:
        workspace.import_files(tmp_path / "events.jsonl")
        workspace.tags_apply()
        workspace.fold(as_of="2026-12-01")
        yield workspace


def test_what_is_restored_is_what_was_backed_up(shop: Workspace, tmp_path: Path) -> None:
    made = shop.backup(tmp_path / "backup")
    assert (made.seq, made.events) == (40, 40)
    kept = {path.relative_to(tmp_path / "backup").as_posix() for path in (tmp_path / "backup").rglob("*.*")}
    assert kept == {
        *("limner.toml", "events.yaml", "webhooks.key", "tags/shop.yaml"),
        *("log.duckdb", "catalog.sqlite", "outbox.sqlite", MANIFEST),
    }
    restored = limner.restore(tmp_path / "backup", tmp_path / "restored")
    assert (restored.seq, restored.events, restored.files, restored.bytes) == (40, 40, made.files, made.bytes)
    assert restored.dir == str(tmp_path / "restored")
    as_of = "2026-11-15"
    with limner.open(tmp_path / "restored") as twin:
        assert twin.table(as_of).equals(shop.table(as_of))
        assert twin.profile("user_id:U1").as_dict()["tags"] == shop.profile("user_id:U1").as_dict()["tags"]
        assert [key.key.id for key in twin.keys_list()] == [key.key.id for key in shop.keys_list()]
        assert twin.doctor_parity().differing == 0
        assert twin.import_files(tmp_path / "events.jsonl").duplicate == 40


def test_what_runs_wrote_and_midnight_counted_comes_along(shop: Workspace, tmp_path: Path) -> None:
    (tmp_path / "shop" / "tags" / "given.yaml").write_text(GIVEN)
    shop.tags_apply()
    (tmp_path / "list.csv").write_text("id,v\nU1,7\nU2,9\nU77,4\n")
    shop.tags_import("score", tmp_path / "list.csv", "user_id:id", "v")
    asked = [{"score": {"gte": 7}}, {"tier": "high"}]
    portrait = shop.profile("user_id:U1")
    past = "2026-11-15"
    counted = [count_at(shop, rule, portrait.as_of) for rule in asked], shop.table(past)
    assert counted[0] == [2, 2]
    shop.backup(tmp_path / "backup")
    # Made anew, the midnight's summary would know of an event that was late.
    late = message(4) | {"messageId": "late", "timestamp": "2026-11-02T10:00:00Z"}
    late["properties"] = {"amount": 10_000, "category": "c9"}
    limner.restore(tmp_path / "backup", tmp_path / "restored")
    (tmp_path / "late.jsonl").write_text(json.dumps(late))
    with limner.open(tmp_path / "restored") as twin:
        assert twin.profile("user_id:U1", as_of=portrait.as_of).as_dict() == portrait.as_dict()
        assert ([count_at(twin, rule, portrait.as_of) for rule in asked], twin.table(past)) == counted
        assert [run["rows"] for run in twin.tags_runs("score")] == [3]
        evidence = twin.profile("user_id:U1", as_of=past).tags["tier"].evidence
        twin.import_files(tmp_path / "late.jsonl")
        assert twin.profile("user_id:U1", as_of=past).tags["tier"].evidence == evidence


def test_only_the_owner_may_read_it(shop: Workspace, tmp_path: Path) -> None:
    shop.backup(tmp_path / "backup")
    limner.restore(tmp_path / "backup", tmp_path / "restored")
    for folder in (tmp_path / "backup", tmp_path / "restored"):
        for path in [folder, *folder.rglob("*")]:
            assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_what_waits_in_the_journal_comes_along(shop: Workspace, tmp_path: Path) -> None:
    """Acknowledged when the log was copied, and not in it yet."""
    late = Delivery(Kind.MESSAGES, "web", 1_797_000_000_000_000, (json.dumps(message(99)).encode(),))
    real = shop.parts.journal.consumed

    def consumed() -> int:
        shop.parts.journal.write([late])
        return real()

    shop.parts.journal.consumed = consumed  # type: ignore[method-assign]
    made = shop.backup(tmp_path / "backup")
    shop.parts.journal.consumed = real  # type: ignore[method-assign]
    assert made.seq == 40
    limner.restore(tmp_path / "backup", tmp_path / "restored")
    with limner.open(tmp_path / "restored") as twin:
        assert twin.parts.log.watermark() == 41
        ids = twin.parts.log.tail(0, 99).column("event_id").to_pylist()
        assert ids.count("m99") == 1
    with limner.open(tmp_path / "restored") as again:
        assert again.parts.log.watermark() == 41


@pytest.mark.parametrize("name", ["tags/backup", "snapshots/backup", "columns/a/b", "tags/../runs/b"])
def test_no_backup_is_made_among_what_is_backed_up(shop: Workspace, tmp_path: Path, name: str) -> None:
    with pytest.raises(Conflict, match="own"):
        shop.backup(tmp_path / "shop" / name)
    assert not list(tmp_path.rglob(f"*{UNFINISHED}"))
    shop.backup(tmp_path / "shop" / "backups" / "monday")


@pytest.mark.parametrize("content", ["a file", "a folder"])
def test_a_place_that_is_taken_is_left_alone(shop: Workspace, tmp_path: Path, content: str) -> None:
    taken = tmp_path / "taken"
    if content == "a file":
        taken.write_text("mine")
    else:
        taken.mkdir()
        (taken / "mine").write_text("mine")
    with pytest.raises(Conflict, match="not an empty folder"):
        shop.backup(taken)
    shop.backup(tmp_path / "backup")
    with pytest.raises(Conflict, match="not an empty folder"):
        limner.restore(tmp_path / "backup", taken)
    assert "mine" in (taken.read_text() if taken.is_file() else (taken / "mine").read_text())


def test_a_place_where_no_folder_can_be_made_is_said(shop: Workspace, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for place in (Path("/proc/backup"), tmp_path / "file" / "backup"):
        with pytest.raises(DataError, match=f"^{place} cannot be made: "):
            shop.backup(place)


def test_an_empty_folder_may_be_there(shop: Workspace, tmp_path: Path) -> None:
    for name in ("backup", "restored"):
        (tmp_path / name).mkdir()
    shop.backup(tmp_path / "backup")
    assert limner.restore(tmp_path / "backup", tmp_path / "restored").seq == 40


@pytest.fixture
def backed_up(shop: Workspace, tmp_path: Path) -> Path:
    shop.backup(tmp_path / "backup")
    return tmp_path / "backup"


@pytest.mark.parametrize("name", ["log.duckdb", "catalog.sqlite", "tags/shop.yaml"])
@pytest.mark.parametrize("harm", ["flip", "cut", "remove"])
def test_a_damaged_backup_is_refused(backed_up: Path, tmp_path: Path, name: str, harm: str) -> None:
    path = backed_up / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    if harm == "remove":
        path.unlink()
    else:
        path.write_bytes(content if harm == "flip" else content[:-1])
    with pytest.raises(DataError, match=f"damaged: {name}"):
        restore_backup(backed_up, tmp_path / "restored", silent)
    assert not (tmp_path / "restored").exists()
    assert not list(tmp_path.glob(f".*{UNFINISHED}"))


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"format": 2}, Conflict),
        ({"limner": "99.0.0"}, Conflict),
        ({"files": {"../outside": {"sha256": "", "bytes": 0}}}, DataError),
        ({"files": {"/etc/passwd": {"sha256": "", "bytes": 0}}}, DataError),
        ({"files": {"log.duckdb": {}}}, DataError),
        ({"seq": None}, DataError),
    ],
)
def test_a_manifest_we_cannot_trust_is_refused(
    backed_up: Path, tmp_path: Path, change: dict[str, Any], error: type[Exception]
) -> None:
    path = backed_up / MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(error, match="newer" if error is Conflict else "damaged"):
        restore_backup(backed_up, tmp_path / "restored", silent)
    assert not (tmp_path / "restored").exists()


def test_what_is_no_backup_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="not a backup"):
        restore_backup(tmp_path / "nowhere", tmp_path / "restored", silent)
    (tmp_path / "torn").mkdir()
    (tmp_path / "torn" / MANIFEST).write_text("{")
    with pytest.raises(DataError, match="damaged"):
        restore_backup(tmp_path / "torn", tmp_path / "restored", silent)


def test_nothing_is_left_of_a_backup_that_failed(
    shop: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup_module, "write_manifest", fail)
    with pytest.raises(OSError, match="No space"):
        shop.backup(tmp_path / "backup")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["events.jsonl", "shop"]


def test_leftovers_of_the_killed_are_removed_and_only_those(tmp_path: Path) -> None:
    left, used, other = (tmp_path / f".{name}{UNFINISHED}" for name in ("left", "used", "x"))
    other = tmp_path / ".x"
    for folder in (left, used, other):
        folder.mkdir()
    handle = os.open(used, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    with appearing(tmp_path / "new") as made:
        (made / "file").write_text("x")
    os.close(handle)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([used.name, other.name, "new"])


def test_closing_breaks_a_backup_off(shop: Workspace, tmp_path: Path) -> None:
    closing = threading.Thread(target=shop.close)

    def close(what: str, done: int, total: int) -> None:
        if not closing.ident:
            closing.start()
            while not shop._closing.is_set():
                time.sleep(0.001)

    with pytest.raises(Unavailable, match="being closed"):
        shop.backup(tmp_path / "backup", close)
    closing.join()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["events.jsonl", "shop"]
    with limner.open(tmp_path / "shop") as again:
        assert again.backup(tmp_path / "backup").seq == 40
