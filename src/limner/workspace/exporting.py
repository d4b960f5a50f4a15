"""Verbs that write customers into files, and give them away as streams."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from limner.audiences.crowd import Crowd
from limner.fold.export import NOBODY, Roster
from limner.fold.formats import Format, format_of, stream, unfinished, write_file
from limner.fold.masked import MaskedRoster
from limner.govern.masking import given_tags, personal_tags
from limner.jobs.errand import Errand
from limner.jobs.moment import hold_base, write_names
from limner.jobs.tasks import ExportTask
from limner.model.clock import iso_time
from limner.model.condition import Condition
from limner.model.references import audiences_read, tags_read
from limner.parts import Parts
from limner.pipeline import CENSUS, Moment, fold_everybody, prepare
from limner.ports.jobs import Kind
from limner.ports.log import Progress
from limner.state import take_held
from limner.workspace.crowding import Crowding, check_conditions, list_behaviour, with_inputs
from limner.workspace.opened import Instant, silent
from limner.workspace.reading import choose_tags
from limner.workspace.working import spare_threads


@dataclass(frozen=True, slots=True)
class Export:
    """What is to be written, of one moment; the bytes are made as they are asked for."""

    roster: Roster | MaskedRoster
    as_of: int
    """µs UTC."""
    seq: int
    """Of the last row of the log that is in it."""
    zone: str

    def blocks(self, format: Format) -> Iterator[bytes]:
        return stream(self.roster.cuts(format.rows), self.roster.schema, format, self.zone)


class Exporting(Crowding):
    """A row per customer: its id, its identifiers, its tags. Nothing but the copy of the columns needs the workspace:
    who reads meanwhile waits for one column at most."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.desk.learn(Kind.EXPORT, self._export_beside)

    def export(
        self,
        out: str | Path,
        as_of: Instant = None,
        format: str | None = None,
        progress: Progress = silent,
        author: str = "",
    ) -> dict[str, Any]:
        """Write everybody to Parquet, CSV or NDJSON, as named or as the file's name ends."""
        return self._write(Path(out), None, as_of, format, progress, author)

    def audience_export(
        self,
        rule: object,
        out: str | Path,
        as_of: Instant = None,
        format: str | None = None,
        progress: Progress = silent,
        author: str = "",
    ) -> dict[str, Any]:
        """The same of those who meet the rule."""
        written = self._write(Path(out), rule, as_of, format, progress, author)
        return {"count": written.pop("customers"), **written}

    def table(self, as_of: Instant = None) -> pa.Table:
        """What `export` writes, as an Arrow table."""
        roster = self.open_export(as_of=as_of).roster
        return pa.Table.from_batches(roster.cuts(max(len(roster), 1)), roster.schema)

    def open_export(
        self,
        rule: object = None,
        tags: Sequence[str] | None = None,
        as_of: Instant = None,
        identifiers: bool = True,
        masked: bool = False,
    ) -> Export:
        """Have an export ready to be written: of those who meet the rule (all), with these tags (all), at ``as_of``
        (where a live state is kept, now; else the instant of the columns).

        ``masked``: what is personal is shown as to those who may not see identifiers.
        """
        condition = None if rule is None else self.read_rule(rule)
        names = [tag.name for tag in choose_tags(tags, self.tags())]
        crowd, moment = self._take(condition, names, as_of)
        customers = crowd.folded.customers
        rows = np.arange(len(customers)) if condition is None else np.flatnonzero(crowd.find(condition))
        rows = rows[np.argsort(customers[rows])]
        with self._same_file:
            named = self._name_all(moment.snapshot.graph.root) if identifiers else NOBODY
        roster = Roster(crowd.folded, names, named, self.parts.zone, rows)
        shown = MaskedRoster(roster, personal_tags(self.tags()), given_tags(self.tags())) if masked else roster
        return Export(shown, crowd.folded.as_of, moment.seq, self.parts.zone)

    def _write(
        self, path: Path, rule: object, as_of: Instant, format: str | None, progress: Progress, author: str
    ) -> dict[str, Any]:
        chosen = format_of(path, format)
        condition = None if rule is None else self.read_rule(rule)
        # Who was in a snapshot only this process knows.
        if self.desk.is_open and (condition is None or not audiences_read(condition)):
            check_conditions([] if condition is None else [condition], self.tags())
            self._instant(as_of)
            request = {"out": str(path.absolute()), "rule": rule, "as_of": as_of, "format": chosen.value}
            return dict(self._beside(Kind.EXPORT, request, path.name, author, progress)) | {"file": str(path)}
        export = self.open_export(rule, as_of=as_of)
        write_file(export.blocks(chosen), path)
        return {"customers": len(export.roster), "as_of": iso_time(export.as_of, export.zone), "file": str(path)}

    def _export_beside(self, errand: Errand) -> dict[str, Any]:
        request, out = errand.request, Path(errand.request["out"])
        condition = None if request["rule"] is None else self.read_rule(request["rule"])
        conditions = [] if condition is None else [condition]
        names, behaviour = [tag.name for tag in self.tags()], list_behaviour(conditions)
        read = list(dict.fromkeys([*names, *(name for each in conditions for name in tags_read(each))]))
        with self._same_file:
            with self._settled():
                check_conditions(conditions, self.tags())
                state = self._state_of_all() if request["as_of"] is None and not behaviour else None
                instant = self._instant(request["as_of"])
                moment = prepare(self.parts, self._one_id, with_inputs(self.tags(), read), silent, once=behaviour)
                hold_base(errand.folder, moment.view)
                held = None if state is None else take_held(state, read)
            answer = self._leave_moment(errand, moment, instant)
            write_names(errand.folder, self._name_all(moment.snapshot.graph.root))
            task = ExportTask(
                instant,
                self.parts.folder / CENSUS,
                spare_threads(self.parts.threads),
                condition,
                [tag.name for tag in behaviour],
                names,
                held,
                out,
                Format(request["format"]),
            )
            try:
                result = errand.run(task, answer)
            finally:
                unfinished(out, errand.pid).unlink(missing_ok=True)
        return {
            "customers": result["customers"],
            "as_of": iso_time(instant, self.parts.zone),
            "file": request["out"],
        }

    def _take(self, condition: Condition | None, names: Sequence[str], as_of: Instant) -> tuple[Crowd, Moment]:
        """Columns nobody changes any more, and the moment they are of."""
        conditions = [] if condition is None else [condition]
        with self._settled():
            check_conditions(conditions, self.tags())
            if self._live is None:
                return self._crowd(as_of, conditions), self.moment()
            state = self._state_of_all() if as_of is None and not list_behaviour(conditions) else None
        read = [*names, *(name for each in conditions for name in tags_read(each))]
        copied = None if state is None else self._copy(state, list(dict.fromkeys(read)))
        if copied is None:
            return self._fold_aside(conditions, names, as_of)
        crowd, moment = copied
        with self._lock:
            crowd.hidden = self._snapshots_in(conditions, crowd.folded.customers)
        return crowd, moment

    def _fold_aside(
        self, conditions: Sequence[Condition], names: Sequence[str], as_of: Instant
    ) -> tuple[Crowd, Moment]:
        """Everybody at another instant, folded by one thread while the rest goes on."""
        behaviour = list_behaviour(conditions)
        with self._same_file:
            with self._settled():
                instant = self._instant(as_of)
                read = [*names, *(name for each in conditions for name in tags_read(each))]
                tags = with_inputs(self.tags(), read)
                moment = prepare(self.parts, self._one_id, tags, silent, once=behaviour)
            folded = fold_everybody(replace(self.parts, threads=1), moment, instant, silent)
        hidden = {tag.name: folded.columns[tag.name] for tag in behaviour}
        with self._lock:
            hidden |= self._snapshots_in(conditions, folded.customers)
        return Crowd(folded, self.parts.zone, hidden), moment

    def _name_all(self, root: npt.NDArray[np.int32]) -> pa.Table:
        """Columns customer, type, value of the identifiers there were when ``root`` was made, first seen first."""
        table = self.parts.observations.identifier_table()
        table = table.slice(0, int(np.searchsorted(table.column("node").to_numpy(), len(root))))
        customers = root[table.column("node").to_numpy()]
        return pa.table({"customer": customers, "type": table.column("type"), "value": table.column("value")})
