"""What `ports.deliveries.Deliveries` promises. A new adapter is done when it is added to `store`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from limner.adapters.outbox import OutboxFile, SqliteDeliveries, SqliteOutbox, deliveries
from limner.adapters.outbox.file import TABLES
from limner.model.change import Changed, Mark
from limner.ports.deliveries import Letter, Standing, Step

FIRST = Letter(3, 0, 7, b'{"a":1}', 2, 100, 200, "503")
SECOND = Letter(3, 1, 7, b'{"b":1}')
THIRD = Letter(5, 0, 8, b"{}", 1, 150, 151, "timed out")


@pytest.fixture
def file(tmp_path: Path) -> Iterator[OutboxFile]:
    file = OutboxFile(tmp_path / "outbox.sqlite")
    yield file
    file.close()


@pytest.fixture
def store(file: OutboxFile) -> SqliteDeliveries:
    store = SqliteDeliveries(file)
    store.place("crm", 0)
    return store


def test_a_destination_stands_where_it_was_placed(store: SqliteDeliveries) -> None:
    assert store.standing("ads") is None
    store.place("ads", 40)
    assert store.standing("ads") == Standing(40, 1)
    store.place("ads", 20)
    assert store.standing("ads") == Standing(20, 2)
    assert store.standing("crm") == Standing(0, 1)


def test_steps_are_remembered(store: SqliteDeliveries, tmp_path: Path) -> None:
    assert store.keep("crm", 1, Step(5, [THIRD, SECOND, FIRST], failing_since=100, reason="503"))
    assert store.standing("crm") == Standing(5, 1, 100, "503")
    assert store.late("crm") == [FIRST, SECOND, THIRD]
    again = replace(FIRST, tries=3, due=900, reason="500")
    assert store.keep("crm", 1, Step(9, [again], done=[(3, 1)], dead=[replace(THIRD, reason="404")]))
    assert store.standing("crm") == Standing(9, 1)
    other = OutboxFile(tmp_path / "outbox.sqlite")
    assert SqliteDeliveries(other).late("crm") == [again]
    other.close()
    (dead,) = store.dead()
    assert (dead.destination, dead.letter) == ("crm", replace(THIRD, reason="404"))
    assert store.counts() == {"crm": (1, 1)}
    assert store.late("ads") == []


def test_what_was_accepted_is_counted_wherever_it_is_placed(store: SqliteDeliveries) -> None:
    assert store.keep("crm", 1, Step(5, accepted=3, accepted_at=70))
    assert store.keep("crm", 1, Step(6, accepted=2, accepted_at=90))
    assert store.keep("crm", 1, Step(7))
    assert store.standing("crm") == Standing(7, 1, delivered=5, delivered_at=90)
    store.place("crm", 2)
    assert store.standing("crm") == Standing(2, 2, delivered=5, delivered_at=90)
    store.place("crm", 9, anew=True)
    assert store.standing("crm") == Standing(9, 3), "another one under its name"


def test_the_file_of_an_older_limner_is_brought_up(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite"
    old = TABLES.replace("user_version = 2", "user_version = 1").replace(
        "    reason TEXT,\n    delivered INTEGER NOT NULL DEFAULT 0,\n    delivered_at INTEGER\n", "    reason TEXT\n"
    )
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(old)
        connection.execute("INSERT INTO standing VALUES ('crm', 4, 1, NULL, NULL)")
        connection.commit()
    for _ in range(2):
        file = OutboxFile(path)
        assert SqliteDeliveries(file).standing("crm") == Standing(4, 1)
        file.close()


def test_a_step_of_another_revision_changes_nothing(store: SqliteDeliveries) -> None:
    store.place("crm", 2)
    assert not store.keep("crm", 1, Step(9, [FIRST]))
    assert not store.keep("ads", 1, Step(9, [FIRST]))
    assert store.standing("crm") == Standing(2, 2)
    assert store.late("crm") == []


def test_who_is_placed_back_forgets_what_comes_again(store: SqliteDeliveries) -> None:
    store.keep("crm", 1, Step(9, [FIRST, THIRD], dead=[Letter(6, 0, 9, b"{}")]))
    store.place("ads", 0)
    store.keep("ads", 1, Step(9, [THIRD]))
    store.place("crm", 3)
    assert store.late("crm") == [FIRST]
    assert store.dead("crm") == []
    assert store.late("ads") == [THIRD]


def test_the_dead_come_back_as_new(store: SqliteDeliveries) -> None:
    store.place("ads", 0)
    store.keep("crm", 1, Step(9, dead=[FIRST, THIRD]))
    store.keep("ads", 1, Step(9, dead=[SECOND]))
    assert [each.letter.position for each in store.dead("crm")] == [5, 3]
    assert len(store.dead(limit=2)) == 2
    (last, first) = store.dead("crm")
    pages, before = [], None
    while found := store.dead(limit=1, before=before):
        pages.append(found[0])
        before = (found[0].died_at, found[0].id)
    assert pages == store.dead(), "one by one as all at once"
    assert store.revive(id=first.id) == 1
    assert store.late("crm") == [replace(FIRST, tries=0, since=0, due=0)]
    assert store.standing("crm") == Standing(9, 2), "its courier must look again"
    assert store.standing("ads") == Standing(9, 1)
    assert store.revive("ads", last.id) == 0, "that one is not theirs"
    assert store.revive() == 2
    assert store.dead() == []
    assert store.revive() == 0


def test_only_so_many_dead_are_kept(store: SqliteDeliveries, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "MOST_DEAD", 3)
    store.keep("crm", 1, Step(9, dead=[Letter(position, 0, 1, b"") for position in range(1, 6)]))
    assert [each.letter.position for each in store.dead()] == [5, 4, 3]


def test_a_person_is_forgotten(store: SqliteDeliveries, file: OutboxFile, tmp_path: Path) -> None:
    outbox = SqliteOutbox(file)
    outbox.add([Changed(7, {"city": (None, "Atlantis")}), Changed(8, {"city": (None, "Lutetia")})], Mark(1, 1))
    store.keep("crm", 1, Step(9, [replace(FIRST, body=b"Eldorado")], dead=[replace(SECOND, body=b"Shangri-La"), THIRD]))
    assert store.forget([7, 12]) == 3
    assert [entry.changed.customer for entry in outbox.read(0, 10)] == [8]
    assert store.late("crm") == []
    assert [each.letter for each in store.dead()] == [THIRD]
    assert not store.keep("crm", 1, Step(10)), "a courier holds letters in memory"
    raw = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"Lutetia" in raw
    assert not any(word in raw for word in (b"Atlantis", b"Eldorado", b"Shangri-La"))
