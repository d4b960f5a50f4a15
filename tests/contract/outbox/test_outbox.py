"""What `ports.outbox.Outbox` and `ports.deliveries.Feed` promise. A new adapter is done when `open_it` has it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from limner.adapters.outbox import OutboxFile, SqliteOutbox
from limner.errors import Conflict, DataError, Unavailable
from limner.model.change import Changed, Mark
from limner.ports.outbox import Entry

Open = Callable[[], SqliteOutbox]
FULL = Changed(7, {"城市": (None, "上海"), "n": (1, 2.5), "tea": (True, ["a", "b"])}, ("vip",), ("new", "老客"))


@pytest.fixture
def open_it(tmp_path: Path) -> Iterator[Open]:
    """Each call opens the same outbox once more, as after a restart."""
    files: list[OutboxFile] = []

    def open_() -> SqliteOutbox:
        files.append(OutboxFile(tmp_path / "outbox.sqlite"))
        return SqliteOutbox(files[-1])

    yield open_
    for file in files:
        file.close()


def changes(count: int) -> list[Changed]:
    return [Changed(customer, {"n": (customer, customer + 1)}) for customer in range(count)]


def test_it_begins_empty(open_it: Open) -> None:
    outbox = open_it()
    assert outbox.mark() is None
    assert outbox.read(0, 10) == []
    assert outbox.span() == (1, 0)
    assert outbox.trim(100) == 0
    assert outbox.before(2**60) == 0


def test_changes_come_back_as_they_were_in_order_after_a_restart(open_it: Open) -> None:
    outbox = open_it()
    assert outbox.add([FULL, Changed(8, {})], Mark(10, 1_000)) == 2
    assert outbox.add([Changed(7, {}, ("vip",))], Mark(12, 2_000)) == 3
    again = open_it()
    assert again.read(0, 10) == [
        Entry(1, Mark(10, 1_000), FULL),
        Entry(2, Mark(10, 1_000), Changed(8, {})),
        Entry(3, Mark(12, 2_000), Changed(7, {}, ("vip",))),
    ]
    assert again.read(1, 1) == outbox.read(1, 1)
    assert [entry.position for entry in again.read(1, 1)] == [2]
    assert again.mark() == Mark(12, 2_000)
    assert again.span() == (1, 3)


def test_a_mark_moves_without_changes(open_it: Open) -> None:
    outbox = open_it()
    assert outbox.add([], Mark(5, 50)) == 0
    assert outbox.mark() == Mark(5, 50)
    outbox.add(changes(1), Mark(6, 60))
    assert outbox.add([], Mark(7, 70)) == 1


def test_what_is_trimmed_is_gone_and_its_positions_are_never_given_again(open_it: Open) -> None:
    outbox = open_it()
    outbox.add(changes(5), Mark(1, 1))
    assert outbox.trim(3) == 3
    assert [entry.position for entry in outbox.read(0, 10)] == [4, 5]
    assert outbox.span() == (4, 5)
    assert outbox.trim(100) == 2
    assert outbox.span() == (6, 5)
    again = open_it()
    assert again.add(changes(1), Mark(2, 2)) == 6
    assert again.mark() == Mark(2, 2)


def test_many_are_trimmed_at_once(open_it: Open) -> None:
    outbox = open_it()
    outbox.add(changes(25_000), Mark(1, 1))
    assert outbox.trim(24_999) == 24_999
    assert outbox.span() == (25_000, 25_000)


@pytest.mark.parametrize(("instant", "last"), [(0, 2), (10, 2), (11, 5), (20, 5), (21, 6), (10**6, 6)])
def test_what_came_before_an_instant(open_it: Open, instant: int, last: int) -> None:
    outbox = open_it()
    outbox.add(changes(5), Mark(1, 10))
    outbox.add(changes(1), Mark(2, 20))
    outbox.trim(2)
    assert outbox.before(instant) == last


def test_listeners_hear_of_what_was_added_until_they_stop(open_it: Open) -> None:
    outbox, heard = open_it(), []
    stop = outbox.listen(lambda: heard.append(outbox.span()))
    outbox.add([], Mark(1, 1))
    assert heard == [], "nothing was added"
    outbox.add(changes(2), Mark(2, 2))
    assert heard == [(1, 2)]
    outbox.close()
    assert len(heard) == 2
    assert outbox.closed
    stop()
    outbox.add(changes(1), Mark(3, 3))
    assert len(heard) == 2


def test_a_failed_add_leaves_nothing(open_it: Open) -> None:
    outbox = open_it()
    with pytest.raises(OverflowError):
        outbox.add([Changed(1, {}), Changed(2**70, {})], Mark(1, 1))
    assert outbox.span() == (1, 0)
    assert outbox.mark() is None
    assert outbox.add(changes(1), Mark(2, 2)) == 1


def test_what_was_added_is_there_after_a_kill(open_it: Open, tmp_path: Path) -> None:
    program = f"""
import os, signal
from limner.adapters.outbox import OutboxFile, SqliteOutbox
from limner.model.change import Changed, Mark
from pathlib import Path
outbox = SqliteOutbox(OutboxFile(Path({str(tmp_path / "outbox.sqlite")!r})))
for tick in range(50):
    print(outbox.add([Changed(n, {{"n": (0, tick)}}) for n in range(20)], Mark(tick, tick)), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout.split()[-1] == "1000", done.stderr
    outbox = open_it()
    assert outbox.span() == (1, 1000)
    assert outbox.mark() == Mark(49, 49)


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "outbox.sqlite").write_text("a poem, " * 200, encoding="utf-8")
    with pytest.raises(DataError, match="is not an outbox"):
        OutboxFile(tmp_path / "outbox.sqlite")


def test_a_newer_file_is_refused(tmp_path: Path) -> None:
    file = OutboxFile(tmp_path / "outbox.sqlite")
    with file.reading() as connection:
        connection.execute("PRAGMA user_version = 99")
    file.close()
    with pytest.raises(Conflict, match="newer Limner"):
        OutboxFile(tmp_path / "outbox.sqlite")


def test_a_closed_one_says_so(tmp_path: Path) -> None:
    file = OutboxFile(tmp_path / "outbox.sqlite")
    file.close()
    file.close()
    with pytest.raises(Unavailable):
        SqliteOutbox(file).span()
    assert os.path.exists(tmp_path / "outbox.sqlite")
