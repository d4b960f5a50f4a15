"""Every journal keeps what it confirmed, in order, through crashes and full disks."""

from __future__ import annotations

import errno
import os
import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from limner.adapters.journal import file as file_module
from limner.adapters.journal.file import FileJournal
from limner.errors import Unavailable
from limner.ports.journal import Delivery, Journal, Kind


def make_delivery(number: int, size: int = 10) -> Delivery:
    lines = tuple(b'{"n": %d, "of": "%s"}' % (number, b"x" * size) for _ in range(number % 3))
    return Delivery(Kind.MESSAGES, "web", 1_700_000_000_000_000 + number, lines, ip="203.0.113.7")


def read_all(journal: Journal, after: int = 0) -> list[Delivery]:
    return [delivery for delivery, _ in journal.read(after)]


@pytest.fixture(params=[FileJournal])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Journal:
    opened: Journal = request.param(tmp_path / "journal")
    return opened


def test_what_was_written_is_read_in_order(journal: Journal) -> None:
    deliveries = [make_delivery(n) for n in range(10)]
    first = journal.write(deliveries[:4])
    assert journal.end() == first
    last = journal.write(deliveries[4:])
    assert read_all(journal) == deliveries
    assert read_all(journal, first) == deliveries[4:]
    assert read_all(journal, last) == []
    positions = [position for _, position in journal.read(0)]
    assert positions == sorted(set(positions))
    assert read_all(journal, positions[6]) == deliveries[7:]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(["write", "reopen", "note", "forget", "tear"]), max_size=14), salt=st.randoms())
def test_any_history_keeps_what_was_not_consumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steps: list[str], salt: random.Random
) -> None:
    monkeypatch.setattr(file_module, "LARGEST_FILE", 400)
    folder = Path(tempfile.mkdtemp(dir=tmp_path))
    journal = FileJournal(folder)
    kept: list[tuple[Delivery, int]] = []
    noted, count = 0, 0
    for step in steps:
        if step == "write":
            fresh = [make_delivery(count + n, salt.randrange(200)) for n in range(salt.randrange(1, 4))]
            count += len(fresh)
            before = journal.end()
            journal.write(fresh)
            kept += list(journal.read(before))
            assert [delivery for delivery, _ in kept[-len(fresh) :]] == fresh
        elif step == "note" and kept:
            noted = max(noted, salt.choice(kept)[1])
            journal.note(noted)
        elif step == "forget":
            journal.forget()
        elif step in ("reopen", "tear"):
            journal.close()
            if step == "tear":  # died while it wrote: nobody was answered
                last = max(folder.glob("*.journal"), key=lambda path: int(path.stem))
                with last.open("ab") as file:
                    file.write(os.urandom(salt.randrange(1, 40)))
            journal = FileJournal(folder)
        assert journal.consumed() == noted
        waiting = [pair for pair in kept if pair[1] > noted]
        assert list(journal.read(noted)) == waiting
    journal.close()


def test_what_was_consumed_leaves_the_disk(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path / "journal")
    journal.note(journal.write([make_delivery(2)]))
    journal.forget()
    held = b"".join(path.read_bytes() for path in (tmp_path / "journal").iterdir())
    assert b"xxx" not in held
    end = journal.end()
    journal.close()
    journal = FileJournal(tmp_path / "journal")
    assert journal.end() == end, "positions grow for ever"
    assert journal.write([make_delivery(1)]) > end


def test_a_full_disk_keeps_nothing_of_a_write_and_recovers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = FileJournal(tmp_path / "journal")
    journal.write([make_delivery(1)])
    real = os.write

    def write_half(handle: int, data: bytes) -> int:
        if len(data) < 20:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(handle, data[: len(data) // 2])

    monkeypatch.setattr(os, "write", write_half)
    with pytest.raises(Unavailable, match="disk is full"):
        journal.write([make_delivery(2), make_delivery(3)])
    monkeypatch.undo()
    journal.write([make_delivery(4)])
    assert read_all(journal) == [make_delivery(1), make_delivery(4)]
    journal.close()
    assert read_all(FileJournal(tmp_path / "journal")) == [make_delivery(1), make_delivery(4)]


def test_damage_in_the_middle_is_skipped_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(file_module, "LARGEST_FILE", 0)  # a file per write
    journal = FileJournal(tmp_path / "journal")
    for number in range(3):
        journal.write([make_delivery(number + 1)])
    second = sorted((tmp_path / "journal").glob("*.journal"), key=lambda path: int(path.stem))[1]
    data = bytearray(second.read_bytes())
    data[-1] ^= 1
    second.write_bytes(bytes(data))
    assert read_all(journal) == [make_delivery(1), make_delivery(3)]
    assert "damaged" in caplog.text
