"""What `ports.sandbox.Sandbox` promises: a query reads its views, and nothing else happens."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from tests.contract.log.batches import make_batch, open_log, row

from limner.adapters.duckdb.sandbox import DuckDBSandbox
from limner.errors import DataError
from limner.ports.sandbox import Exhibit, Limits, Sandbox

PAID = "SELECT customer_id, count(*) AS value FROM events WHERE event = 'order_paid' GROUP BY 1 ORDER BY 1"


@pytest.fixture
def sandbox() -> Sandbox:
    return DuckDBSandbox()


@pytest.fixture
def exhibit(tmp_path: Path) -> Exhibit:
    file, log = open_log(tmp_path)
    events = [row("a", name="order_paid"), row("b", name="login", ids={"user_id": "u2"})]
    log.append(make_batch(events))
    file.close()
    placement = pa.table({"fragment": pa.array([0, 1], pa.int32()), "customer": pa.array([0, 1], pa.int32())})
    tags = pa.table({"customer_id": ["c0", "c1"], "score": [1.5, None]})
    return Exhibit(file.path, placement, tags, 2_000_000_000_000_000, "Asia/Shanghai")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("DROP TABLE events", "An SQL tag only reads"),
        ("INSERT INTO events VALUES (1)", "An SQL tag only reads"),
        ("COPY events TO '/tmp/x.csv'", "An SQL tag only reads"),
        ("ATTACH 'x.db'", "An SQL tag only reads"),
        ("SELECT 1; SELECT 2", "this is 2 statements"),
        ("SELEC 1", "The query cannot be read"),
        ("SELECT * FROM evnts", "'evnts', which is not there to be read. Did you mean events?"),
        ("SELECT * FROM log.main.identifier", "'log.main.identifier'"),
        ("SELECT * FROM '/etc/passwd'", "'/etc/passwd'"),
        ("SELECT * FROM read_csv('/etc/passwd')", "calls read_csv"),
        ("SELECT * FROM query_table('log.identifier')", "calls query_table"),
        ("SELECT (SELECT max(value) FROM log.identifier) AS value FROM events", "'log.identifier'"),
    ],
)
def test_what_is_no_plain_reading_of_the_views_is_refused(sandbox: Sandbox, query: str, said: str) -> None:
    with pytest.raises(DataError) as caught:
        sandbox.check(query)
    assert said in str(caught.value)


def test_it_tells_which_views_a_query_reads(sandbox: Sandbox) -> None:
    query = "WITH a AS (SELECT * FROM events) SELECT * FROM a JOIN tags USING (customer_id), range(3)"
    assert sandbox.check(query) == {"events", "tags"}


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        (PAID, [("c0", 1)]),
        ("SELECT customer_id, score AS value FROM tags ORDER BY 1", [("c0", 1.5), ("c1", None)]),
        ("SELECT customer_id, events AS value FROM customers ORDER BY 1", [("c0", 1), ("c1", 1)]),
        ("SELECT id AS customer_id, 1 AS value FROM items", []),
    ],
)
def test_it_answers(sandbox: Sandbox, exhibit: Exhibit, tmp_path: Path, query: str, answer: list[object]) -> None:
    folder = tmp_path / "scratch"
    folder.mkdir()
    found = sandbox.run(query, exhibit, folder, Limits())
    assert list(zip(found.column("customer_id").to_pylist(), found.column("value").to_pylist())) == answer


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (
            "SELECT customer_id, sum(a.range * b.range) AS value FROM tags, range(100000000) a, range(1000000) b "
            "GROUP BY 1",
            "was stopped: it was not done after",
        ),
        ("SELECT customer_id FROM tags", "it must have customer_id and value"),
        ("SELECT 'c' || range AS customer_id, 1 AS value FROM range(1000)", "more than there are customers"),
        ("SELECT customer_id, nothing AS value FROM tags", "nothing"),
        ("SELECT customer_id, content AS value FROM tags, read_text('/etc/passwd')", "disabled"),
        ("SELECT customer_id, score AS value FROM tags; SET enable_external_access = true", "locked"),
    ],
)
def test_what_goes_wrong_is_said(
    sandbox: Sandbox, exhibit: Exhibit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, query: str, said: str
) -> None:
    """The last two would not pass `check`: the walls behind it hold by themselves."""
    monkeypatch.setattr("limner.adapters.duckdb.sandbox.GRACE", 8.0 if "stopped" not in said else 0.5)
    folder = tmp_path / "scratch"
    folder.mkdir()
    with pytest.raises(DataError) as caught:
        sandbox.run(query, exhibit, folder, Limits(seconds=2, rows=10))
    assert said in str(caught.value)
