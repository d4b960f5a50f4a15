"""The intake keeps its promises whatever the store does: late, refusing, broken, or not at all."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event, Lock, Thread

import pytest

from limner import intake as intake_module
from limner.adapters.journal import file as file_module
from limner.adapters.journal.file import FileJournal
from limner.errors import Unavailable
from limner.intake import Intake
from limner.ports.journal import Delivery, Kind

SOON = 10.0
"""Seconds within which anything that happens at all has happened."""


class Store:
    """Remembers what it was given; ``before`` may misbehave."""

    def __init__(self) -> None:
        self.before: Callable[[], None] = lambda: None
        self.lots: list[list[bytes]] = []
        self._lock = Lock()

    def __call__(self, deliveries: Sequence[Delivery]) -> int:
        self.before()
        with self._lock:
            self.lots.append([line for delivery in deliveries for line in delivery.lines])
            return len(self.lots)

    @property
    def lines(self) -> list[bytes]:
        return [line for lot in self.lots for line in lot]


class Fixture:
    """An intake over a journal in a folder, that can be opened again as after a crash."""

    def __init__(self, folder: Path) -> None:
        self.store = Store()
        self.folder = folder
        self.open()

    def open(self) -> None:
        self.journal = FileJournal(self.folder)
        self.intake = Intake(self.journal, self.store)

    def offer(self, *lines: bytes) -> Future[int]:
        return self.intake.offer(make_delivery(*lines))

    def reopen(self) -> None:
        self.intake.stop()
        self.journal.close()
        self.open()


def make_delivery(*lines: bytes) -> Delivery:
    return Delivery(Kind.MESSAGES, "web", 1_700_000_000_000_000, lines)


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fixture]:
    monkeypatch.setattr(intake_module, "BREATH", 0.001)
    monkeypatch.setattr(intake_module, "PAUSE", 0.02)
    fixture = Fixture(tmp_path / "journal")
    yield fixture
    fixture.store.before = lambda: None
    fixture.intake.stop()
    fixture.journal.close()


def test_what_was_answered_is_stored_in_order_and_once(made: Fixture) -> None:
    made.intake.start()
    offers = [made.offer(b"%d" % n) for n in range(200)]
    positions = [offer.result(SOON) for offer in offers]
    assert positions == sorted(positions)
    made.intake.settle()
    assert made.store.lines == [b"%d" % n for n in range(200)]
    assert made.intake.behind == 0


def test_a_slow_store_holds_nobody_up_and_settling_waits_for_it(made: Fixture) -> None:
    made.store.before = lambda: time.sleep(0.1)
    made.intake.start()
    began = time.monotonic()
    made.offer(b"a").result(SOON)
    assert time.monotonic() - began < 0.1
    assert made.store.lines == []
    made.intake.settle()
    assert made.store.lines == [b"a"]


@pytest.mark.parametrize("error", [Unavailable("The disk is full."), ValueError("a bug"), OSError(errno.EIO, "broken")])
def test_a_store_that_fails_is_asked_again_until_it_does_not(made: Fixture, error: Exception) -> None:
    failing = Event()
    failing.set()

    def fail() -> None:
        if failing.is_set():
            raise error

    made.store.before = fail
    made.intake.start()
    made.offer(b"a").result(SOON)
    with pytest.raises(Unavailable, match="behind"):
        made.intake.settle(0.1)
    made.offer(b"b").result(SOON)
    failing.clear()
    made.intake.settle()
    assert made.store.lines == [b"a", b"b"]


def test_what_was_answered_and_not_stored_is_stored_after_the_next_start(made: Fixture) -> None:
    never = Event()
    made.store.before = lambda: never.wait(SOON) and None
    made.intake.start()
    made.offer(b"a").result(SOON)
    made.offer(b"b").result(SOON)
    crashed = FileJournal(made.folder)  # as another process finds it
    again = Store()
    Intake(crashed, again).catch_up()
    assert again.lines == [b"a", b"b"]
    crashed.close()
    never.set()


def test_a_withdrawn_offer_harms_nobody(made: Fixture) -> None:
    writing, go_on = Event(), Event()
    real = made.journal.write

    def write(deliveries: Sequence[Delivery]) -> int:
        writing.set()
        assert go_on.wait(SOON)
        return real(deliveries)

    made.journal.write = write  # type: ignore[method-assign]
    made.intake.start()
    first = made.offer(b"a")
    assert writing.wait(SOON)
    second, third = made.offer(b"b"), made.offer(b"c")
    assert not first.cancel(), "it is being written"
    assert second.cancel()
    go_on.set()
    assert first.result(SOON) < third.result(SOON)
    made.intake.settle()
    assert made.store.lines[0] == b"a"
    assert made.store.lines[-1] == b"c"


def test_offers_of_many_threads_share_their_syncs(made: Fixture, monkeypatch: pytest.MonkeyPatch) -> None:
    syncs = 0

    def sync(handle: int) -> None:
        nonlocal syncs
        syncs += 1
        time.sleep(0.01)

    monkeypatch.setattr(os, "fdatasync", sync)
    made.intake.start()

    def send(number: int) -> None:
        for n in range(10):
            made.offer(b"%d-%d" % (number, n)).result(SOON)

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(send, range(20)))
    made.intake.settle()
    assert syncs < 40
    assert sorted(made.store.lines) == sorted(b"%d-%d" % (number, n) for number in range(20) for n in range(10))


def test_settling_from_many_threads_sees_what_was_answered_before(made: Fixture) -> None:
    made.intake.start()

    def write_and_read(number: int) -> bool:
        for n in range(10):
            line = b"%d-%d" % (number, n)
            made.offer(line).result(SOON)
            made.intake.settle()
            if line not in made.store.lines:
                return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(write_and_read, range(8)))


def test_who_waits_for_the_log_is_let_go_when_it_stops(made: Fixture) -> None:
    go_on = Event()
    made.store.before = lambda: go_on.wait(SOON) and None
    made.intake.start()
    made.offer(b"a").result(SOON)
    made.offer(b"b").result(SOON)
    waited: list[float] = []

    def settle() -> None:
        began = time.monotonic()
        with pytest.raises(Unavailable):
            made.intake.settle(SOON)
        waited.append(time.monotonic() - began)

    reader = Thread(target=settle)
    reader.start()
    time.sleep(0.05)
    stopper = Thread(target=made.intake.stop)
    stopper.start()
    reader.join(SOON / 2)
    go_on.set()
    stopper.join(SOON)
    reader.join(SOON)
    assert waited[0] < SOON / 2


def test_stopping_writes_what_was_offered_and_refuses_what_comes_after(made: Fixture) -> None:
    writing, go_on = Event(), Event()
    real = made.journal.write

    def write(deliveries: Sequence[Delivery]) -> int:
        writing.set()
        assert go_on.wait(SOON)
        return real(deliveries)

    made.journal.write = write  # type: ignore[method-assign]
    made.intake.start()
    offers = [made.offer(b"a")]
    assert writing.wait(SOON)
    offers.append(made.offer(b"b"))
    stopper = Thread(target=made.intake.stop)
    stopper.start()
    time.sleep(0.05)
    with pytest.raises(Unavailable, match="stopping"):
        made.offer(b"c")
    go_on.set()
    stopper.join(SOON)
    assert [offer.result(0) > 0 for offer in offers] == [True, True]
    made.journal.close()
    made.open()
    made.intake.catch_up()
    assert sorted(set(made.store.lines)) == [b"a", b"b"]


def test_too_much_waiting_is_refused_for_now(made: Fixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake_module, "MOST_WAITING", 100)
    writing, go_on = Event(), Event()
    real = made.journal.write

    def write(deliveries: Sequence[Delivery]) -> int:
        writing.set()
        assert go_on.wait(SOON)
        return real(deliveries)

    made.journal.write = write  # type: ignore[method-assign]
    made.intake.start()
    kept = [made.offer(b"x" * 60)]
    assert writing.wait(SOON)
    kept.append(made.offer(b"y" * 60))
    with pytest.raises(Unavailable, match="More comes in"):
        made.offer(b"z" * 60)
    go_on.set()
    for offer in kept:
        offer.result(SOON)
    made.offer(b"z" * 60).result(SOON)
    made.intake.settle()
    assert [line[:1] for line in made.store.lines] == [b"x", b"y", b"z"]


def test_a_delivery_larger_than_the_bound_passes_when_nothing_else_waits(
    made: Fixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or its sender would be told to come back for ever."""
    monkeypatch.setattr(intake_module, "MOST_WAITING", 100)
    made.intake.start()
    made.offer(b"x" * 200).result(SOON)
    made.intake.settle()
    assert made.store.lines == [b"x" * 200]


def test_a_log_too_far_behind_stops_offers_until_it_has_caught_up(
    made: Fixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake_module, "MOST_BEHIND", 1000)
    go_on = Event()
    made.store.before = lambda: go_on.wait(SOON) and None
    made.intake.start()
    kept = 0
    with pytest.raises(Unavailable, match="More comes in"):  # noqa: PT012
        for _ in range(100):
            made.offer(b"x" * 100).result(SOON)
            kept += 1
    assert 5 <= kept <= 12
    go_on.set()
    made.intake.settle()
    made.offer(b"y").result(SOON)
    made.intake.settle()
    assert len(made.store.lines) == kept + 1


def test_lots_are_bounded_by_their_bytes_too(made: Fixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake_module, "BYTES_AT_ONCE", 1000)
    for _ in range(20):
        made.journal.write([make_delivery(b"x" * 300)])
    made.intake.catch_up()
    assert sum(map(len, made.store.lots)) == 20
    assert max(map(len, made.store.lots)) <= 4


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO])
def test_a_journal_that_cannot_be_written_keeps_nothing_and_recovers(
    made: Fixture, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    made.intake.start()
    made.offer(b"a").result(SOON)

    def fail(handle: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fdatasync", fail)
    with pytest.raises(Unavailable):
        made.offer(b"b").result(SOON)
    monkeypatch.undo()
    made.offer(b"c").result(SOON)
    made.intake.settle()
    assert made.store.lines == [b"a", b"c"]
    made.reopen()
    assert [delivery.lines[0] for delivery, _ in made.journal.read(0)] == [b"a", b"c"]


def test_a_torn_write_that_could_not_be_cut_off_is_cut_off_later(
    made: Fixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the frames after it would lie where nobody looks for them."""
    made.intake.start()
    made.offer(b"a").result(SOON)
    real = os.write

    def write_half(handle: int, data: bytes) -> int:
        if len(data) < 20:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(handle, data[: len(data) // 2])

    def fail(handle: int, size: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as broken:
        broken.setattr(os, "write", write_half)
        broken.setattr(os, "ftruncate", fail)
        for _ in range(2):
            with pytest.raises(Unavailable):
                made.offer(b"b").result(SOON)
    made.offer(b"c").result(SOON)
    made.intake.settle()
    assert made.store.lines == [b"a", b"c"]


def test_no_room_for_the_next_file_is_no_end(made: Fixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_module, "LARGEST_FILE", 0)
    made.intake.start()
    made.offer(b"a").result(SOON)
    real = os.open

    def fail(path: object, flags: int, mode: int = 0o777) -> int:
        if flags & os.O_CREAT:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(path, flags, mode)  # type: ignore[arg-type]

    with monkeypatch.context() as full:
        full.setattr(os, "open", fail)
        for _ in range(2):
            with pytest.raises(Unavailable):
                made.offer(b"b").result(SOON)
    made.offer(b"c").result(SOON)
    made.intake.settle()
    assert made.store.lines == [b"a", b"c"]


def test_notes_of_two_threads_do_not_trip_over_each_other(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path / "journal")
    positions = [journal.write([make_delivery(b"%d" % n)]) for n in range(300)]
    with ThreadPoolExecutor(2) as pool:
        noting = pool.submit(lambda: [journal.note(position) for position in positions])
        forgetting = pool.submit(lambda: [journal.forget() for _ in range(300)])
        noting.result(SOON)
        forgetting.result(SOON)
    journal.close()
