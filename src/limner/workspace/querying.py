"""Verbs that give tags what a query says."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from limner.errors import DataError, LimnerError
from limner.fold.given import encode_given
from limner.fold.written import Rows
from limner.model.clock import now
from limner.model.fold import Given, Scalar
from limner.model.parse_given import read_given
from limner.model.run import Run
from limner.model.tag import Queried, Tag
from limner.parts import Parts
from limner.ports.catalog import AuditEntry
from limner.ports.jobs import SCHEDULE
from limner.ports.log import Progress
from limner.ports.sandbox import Exhibit, Limits
from limner.settings import SqlSettings
from limner.tags.given import check_value, find_given
from limner.workspace.exporting import Exporting
from limner.workspace.opened import silent
from limner.workspace.recurring import Cooldown, is_over

AGAIN = 600.0
"""Seconds before a query that failed is tried again by schedule."""

log = logging.getLogger(__name__)


class Querying(Exporting):
    """Values worked out by queries."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self._failed_queries = Cooldown(AGAIN)

    def tags_refresh(
        self,
        names: Sequence[str] | str = (),
        due: bool = False,
        author: str = "",
        progress: Progress = silent,
    ) -> list[dict[str, Any]]:
        """Run the queries of SQL tags (of all), each a dated column. ``due``: only of those whose time has come."""
        wanted = [names] if isinstance(names, str) else list(names)
        tags = [find_given(name, Queried, self.tags()) for name in wanted] or self._queried()
        if due:
            tags = [tag for tag in tags if self._is_query_due(tag)]
        return [self._query(tag, author, progress).as_dict(self.parts.zone) for tag in tags]

    def tags_round(self) -> list[dict[str, Any]]:
        """Run the queries whose time has come, each whatever became of the others. One that failed is tried again after
        a while."""
        done = []
        for tag in self._queried():
            if not self._is_query_due(tag) or self._failed_queries.waits(tag.name):
                continue
            try:
                done += self.tags_refresh(tag.name, author=SCHEDULE)
                self._failed_queries.forget(tag.name)
            except LimnerError as error:
                self._failed_queries.note_failure(tag.name)
                log.warning("The query of a tag was not run, and is tried again in ten minutes: %s", error)
        return done

    def _queried(self) -> list[Tag]:
        return [tag for tag in self.tags() if isinstance(tag.definition, Queried)]

    def _is_query_due(self, tag: Tag) -> bool:
        assert isinstance(tag.definition, Queried)
        instant = now()
        last = self.parts.dated.last(tag.name, instant)
        return is_over(tag.definition.every, None if last is None else last.at, instant)

    def _query(self, tag: Tag, author: str, progress: Progress) -> Run:
        """The copy is made while others go on; the query runs in a process of its own."""
        assert isinstance(tag.definition, Queried)
        query, given = tag.definition.query, tag.definition.given
        settings = SqlSettings.of_workspace(self.parts.folder)
        with tempfile.TemporaryDirectory(prefix=".query-", dir=self.parts.folder) as scratch:
            folder = Path(scratch)
            exhibit = self._exhibit(self.parts.sandbox.check(query), folder, progress)
            progress(tag.name, 0, 0)
            limits = Limits(settings.seconds, f"{settings.memory}MB", len(exhibit.placement))
            try:
                answer = self.parts.sandbox.run(query, exhibit, folder, limits)
                keys, values = read_answer(answer, given, tag)
            except DataError as error:
                raise DataError(f"{tag.name}: {error.message}", hint=error.hint) from error
        with self._settled():
            snapshot = self._one_id.refresh()
            nodes = np.array([snapshot.find(key) for key in keys], np.int32)
            column = encode_given(values, given)
            run = Run(0, tag.name, exhibit.as_of, column.type, len(values), author, "sql")
            audit = [AuditEntry(exhibit.as_of, author, "tag.refresh", tag.name)]
            return self.parts.dated.add(run, Rows(nodes, {}, column), audit)

    def _exhibit(self, views: frozenset[str], folder: Path, progress: Progress) -> Exhibit:
        """Only what the query reads is copied."""
        log, instant = folder / "log.duckdb", now()
        copied = bool(views & {"events", "items", "customers"})
        if copied:
            self.intake.settle()
            with self._same_file:
                self.parts.copies.log(log, lambda: None, progress)
        with self._settled():
            owner = self._one_id.refresh().graph.customer_of
            placed = np.flatnonzero(owner >= 0)
        tags = pa.table({"customer_id": pa.array([], pa.string())})
        if "tags" in views:
            roster = self.open_export(identifiers=False).roster
            tags = pa.Table.from_batches(roster.cuts(max(len(roster), 1)), roster.schema)
        placement = pa.table(
            {"fragment": pa.array(placed, pa.int32()), "customer": pa.array(owner[placed], pa.int32())}
        )
        return Exhibit(log if copied else None, placement, tags, instant, self.parts.zone)


def read_answer(answer: pa.Table, given: Given, tag: Tag) -> tuple[list[str], list[Scalar]]:
    """Customer ids and values of a query's rows; rows without a value are left out. DataError on what fits no tag."""
    seen: set[str] = set()
    keys: list[str] = []
    values: list[Scalar] = []
    read = partial(read_value, given=given, tag=tag, known={})
    for key, value in zip(answer.column("customer_id").to_pylist(), answer.column("value").to_pylist(), strict=True):
        if key is None:
            continue
        if key in seen:
            raise DataError(f"{key} has two rows: a query gives one row per customer.", hint="GROUP BY customer_id.")
        seen.add(key)
        if value is not None:
            keys.append(key)
            values.append(read(value))
    return keys, values


def read_value(value: Any, given: Given, tag: Tag, known: dict[Any, Scalar]) -> Scalar:
    if value not in known:
        known[value] = read_given(value, given)
        check_value(tag, known[value], "the query")
    return known[value]
