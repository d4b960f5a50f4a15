"""Events seen are counted as somebody would who looks through the whole log each time."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from tests.contract.engine.lives import DAY, HOUR, START, make_events

import limner
from limner.adapters.duckdb import tallies
from limner.identity.normalise import normalise_batch
from limner.ports.events import SeenEvent
from limner.workspace import Workspace


def count_plainly(workspace: Workspace, now: int) -> list[SeenEvent]:
    file = workspace.parts.log._file  # type: ignore[attr-defined]
    query = "SELECT n.name, time, fragment FROM event e JOIN name n ON n.code = e.name WHERE fragment IS NOT NULL"
    rows: dict[str, list[tuple[int, int]]] = {}
    for name, time, fragment in file.cursor().execute(query).fetchall():
        rows.setdefault(name, []).append((time, fragment))
    week, minute = 7 * DAY, now - now % tallies.MINUTE
    found = [
        SeenEvent(
            name,
            len(all_of_it),
            min(time for time, _ in all_of_it),
            max(time for time, _ in all_of_it),
            len({fragment for _, fragment in all_of_it}),
            sum(time > minute - week for time, _ in all_of_it),
            sum(minute - 2 * week <= time <= minute - week for time, _ in all_of_it),
        )
        for name, all_of_it in rows.items()
    ]
    return sorted(found, key=lambda event: (-event.count, event.name))


class Counted(tallies.Tallies):
    """Notes from where on it counts."""

    begun: list[int]

    def _count_people(self, cursor: Any, rows: Any, codes: list[int], people: int) -> None:
        if codes[0] == min(self._tallies):
            self.begun.append(rows["after"])
        super()._count_people(cursor, rows, codes, people)


def events_of(workspace: Workspace) -> Counted:
    found = Counted(workspace.parts.log._file)  # type: ignore[attr-defined]
    found.begun = []
    return found


@pytest.mark.parametrize("marks", [tallies.MOST_MARKS, 100])
def test_counts_are_exact_while_the_log_grows_and_people_are_erased(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, marks: int
) -> None:
    chance = random.Random(5)
    limner.init(tmp_path / "shop")
    monkeypatch.setattr(tallies, "MOST_MARKS", marks)
    with limner.open(tmp_path / "shop") as workspace:
        events = events_of(workspace)
        assert events.show(START) == []
        for round in range(6):
            workspace.parts.log.append(normalise_batch(make_events(200, round)))
            if round in (2, 4):
                workspace.erase(f"user_id:u{round}")
            for now in (START + chance.randrange(0, 40) * DAY + chance.randrange(24) * HOUR, START + 14 * DAY):
                assert events.show(now) == count_plainly(workspace, now)
            time = events.show(START)[0].first  # an edge
            for now in (time + 7 * DAY, time + 14 * DAY, time + 14 * DAY + 1, time + 14 * DAY + tallies.MINUTE):
                assert events.show(now) == count_plainly(workspace, now)
        assert events.begun.count(0) == 3, "from the beginning only at first and after an erasure"
        assert len(events.begun) == 6


def test_a_process_that_starts_counts_only_what_is_newer(tmp_path: Path) -> None:
    limner.init(tmp_path / "shop")
    for round, begun in ((0, [0]), (1, [200]), (2, [400])):
        with limner.open(tmp_path / "shop") as workspace:
            workspace.parts.log.append(normalise_batch(make_events(200, round)))
            events = events_of(workspace)
            assert events.show(START) == count_plainly(workspace, START)
            assert events.begun == begun
    with limner.open(tmp_path / "shop") as workspace:
        workspace.erase("user_id:u2")
        events = events_of(workspace)
        assert events.show(START) == count_plainly(workspace, START)
        assert events.begun == [0], "of who is erased nothing is remembered"
