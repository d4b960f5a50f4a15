"""Identity's view of the log: `ports.observations.Observations`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from limner.adapters.duckdb.closing import tells_of_closing
from limner.adapters.duckdb.codes import NAMES, SOURCES, Numbering, encode_names
from limner.adapters.duckdb.directory import Directory
from limner.adapters.duckdb.file import LogFile, read_table, scalar
from limner.adapters.duckdb.keys import key_of
from limner.adapters.duckdb.sightings import Sightings
from limner.ports.observations import Decision, Observed


@tells_of_closing
class DuckDBObservations:
    def __init__(self, file: LogFile) -> None:
        self._file = file
        self._sightings = Sightings(file)
        self.directory = Directory(file)
        self._decisions: tuple[int, list[Decision]] | None = None
        """Of which generation of the file; only `decide` adds to them."""
        self._blocks: tuple[int, dict[int, int]] | None = None

    def observed(self, known_at: int | None = None) -> Observed:
        observed = self._sightings.observed()
        if known_at is None:
            return observed
        rows = read_table(
            self._file.cursor(),
            "SELECT DISTINCT fragment FROM event WHERE fragment IS NOT NULL AND received_at <= ? AND fragment < ?",
            [known_at, len(observed.live)],
        )
        live = np.zeros(len(observed.live), np.bool_)
        live[rows.column("fragment").to_numpy()] = True
        return replace(observed, live=live)

    def decisions(self, known_at: int | None = None) -> list[Decision]:
        if known_at is not None:
            return self._read_decisions(known_at)
        generation, kept = self._file.generation, self._decisions
        if kept is None or kept[0] != generation:
            kept = self._decisions = generation, self._read_decisions(None)
        return list(kept[1])

    def blocks(self) -> Mapping[int, int]:
        generation, kept = self._file.generation, self._blocks
        if kept is None or kept[0] != generation:
            kept = self._blocks = generation, self._read_blocks()
        return kept[1]

    def _read_blocks(self) -> dict[int, int]:
        rows = (
            self._file.cursor()
            .execute(
                "SELECT n.name, properties, received_at FROM event e JOIN name n ON e.name = n.code "
                "JOIN source s ON e.source = s.code WHERE n.name IN ('limner.block', 'limner.unblock') "
                "AND s.name = 'limner' AND fragment IS NULL AND starts_with(event_id, 'decision-') ORDER BY seq"
            )
            .fetchall()
        )
        blocked: dict[int, int] = {}
        for name, properties, at in rows:
            for node in self._read_side(msgspec.json.decode(properties)["left"]):
                if name == "limner.block":
                    blocked.setdefault(node, at)
                else:
                    blocked.pop(node, None)
        return blocked

    def _read_side(self, named: Sequence[Sequence[str]]) -> tuple[int, ...]:
        nodes = self.find([(type, value) for type, value in named])
        return tuple(nodes[nodes >= 0].tolist())

    def _read_decisions(self, known_at: int | None) -> list[Decision]:
        rows = (
            self._file.cursor()
            .execute(
                "SELECT seq, n.name, properties FROM event e JOIN name n ON e.name = n.code "
                "JOIN source s ON e.source = s.code WHERE n.name IN ('limner.merge', 'limner.split') "
                "AND s.name = 'limner' AND fragment IS NULL AND starts_with(event_id, 'decision-') "
                "AND (?::BIGINT IS NULL OR received_at <= ?) ORDER BY seq",
                [known_at, known_at],
            )
            .fetchall()
        )
        return [self._read_decision(seq, name, properties) for seq, name, properties in rows]

    def _read_decision(self, seq: int, name: str, properties: str) -> Decision:
        content = msgspec.json.decode(properties)
        sides = [self._read_side(content[side]) for side in ("left", "right")]
        kind: Literal["merge", "split"] = "merge" if name == "limner.merge" else "split"
        return Decision(kind, sides[0], sides[1], seq, content["author"], content["reason"])

    def decide(self, decision: Decision) -> int:
        content = {
            "left": self.identifiers(decision.left),
            "right": self.identifiers(decision.right),
            "author": decision.author,
            "reason": decision.reason,
        }
        properties = msgspec.json.encode(content).decode()
        now = int(datetime.now(UTC).timestamp() * 1_000_000)
        with self._file.transaction() as cursor:
            seq = int(scalar(cursor, "SELECT coalesce(max(seq), 0) + 1 FROM event"))
            event_id = f"decision-{seq}"
            name = encode_names(cursor, Numbering(NAMES), pa.chunked_array([[f"limner.{decision.kind}"]]))[0].as_py()
            source = encode_names(cursor, Numbering(SOURCES), pa.chunked_array([["limner"]]))[0].as_py()
            cursor.execute(
                "INSERT INTO event (seq, key, event_id, source, name, time, received_at, properties) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [seq, key_of("limner", event_id), event_id, source, name, now, now, properties],
            )
        self._decisions = self._blocks = None
        return seq

    def find(self, named: Sequence[tuple[str, str]], until: int | None = None) -> npt.NDArray[np.int32]:
        return self.directory.find(named, until)

    def identifiers(self, nodes: Sequence[int]) -> list[tuple[str, str]]:
        return self.directory.names(nodes)

    def evidence(self, fragments: Sequence[int]) -> list[tuple[int, str, str, int, int]]:
        cursor = self._file.cursor()
        cursor.register(
            "asked", pa.table({"n": np.arange(len(fragments)), "fragment": pa.array(fragments, pa.int32())})
        )
        rows = cursor.execute(
            "SELECT count(*), arg_min(names.name, e.seq), arg_min(s.name, e.seq), min(e.time), max(e.time) "
            "FROM asked a JOIN event e USING (fragment) JOIN name names ON names.code = e.name "
            "JOIN source s ON s.code = e.source GROUP BY a.n ORDER BY a.n"
        ).fetchall()
        cursor.unregister("asked")
        return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]

    def identifier_table(self) -> pa.Table:
        return read_table(self._file.cursor(), "SELECT node, type, value FROM identifier ORDER BY node")
