"""Small appends out of memory: every number as a plain model has it, whatever happened in between."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.contract.log.batches import Row, make_batch, open_log, row, silent

from limner.adapters.duckdb import log as log_module
from limner.adapters.duckdb import memory
from limner.adapters.duckdb.erasure import ERASED, DuckDBErasure
from limner.adapters.duckdb.file import LogFile
from limner.adapters.duckdb.log import DuckDBLog
from limner.adapters.duckdb.observations import DuckDBObservations
from limner.model.timeline import Kind
from limner.ports.observations import Decision

KINDS = ("user_id", "phone", "phone#2", "email")


class Model:
    """The log as dicts and lists: each thing's number is its place."""

    def __init__(self) -> None:
        self.identifiers: list[tuple[str, str]] = []
        self.fragments: list[tuple[int, ...]] = []
        self.names: list[str] = []
        self.sources: list[str] = []
        self.words: list[str] = []
        self.seqs = 0
        self.events: dict[tuple[str, str], list[Any]] = {}

    def append(self, rows: Sequence[Row], kinds: Sequence[str]) -> int:
        fresh = {}
        for event in rows:
            key = event["source"], event["event_id"]
            if key not in self.events and key not in fresh:
                fresh[key] = event
        for event in fresh.values():  # identifiers are numbered before fragments, so there is no need to interleave
            for kind in kinds:
                number(self.identifiers, (kind.split("#")[0], event["ids"].get(kind)))
        for (source, event_id), event in fresh.items():
            nodes = {self.identifiers.index((k.split("#")[0], v)) for k, v in event["ids"].items() if v is not None}
            fragment = number(self.fragments, tuple(sorted(nodes))) if nodes else None
            word = number(self.words, event["properties"]["t"])
            self.seqs += 1
            self.events[source, event_id] = [
                self.seqs,
                number(self.names, event["name"]),
                number(self.sources, source),
                fragment,
                word,
            ]
        return len(fresh)


def number(things: list[Any], thing: Any) -> int | None:
    if thing is None or (isinstance(thing, tuple) and None in thing):
        return None
    if thing not in things:
        things.append(thing)
    return things.index(thing)


def compare(file: LogFile, log: DuckDBLog, model: Model) -> None:
    read = file.cursor().execute
    assert read("SELECT type, value FROM identifier ORDER BY node").fetchall() == model.identifiers
    assert [tuple(nodes) for (nodes,) in read("SELECT nodes FROM fragment ORDER BY fragment").fetchall()] == (
        model.fragments
    )
    for table in ("identifier", "fragment"):
        column = "node" if table == "identifier" else "fragment"
        assert read(f"SELECT count(*) = count(DISTINCT {column}) FROM {table}").fetchall() == [(True,)]
    vocabulary = log.vocabulary()
    assert (list(vocabulary.names), list(vocabulary.sources)) == (model.names, model.sources)
    assert list(vocabulary.dictionaries["p1"]) == model.words
    events = read(
        "SELECT s.name, event_id, seq, e.name, source, fragment, p1 FROM event e JOIN source s ON s.code = source "
        "WHERE s.name != 'limner'"
    ).fetchall()
    assert {(source, event_id): rest for source, event_id, *rest in events} == model.events
    assert len(events) == len(model.events)


def make_rows(chance: random.Random, first: int) -> list[Row]:
    """Some of them new, some repeated, some with identifiers that belonged to others until now."""
    rows = []
    for event in range(chance.randint(1, 12)):
        ids = {kind: f"{kind[0]}{chance.randint(0, 8)}" for kind in KINDS if chance.random() < 0.5}
        rows.append(
            row(
                str(chance.choice([first + event, chance.randint(0, first + 3)])),
                source=chance.choice(["shop", "app", "crm"]),
                name=f"name{chance.randint(0, first // 10 + 1)}",
                ids=ids,
                properties={"t": chance.choice([None, "", f"w{chance.randint(0, first // 4 + 2)}"])},
            )
        )
    return rows


@pytest.mark.parametrize("patience", [0, 3, 1000])
@pytest.mark.parametrize("seed", range(3))
def test_every_number_is_the_one_of_a_plain_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, patience: int, seed: int
) -> None:
    """Batches with repeats; failures in the middle and at the commit; others that write; a new process."""
    monkeypatch.setattr(memory, "PATIENCE", patience)
    monkeypatch.setattr(log_module, "LATELY", 10)
    chance = random.Random(seed)
    file, log = open_log(tmp_path)
    log.promote([("t", Kind.TEXT)], silent)
    other, model = DuckDBLog(file, "UTC"), Model()
    for step in range(40):
        rows = make_rows(chance, step * 5)
        batch = make_batch(rows)
        kinds = [name.removeprefix("id.") for name in batch.column_names if name.startswith("id.")]
        what = chance.random()
        if what < 0.15:
            fail(log, batch, monkeypatch, chance.choice(["insert", "commit"]))
        elif what < 0.2:
            file.close()
            file, log = open_log(tmp_path)
            other = DuckDBLog(file, "UTC")
        elif what < 0.3:
            DuckDBObservations(file).decide(Decision("merge", (), ()))
            model.seqs += 1
            number(model.names, "limner.merge")
            number(model.sources, "limner")
        writer = other if chance.random() < 0.2 else log
        assert writer.append(batch).accepted == model.append(rows, kinds)
    compare(file, log, model)
    file.close()


def fail(log: DuckDBLog, batch: Any, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    """An append that stores something of each table and then comes to nothing."""
    real = log_module.insert_table

    def insert(cursor: duckdb.DuckDBPyConnection, table: str, rows: Any) -> None:
        real(cursor, table, rows)
        if table == "event":
            if where == "commit":
                cursor.execute("ROLLBACK")  # so that COMMIT is what fails
            else:
                raise duckdb.IOException("injected")

    with monkeypatch.context() as patched:
        patched.setattr(log_module, "insert_table", insert)
        with pytest.raises(duckdb.Error):
            log.append(batch.set_column(0, "event_id", [[f"failed{n}" for n in range(batch.num_rows)]]))


def test_events_that_come_again_late_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_module, "LATELY", 2)
    file, log = open_log(tmp_path)
    for first in range(0, 20, 2):
        log.append(make_batch([row(str(first)), row(str(first + 1))]))
    again = log.append(make_batch([row(n) for n in ("0", "19", "20", "20", "7", "18", "0", "21")]))
    assert (again.accepted, again.duplicate) == (2, 6)
    assert log.tail(20, 99).column("event_id").to_pylist() == ["20", "21"]
    file.close()


def test_what_was_not_committed_is_not_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "PATIENCE", 0)
    file, log = open_log(tmp_path)
    log.promote([("t", Kind.TEXT)], silent)
    model = Model()
    for number_, where in enumerate(["insert", "commit"]):
        fresh = [row(f"{number_}", ids={"user_id": f"new{number_}"}, name=f"n{number_}", properties={"t": f"{where}"})]
        fail(log, make_batch(fresh), monkeypatch, where)
        assert log.append(make_batch(fresh)).accepted == model.append(fresh, ["user_id"])
        compare(file, log, model)
    file.close()


def test_after_an_erasure_the_erased_are_strangers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "PATIENCE", 0)
    file, log = open_log(tmp_path)
    log.promote([("t", Kind.TEXT)], silent)
    people = [row(str(n), ids={"user_id": f"user-{n}"}, properties={"t": f"word{n}"}) for n in range(3)]
    log.append(make_batch(people))
    DuckDBErasure(file, tmp_path / "key").erase(frozenset({1}), frozenset({1}))
    log.append(make_batch([row(str(n + 5), ids=p["ids"], properties=p["properties"]) for n, p in enumerate(people)]))
    rows = log.tail(0, 99)
    assert rows.column("fragment").to_pylist() == [0, 2, 0, 3, 2]
    assert rows.column("p1").to_pylist() == [0, 2, 0, 3, 2]
    assert rows.column("seq").to_pylist() == [1, 2, 3, 4, 5]
    values = DuckDBObservations(file).identifier_table().column("value").to_pylist()
    assert values == ["user-0", f"{ERASED}1", "user-2", "user-1"]
    file.close()


def test_columns_promoted_and_filled_meanwhile_are_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "PATIENCE", 0)
    file, log = open_log(tmp_path)
    words = ["a", "b", "a", "c", "b", "d"]
    rows = [row(str(n), properties={"t": word, "products": [{"sku": word}, {}]}) for n, word in enumerate(words)]
    log.append(make_batch(rows[:2]))
    log.promote([("t", Kind.TEXT)], silent)
    log.append(make_batch(rows[2:4]))
    log.promote([("products[].sku", Kind.TEXT)], silent)
    log.append(make_batch(rows[4:]))
    dictionaries = log.vocabulary().dictionaries
    assert dictionaries == {"p1": ("a", "b", "c", "d"), "p2": ("a", "b", "c", "d")}
    found = log.tail(0, 9)
    assert found.column("p1").to_pylist() == [0, 1, 0, 2, 1, 3]
    assert found.column("p2").to_pylist() == [[code, None] for code in (0, 1, 0, 2, 1, 3)]
    file.close()


def test_one_value_of_two_types_is_two_identifiers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "PATIENCE", 0)
    file, log = open_log(tmp_path)
    for event in range(3):
        log.append(make_batch([row(str(event), ids={"user_id": "1", "phone": "1", "phone#2": "1"})]))
    found = DuckDBObservations(file).identifier_table().to_pydict()
    assert (found["type"], found["value"]) == (["user_id", "phone"], ["1", "1"])
    assert log.tail(0, 9).column("fragment").to_pylist() == [0, 0, 0]
    file.close()


def test_nothing_is_remembered_as_long_as_appends_are_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "PATIENCE", 1)
    monkeypatch.setattr(memory, "SMALL", 3)
    asked: list[str] = []
    monkeypatch.setattr(memory.Numbering, "remember", lambda self, cursor: asked.append(self.table))
    file, log = open_log(tmp_path)
    for first in range(0, 30, 5):
        log.append(make_batch([row(str(event)) for event in range(first, first + 5)]))
    log.append(make_batch([row("a")]))
    assert not asked
    log.append(make_batch([row("b")]))
    assert asked == ["name", "source", "identifier", "fragment"]
    file.close()
