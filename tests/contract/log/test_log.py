"""What `ports.log.Log` promises: each event once, gapless seqs, codes that mean the same for ever, typed values."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from tests.contract.log.batches import make_batch, open_log, row, silent

from limner.adapters.duckdb import log as log_module
from limner.adapters.duckdb import promotion
from limner.adapters.duckdb.log import DuckDBLog
from limner.adapters.duckdb.observations import DuckDBObservations
from limner.adapters.duckdb.seen import DuckDBSeen
from limner.identity.normalise import normalise_batch
from limner.model.timeline import Kind


@pytest.fixture
def log(tmp_path: Path) -> Iterator[DuckDBLog]:
    file, log = open_log(tmp_path)
    yield log
    file.close()


def column_of(log: DuckDBLog, path: str, kind: Kind) -> list[Any]:
    """The values of a promoted property by seq, text decoded."""
    vocabulary = log.vocabulary()
    column = vocabulary.columns[path, kind]
    values = log.tail(0, log.watermark()).column(column.name).to_pylist()
    if kind is not Kind.TEXT:
        return values
    words = vocabulary.dictionaries[column.name]
    return [spell(value, words) for value in values]


def spell(value: Any, words: tuple[str, ...]) -> Any:
    if isinstance(value, list):
        return [spell(code, words) for code in value]
    return None if value is None else words[value]


def test_an_empty_batch_changes_nothing(log: DuckDBLog) -> None:
    log.append(make_batch([row("1")]))
    appended = log.append(make_batch([row("1")]).slice(0, 0))
    assert (appended.accepted, appended.duplicate, log.watermark()) == (0, 0, 1)
    empty = make_batch([])
    assert log.append(empty).accepted == 0


def test_duplicates_inside_a_batch_and_across_batches(log: DuckDBLog) -> None:
    first = log.append(make_batch([row("1", name="kept"), row("2"), row("1", name="left out")]))
    assert (first.accepted, first.duplicate, first.first_seq) == (2, 1, 1)
    second = log.append(make_batch([row("2"), row("3"), row("1", time=99)]))
    assert (second.accepted, second.duplicate, second.first_seq) == (1, 2, 3)
    rows = log.tail(0, 9)
    assert rows.column("seq").to_pylist() == [1, 2, 3]
    assert rows.column("event_id").to_pylist() == ["1", "2", "3"]
    names = log.vocabulary().names
    assert [names[code] for code in rows.column("name").to_pylist()] == ["kept", "view", "view"]


def test_which_rows_are_coming_is_told_before_and_taken_back(log: DuckDBLog, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int]] = []

    def note(first: int, last: int) -> None:
        told.append((first, last))

    log.append(make_batch([row("1"), row("2")]), note)
    log.append(make_batch([row("2")]), note)

    def fail(*given: Any) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as broken:
        broken.setattr(log_module, "insert_table", fail)
        with pytest.raises(OSError, match="no space"):
            log.append(make_batch([row("3")]), note)
    log.append(make_batch([row("3")]), note)
    assert told == [(1, 2), (3, 2), (3, 2), (3, 3)]
    assert log.watermark() == 3


def test_one_id_of_two_sources_is_two_events(log: DuckDBLog) -> None:
    appended = log.append(make_batch([row("1"), row("1", source="app"), row("1", source="app")]))
    assert (appended.accepted, appended.duplicate) == (2, 1)
    assert log.append(make_batch([row("1", source="crm")])).accepted == 1


def test_rows_without_identifiers_are_kept_but_on_no_timeline(log: DuckDBLog) -> None:
    appended = log.append(make_batch([row("1", ids={}), row("2")]))
    assert (appended.accepted, appended.unidentified, log.watermark()) == (2, 1, 2)
    assert log.tail(0, 9).column("event_id").to_pylist() == ["2"]


def test_a_fragment_is_a_set_of_identifiers_whatever_their_order(log: DuckDBLog) -> None:
    log.append(make_batch([row("1", ids={"phone": "1", "phone#2": "2"}), row("2", ids={"phone": "2"})]))
    log.append(make_batch([row("3", ids={"phone": "2", "phone#2": "1"}), row("4", ids={"phone": "2", "phone#2": "2"})]))
    fragments = log.tail(0, 9).column("fragment").to_pylist()
    assert fragments[2] == fragments[0]
    assert fragments[3] == fragments[1] != fragments[0]


def test_identifiers_of_rows_that_are_left_out_are_not_stored(tmp_path: Path) -> None:
    file, log = open_log(tmp_path, erased=lambda batch: pc.equal(batch["event_id"], "3").to_numpy())
    log.append(make_batch([row("1")]))
    users = {"1": "of a duplicate", "2": "kept", "3": "erased"}
    batch = normalise_batch(make_batch([row(number, ids={"user_id": user}) for number, user in users.items()]))
    assert log.append(batch).accepted == 1
    found = DuckDBObservations(file).identifier_table().to_pydict()
    assert (found["node"], found["value"]) == ([0, 1], ["u1", "kept"])
    file.close()


def test_an_alias_renames_the_past_too(tmp_path: Path) -> None:
    file, log = open_log(tmp_path)
    log.append(make_batch([row("1", name="Order Completed"), row("2", name="order_paid")]))
    file.close()
    file, log = open_log(tmp_path, aliases={"Order Completed": "order_paid"})
    assert log.vocabulary().names == ("order_paid", "order_paid")
    file.close()


NUMBERS = {
    "1": 10_000,
    "0.00005": 1,
    "-0.00005": -1,
    "0.00004999": 0,
    "2.5": 25_000,
    '"12.50"': 125_000,
    '" 7 "': 70_000,
    "1e3": 10_000_000,
    '"99999999999999.9999"': 999_999_999_999_999_999,
    "100000000000000": None,
    "-1e300": None,
    '"12,5"': None,
    '"twelve"': None,
    '""': None,
    "true": None,
    "null": None,
    "[1]": None,
    '{"v": 1}': None,
}


@pytest.mark.parametrize("later", [False, True])
def test_numbers_round_half_up_and_overflow_is_missing(log: DuckDBLog, later: bool) -> None:
    rows = [row(str(i), properties=f'{{"n": {text}}}') for i, text in enumerate(NUMBERS)]
    batches = [make_batch(rows[:5]), make_batch(rows[5:])]
    if later:
        batches = [make_batch(rows), make_batch([])]
    log.append(batches[0])
    log.promote([("n", Kind.NUMBER)], silent)
    log.append(batches[1])
    assert dict(zip(NUMBERS, column_of(log, "n", Kind.NUMBER))) == NUMBERS


TEXTS = ("a\0b", "😀 表情", "", " 空格 ", 'it\'s "quoted" \\', "'; DROP TABLE event; --", "é", "e\u0301", "A", "a")


def test_any_text_comes_back_as_it_was(log: DuckDBLog) -> None:
    log.append(make_batch([row(f"{i}", properties={"t": text}) for i, text in enumerate(TEXTS)]))
    log.promote([("t", Kind.TEXT)], silent)
    log.append(make_batch([row(f"later{i}", properties={"t": text}) for i, text in enumerate(TEXTS)]))
    assert column_of(log, "t", Kind.TEXT) == [*TEXTS, *TEXTS]
    assert len(log.vocabulary().dictionaries["p1"]) == len(set(TEXTS))
    log.append(make_batch([row(text or "none", source="odd", name=text or "none") for text in TEXTS]))
    assert log.event_keys([3 + 2 * len(TEXTS), 1 + 2 * len(TEXTS)]) == [("none", "odd"), ("a\0b", "odd")]


def test_scalars_become_text_and_objects_do_not(log: DuckDBLog) -> None:
    values = ["a", 1, 1.5, True, None, {"x": 1}, [1]]
    log.append(make_batch([row(str(i), properties={"t": value}) for i, value in enumerate(values)]))
    log.promote([("t", Kind.TEXT)], silent)
    assert column_of(log, "t", Kind.TEXT) == ["a", "1", "1.5", "true", None, None, None]


def test_paths_are_names_not_syntax(log: DuckDBLog) -> None:
    odd = {"a'b": 1, 'q"r': 2, "$": 3, "中文": 4, "page": {"path": 5}}
    log.append(make_batch([row("1", properties=odd, traits={"city": 7})]))
    paths = ["a'b", 'q"r', "$", "中文", "page.path", "traits.city", "city"]
    log.promote([(path, Kind.NUMBER) for path in paths], silent)
    found = [column_of(log, path, Kind.NUMBER)[0] for path in paths]
    assert found == [10_000, 20_000, 30_000, 40_000, 50_000, 70_000, None]


@pytest.mark.parametrize("later", [False, True])
def test_elements_of_lists_are_lists(log: DuckDBLog, later: bool) -> None:
    lines = [
        {"products": [{"sku": "a", "price": 1}, {"sku": "b"}, {"price": "3.5"}]},
        {"products": []},
        {},
        {"products": {"sku": "no list"}},
        {"products": [None, 7, {"sku": "b"}]},
    ]
    wanted = [("products[].sku", Kind.TEXT), ("products[].price", Kind.NUMBER)]
    if not later:
        log.promote(wanted, silent)
    log.append(make_batch([row(str(i), properties=line) for i, line in enumerate(lines)]))
    log.promote(wanted, silent)
    skus = [found or [] for found in column_of(log, *wanted[0])]
    prices = [found or [] for found in column_of(log, *wanted[1])]
    assert skus == [["a", "b", None], [], [], [], [None, None, "b"]]
    assert prices == [[10_000, None, 35_000], [], [], [], [None, None, None]]


@pytest.mark.parametrize("few", [0, 1000])
def test_few_rows_are_read_as_many_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    monkeypatch.setattr(log_module, "FEW", few)
    file, log = open_log(tmp_path)
    wanted = [("n", Kind.NUMBER), ("t", Kind.TEXT), ("at", Kind.TIME), ("l[].t", Kind.TEXT), ("l[].n", Kind.NUMBER)]
    log.promote(wanted, silent)
    lines = [
        {"n": 2.5, "t": "a\0b", "at": "2026-01-01T00:00:00Z", "l": [{"t": "x", "n": 1}, {}]},
        {"n": "x", "t": {}, "at": 7, "l": []},
        {},
        {"t": "", "l": [{"t": "", "n": None}]},
    ]
    log.append(make_batch([row(str(n), properties=line) for n, line in enumerate(lines)]))
    assert column_of(log, *wanted[0]) == [25_000, None, None, None]
    assert column_of(log, *wanted[1]) == ["a\0b", None, None, ""]
    assert column_of(log, *wanted[2]) == [1_767_225_600_000_000, None, None, None]
    assert [found or [] for found in column_of(log, *wanted[3])] == [["x", None], [], [], [""]]
    assert [found or [] for found in column_of(log, *wanted[4])] == [[10_000, None], [], [], [None]]
    file.close()


MANY = 300_100
"""More than two row groups of DuckDB, in one append."""


def test_more_new_values_than_a_row_group_in_one_append(log: DuckDBLog) -> None:
    log.promote([("t", Kind.TEXT)], silent)
    numbers = pa.array(range(MANY), pa.int64())
    ids = pa.array([f"u{n}" for n in range(MANY)])
    batch = pa.table(
        {
            "event_id": ids,
            "source": pa.array(["shop"] * MANY),
            "name": pa.array(["view"] * MANY),
            "time": numbers.cast(pa.timestamp("us", "UTC")),
            "received_at": numbers.cast(pa.timestamp("us", "UTC")),
            "properties": pa.array([f'{{"t":"w{n}"}}' for n in range(MANY)]),
            "traits": pa.nulls(MANY, pa.string()),
            "id.user_id": ids,
        }
    )
    appended = log.append(batch.take(pa.array([*range(MANY), 5, 200_000])))
    assert (appended.accepted, appended.duplicate) == (MANY, 2)
    rows, words = log.tail(0, MANY), log.vocabulary().dictionaries["p1"]
    assert words == tuple(f"w{n}" for n in range(MANY))
    assert rows.column("p1").to_pylist() == list(range(MANY))
    assert rows.column("fragment").to_pylist() == list(range(MANY))
    again = log.append(batch.slice(122_870, 20).set_column(1, "source", pa.array(["app"] * 20)))
    assert again.accepted == 20
    assert log.tail(MANY, MANY + 20).column("fragment").to_pylist() == list(range(122_870, 122_890))
    assert log.tail(MANY, MANY + 20).column("p1").to_pylist() == list(range(122_870, 122_890))


def test_a_promotion_that_was_interrupted_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between two chunks of the back-fill: the next promote fills what is left, new rows too."""
    rows = [row(str(i), properties={"n": i, "t": f"w{i % 7}"}) for i in range(50)]
    file, log = open_log(tmp_path)
    log.append(make_batch(rows[:40]))
    file.close()
    child = (
        "import os, signal, sys; from pathlib import Path; from limner.adapters.duckdb import promotion\n"
        "from limner.model.timeline import Kind; from tests.contract.log.batches import open_log\n"
        "promotion.CHUNK = 10\n"
        "def die(what, done, total):\n    if done >= 20: os.kill(os.getpid(), signal.SIGKILL)\n"
        "open_log(Path(sys.argv[1]))[1].promote([('n', Kind.NUMBER), ('t', Kind.TEXT)], die)\n"
    )
    done = subprocess.run([sys.executable, "-c", child, str(tmp_path)], check=False, cwd=os.fspath(root()), timeout=60)
    assert done.returncode == -signal.SIGKILL
    file, log = open_log(tmp_path)
    assert None in column_of(log, "n", Kind.NUMBER), "the kill came too late to prove anything"
    log.append(make_batch(rows[40:]))
    monkeypatch.setattr(promotion, "CHUNK", 10)
    log.promote([("t", Kind.TEXT), ("n", Kind.NUMBER)], silent)
    assert column_of(log, "n", Kind.NUMBER) == [i * 10_000 for i in range(50)]
    assert column_of(log, "t", Kind.TEXT) == [f"w{i % 7}" for i in range(50)]
    told: list[int] = []
    log.promote([("n", Kind.NUMBER)], lambda what, done, total: told.append(done))
    assert not told, "nothing is left to fill"
    file.close()


def root() -> Path:
    return Path(__file__).parents[3]


def test_rows_come_sorted_by_customer_and_time(log: DuckDBLog) -> None:
    rows = [
        row("b", time=5, ids={"user_id": "u1"}),
        row("a", time=6, ids={"user_id": "u2"}),
        row("d", time=1, ids={"user_id": "u3"}),
        row("c", time=1, ids={"user_id": "u1"}),
        row("later", time=0),
    ]
    log.append(make_batch(rows))
    placement = pa.table({"fragment": pa.array([0, 1, 2], pa.int32()), "customer": pa.array([7, 7, 3], pa.int32())})
    found = pa.Table.from_batches(log.sorted_rows(placement, 4).batches)
    assert found.column("customer").to_pylist() == [3, 7, 7, 7]
    assert found.column("seq").to_pylist() == [3, 4, 1, 2]
    assert log.event_keys([3, 1, 2]) == [("d", "shop"), ("b", "shop"), ("a", "shop")]


def test_history_is_read_in_the_order_asked(log: DuckDBLog) -> None:
    log.append(make_batch([row(str(i), time=i // 2, properties={"i": i}, traits={"t": i}) for i in range(7)]))
    found = log.history([7, 1, 5, 99])
    assert [event["seq"] for event in found] == [7, 1, 5]
    assert (found[0]["time"], found[0]["event_id"], found[0]["source"]) == (3, "6", "shop")
    assert (found[0]["properties"], found[0]["traits"]) == ({"i": 6}, {"t": 6})
    assert log.history([]) == []


def test_a_file_created_by_a_killed_process_is_completed(tmp_path: Path) -> None:
    """DuckDB makes its file before our tables are in it."""
    duckdb.connect(str(tmp_path / "log.duckdb")).close()
    file, log = open_log(tmp_path)
    assert log.append(make_batch([row("1")])).accepted == 1
    file.close()


def test_the_json_types_seen_of_a_property(tmp_path: Path) -> None:
    file, log = open_log(tmp_path)
    seen = DuckDBSeen(file)
    assert seen("n") == frozenset()
    log.append(make_batch([row("1", properties={"n": 1, "products": [{"p": 1}, {"p": "x"}]})]))
    assert seen("n") == {"number"}
    assert seen("products[].p") == {"number", "string"}
    log.append(make_batch([row("2", properties={"n": None}), row("3", properties={"n": "one"}, traits={"n": True})]))
    assert seen("n") == {"number", "string"}
    assert seen("traits.n") == {"boolean"}
    file.close()


def test_writers_in_two_threads_number_no_row_twice(log: DuckDBLog) -> None:
    """The intake and an import append to one log."""

    def append(writer: int) -> None:
        for number in range(8):
            log.append(make_batch([row(f"{writer}-{number}-{i}") for i in range(20)]))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(append, range(4)))
    assert log.tail(0, log.watermark()).column("seq").to_pylist() == list(range(1, 641))
