"""Events seen are counted as somebody would who looks through the whole log each time."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.contract.engine.lives import DAY, HOUR, START, make_events

import limner
from limner.adapters.duckdb import tallies
from limner.adapters.duckdb.file import read_table
from limner.identity.normalise import normalise_batch
from limner.ports.events import SeenEvent
from limner.workspace import Workspace


def count_plainly(workspace: Workspace, now: int) -> list[SeenEvent]:
    file = workspace.parts.log._file  # type: ignore[attr-defined]
    query = "SELECT n.name, time, fragment FROM event e JOIN name n ON n.code = e.name WHERE fragment IS NOT NULL"
    rows: dict[str, list[tuple[int, int]]] = {}
    for name, time, fragment in file.cursor().execute(query).fetchall():
        rows.setdefault(name, []).append((time, fragment))
    week = 7 * DAY
    found = [
        SeenEvent(
            name,
            len(all_of_it),
            min(time for time, _ in all_of_it),
            max(time for time, _ in all_of_it),
            len({fragment for _, fragment in all_of_it}),
            sum(time > now - week for time, _ in all_of_it),
            sum(now - 2 * week <= time <= now - week for time, _ in all_of_it),
        )
        for name, all_of_it in rows.items()
    ]
    return sorted(found, key=lambda event: (-event.count, event.name))


def test_counts_are_exact_while_the_log_grows_and_people_are_erased(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(5)
    limner.init(tmp_path / "shop")
    counted: list[int] = []

    def read_noted(cursor: Any, query: str, rows: tuple[int, int]) -> pa.Table:
        counted.append(rows[0])
        return read_table(cursor, query, rows)

    monkeypatch.setattr(tallies, "read_table", read_noted)
    with limner.open(tmp_path / "shop") as workspace:
        assert workspace.parts.events.events(START) == []
        for round in range(6):
            workspace.parts.log.append(normalise_batch(make_events(200, round)))
            if round in (2, 4):
                workspace.erase(f"user_id:u{round}")
            for now in (START + chance.randrange(0, 40) * DAY + chance.randrange(24) * HOUR, START + 14 * DAY):
                assert workspace.parts.events.events(now) == count_plainly(workspace, now)
            first = workspace.parts.events.events(START)
            time = first[0].first  # an edge
            for now in (time + 7 * DAY, time + 14 * DAY, time + 14 * DAY + 1):
                assert workspace.parts.events.events(now) == count_plainly(workspace, now)
    assert counted.count(0) == 3, "from the beginning only at the start and after an erasure"
    assert len(counted) == 6
