"""Runs one query of somebody's: a child process of its own, ``python -m limner.adapters.duckdb.sandboxed FOLDER``.

The last line on stderr says what was wrong. It ends with a status other than 0 then, and by being killed when its
time is up.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

POLITE = 10
LOG_VIEWS = """
CREATE VIEW placed AS
SELECT p.customer, e.* FROM log.event e JOIN placement p ON p.fragment = e.fragment WHERE e.time <= $as_of;
CREATE VIEW events AS
SELECT 'c' || e.customer AS customer_id, n.name AS event, make_timestamptz(e.time) AS time,
       make_timestamptz(e.received_at) AS received_at, s.name AS source,
       e.properties::JSON AS properties, e.traits::JSON AS traits
FROM placed e JOIN log.name n ON n.code = e.name JOIN log.source s ON s.code = e.source;
CREATE VIEW customers AS
SELECT 'c' || customer AS customer_id, count(*) AS events, make_timestamptz(min(time)) AS first_seen,
       make_timestamptz(max(time)) AS last_seen
FROM placed GROUP BY customer;
CREATE VIEW items AS
SELECT id, make_timestamptz(nullif(valid_from, -9223372036854775808)) AS valid_from, attributes::JSON AS attributes
FROM log.item;
"""


def run(folder: Path) -> None:
    asked: Mapping[str, Any] = json.loads((folder / "request.json").read_text(encoding="utf-8"))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    connection = duckdb.connect(":memory:", config={"threads": 1, "memory_limit": asked["memory"]})
    show(connection, folder, asked)
    shut(connection, folder, asked)
    found = read_answer(connection, asked["query"], asked["rows"])
    with pa.OSFile(str(folder / "result.arrow"), "wb") as file, pa.ipc.new_file(file, found.schema) as writer:
        writer.write_table(found)


def show(connection: duckdb.DuckDBPyConnection, folder: Path, asked: Mapping[str, Any]) -> None:
    """The views, over a copy that cannot be written."""
    connection.execute(f"SET TimeZone = '{check_zone(asked['zone'])}'")
    connection.register("placement", read_table(folder / "placement.arrow"))
    connection.register("tags", read_table(folder / "tags.arrow"))
    if asked["log"] is not None:
        place = str(asked["log"]).replace("'", "''")
        connection.execute(f"ATTACH '{place}' AS log (READ_ONLY)")
        micros = f"epoch_us(TIMESTAMPTZ '{asked['as_of']}')"
        connection.execute(LOG_VIEWS.replace("$as_of", micros))


def shut(connection: duckdb.DuckDBPyConnection, folder: Path, asked: Mapping[str, Any]) -> None:
    """From here on it can reach no file but its own spill, load nothing, and change no setting back."""
    connection.execute(f"SET temp_directory = '{folder / 'spill'}'".replace("''", "'"))
    connection.execute(f"SET max_temp_directory_size = '{asked['memory']}'")
    connection.execute("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false")
    connection.execute("SET python_enable_replacements = false")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def check_zone(zone: str) -> str:
    """It came out of the workspace's settings, which know only zones there are."""
    if not all(character.isalnum() or character in "/_+-" for character in zone):
        raise ValueError(f"{zone!r} is no time zone")
    return zone


def read_table(path: Path) -> pa.Table:
    with pa.memory_map(str(path)) as file:
        return pa.ipc.open_file(file).read_all()


def read_answer(connection: duckdb.DuckDBPyConnection, query: str, most: int) -> pa.Table:
    """``customer_id`` as text and ``value``, whatever type it is of."""
    answer = connection.sql(query)
    columns = [name.casefold() for name in answer.columns]
    if "customer_id" not in columns or "value" not in columns:
        raise ValueError(
            f"its columns are {', '.join(answer.columns)}: it must have customer_id and value. "
            "Write SELECT customer_id, ... AS value."
        )
    table = answer.project("customer_id::VARCHAR AS customer_id, value").limit(most + 1).to_arrow_table()
    if table.num_rows > most:
        raise ValueError(f"it has over {most:,} rows, more than there are customers: give one row for each.")
    return table


if __name__ == "__main__":
    os.nice(POLITE)
    try:
        run(Path(sys.argv[1]))
    except (duckdb.Error, ValueError, OSError, MemoryError) as error:
        sys.exit(" ".join(str(error).split()) or type(error).__name__)
