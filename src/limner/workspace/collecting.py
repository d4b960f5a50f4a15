"""Verbs that bring events in, and tell what became of them."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Fields
from dataclasses import replace
from pathlib import Path
from typing import Any

from limner.collect.chunk import Chunk, ImportReport
from limner.collect.clean import Cleaned
from limner.collect.mapping import Mapping, parse_mapping, read_mapping
from limner.collect.piece import read_piece, remove_piece
from limner.collect.read import dry_run_events, form_of, mark_file, read_events, without_password
from limner.collect.webhook import check_mapping
from limner.errors import DataError, NotFound
from limner.govern.webhooks import ShownWebhook
from limner.identity.binding import follow_bindings
from limner.jobs.child import Child
from limner.jobs.errand import Errand
from limner.jobs.tasks import ImportTask, piece_path
from limner.model.clock import now
from limner.parts import Parts
from limner.ports.catalog import AuditEntry
from limner.ports.jobs import Kind
from limner.ports.log import Appended, Progress
from limner.storing import store_chunks, store_piece
from limner.watch.arrivals import Page
from limner.watch.lot import read_outcome
from limner.watch.violations import Violated
from limner.workspace.opened import silent
from limner.workspace.upload import Upload
from limner.workspace.working import Working

PATIENCE = 1.0
"""Seconds an import lets what comes in go first, at most, before each of its pieces."""


class Collecting(Working):
    """Imports, rejects, arrivals and webhooks."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.desk.learn(Kind.IMPORT, self._import)

    def import_files(
        self,
        files: Sequence[str | Path] | str | Path,
        mapping: str | Path | None = None,
        dry_run: bool = False,
        progress: Progress = silent,
        author: str = "",
    ) -> ImportReport | dict[str, Any]:
        """Read files (or database URLs) into the log. ``dry_run`` stores nothing and returns the first mapped rows."""
        names = [str(files)] if isinstance(files, str | Path) else [str(file) for file in files]
        chosen = None if mapping is None else read_mapping(Path(mapping))
        if dry_run:
            return dry_run_events(names[0], chosen, self.parts.rows, tables=self.parts.tables, zone=self.parts.zone)
        if self.desk.is_open:
            return ImportReport(**self.desk.finish(self._submit_import(names, chosen, author), progress))
        started = time.perf_counter()
        with self._lock:
            report = store_chunks(self.parts, self._read(names, chosen, progress))
        return replace(report, seconds=round(time.perf_counter() - started, 3))

    def begin_upload(self, name: str, mapping: str | None) -> Upload:
        """Have a file sent piece by piece and then imported, by a mapping that is sent as its text."""
        chosen = None if mapping is None else parse_mapping(mapping, "the mapping")
        if chosen is not None and chosen.joins:
            raise DataError("A mapping that is sent cannot join other files.", hint="Import with the command line.")

        def submit(file: Path, author: str) -> dict[str, Any]:
            return self._show_job(self._submit_import([str(file)], chosen, author, file).job)

        return Upload(name, self.desk.new_upload(), self.uploads_most, submit)

    def _submit_import(
        self, names: Sequence[str], mapping: Mapping | None, author: str, sent: Path | None = None
    ) -> Errand:
        """``sent``: the one file, which goes where the job keeps it."""
        for name in names:
            form_of(name)  # says at once what is not there
        request = {
            "files": names if sent is None else [],
            "sent": None if sent is None else sent.name,
            "mapping": None if mapping is None else [mapping.text, mapping.name],
            "marks": [mark_file(name) for name in names],
        }
        subject = ", ".join(without_password(name) if "://" in name else Path(name).name for name in names)
        return self.desk.submit(Kind.IMPORT, request, subject, author, sent)

    def _import(self, errand: Errand) -> dict[str, Any]:
        """Store what a process beside reads, piece by piece. What comes in from clients goes before each of them."""
        request, job, parts = errand.request, errand.job, self.parts
        mapping = None if request["mapping"] is None else parse_mapping(*request["mapping"])
        kept = self.desk.folder_of(job.id)
        files = request["files"] if request["sent"] is None else [str(kept / request["sent"])]
        marks = [mark_file(name) for name in files]
        same = marks == request["marks"] and None not in marks
        after, before = (job.position, ImportReport(**job.report)) if same and job.report else (0, ImportReport())
        started, stored = time.perf_counter(), before

        def store(child: Child, message: Fields[str, Any]) -> None:
            nonlocal stored
            number = message["piece"]
            self.intake.let_pass(PATIENCE)
            stored += store_piece(parts, read_piece(piece_path(errand.folder, number)))[0]
            remove_piece(piece_path(errand.folder, number))
            seconds = round(before.seconds + time.perf_counter() - started, 3)
            stored = replace(stored, seconds=seconds)
            errand.change(position=number, report=stored.as_dict())
            child.send({"taken": number})

        errand.run(ImportTask(files, mapping, parts.tracking, parts.zone, after), store)
        shutil.rmtree(kept, ignore_errors=True)
        return stored.as_dict()

    def _read(self, names: Sequence[str], mapping: Any, progress: Progress) -> Iterator[Chunk]:
        for name in names:
            yield from read_events(
                name, mapping, self.parts.rows, tables=self.parts.tables, zone=self.parts.zone, progress=progress
            )

    def rejects_list(self, file: str | None = None, limit: int | None = None, after: int = 0) -> list[dict[str, Any]]:
        """Rows that could not become events, oldest first; those whose id is above ``after``."""
        self.intake.settle()
        found = self.parts.rejects.list(file, limit, after)
        return [{"id": r.id, "file": r.file, "line": r.line, "reason": r.reason, "row": r.row} for r in found]

    def rejects_export(self, out: str | Path) -> dict[str, Any]:
        """All rejects as JSON lines: file, line, reason, row."""
        path = Path(out)
        rejects = self.rejects_list()
        path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rejects), encoding="utf-8")
        return {"rejects": len(rejects), "file": str(path)}

    def rejects_retry(self, mended: Fields[str, str] | None = None, author: str = "") -> ImportReport:
        """Read the rejected rows again as they are; those that now become events leave the rejects. ``mended``: only
        these, by their ids, with other texts, which take the place of what they were."""
        from limner.collect.retry import retry_rejects

        started = time.perf_counter()
        with self._settled():
            kept = self.parts.rejects.list()
            if mended is not None:
                kept = [replace(reject, row=mended[str(reject.id)]) for reject in kept if str(reject.id) in mended]
                if missing := mended.keys() - {str(reject.id) for reject in kept}:
                    raise NotFound(f"There is no rejected row {min(missing)}.", hint="Somebody mended it meanwhile.")
            still: set[tuple[str, int, str]] = set()

            def note(one: Cleaned, appended: Appended) -> None:
                follow_bindings(appended.events, self._one_id)
                still.update((r.file, r.line, r.row) for r in one.chunk.rejects)

            chunks = retry_rejects(
                kept,
                self.parts.rows,
                tables=self.parts.tables,
                zone=self.parts.zone,
                webhooks=self.webhooks.mappings(),
            )
            report = store_chunks(self.parts, chunks, note)
            before = {reject.id: (reject.file, reject.line, reject.row) for reject in self.parts.rejects.list()}
            self.parts.rejects.remove([reject.id for reject in kept if before[reject.id] not in still])
        if mended is not None:
            self.parts.catalog.record(AuditEntry(now(), author, "reject.mend", f"{len(mended)} rows"))
        return replace(report, seconds=round(time.perf_counter() - started, 3))

    def events_violations(self, source: str | None = None) -> list[Violated]:
        """How often the tracking plan was broken since this process began, by source, event and property."""
        self.intake.settle()
        return self.parts.violations.list(source)

    def events_recent(
        self, source: str | None = None, outcome: str | None = None, limit: int = 100, after: int | None = None
    ) -> Page:
        """What just came in and what became of it, oldest first; ``after`` the ``last`` of the page before."""
        self.intake.settle()
        return self.parts.arrivals.read(after, limit, source, None if outcome is None else read_outcome(outcome))

    def webhooks_list(self) -> list[ShownWebhook]:
        """All webhooks, disabled ones too; never their secrets."""
        return self.webhooks.list_webhooks()

    def webhooks_create(
        self, source: str, mapping: str | Path, rows: str | None = None, author: str = ""
    ) -> ShownWebhook:
        """Let a system post signed rows. ``mapping``: a file, or its text; ``rows``: where a body's list of rows is."""
        return self.webhooks.create(source, self._webhook_mapping(mapping), rows, author)

    def webhooks_map(
        self,
        source: str,
        mapping: str | Path,
        rows: str | None = None,
        author: str = "",
        expected: str | None = None,
    ) -> ShownWebhook:
        """Give a webhook another mapping; rows it has rejected are read with it when they are retried.

        ``expected``: its ``state`` as the caller saw it; `Stale` when it is another.
        """
        return self.webhooks.remap(source, self._webhook_mapping(mapping), rows, author, expected)

    def webhooks_rotate(
        self, source: str, at_once: bool = False, author: str = "", expected: str | None = None
    ) -> ShownWebhook:
        """A new secret for a webhook; the old one works for another day unless ``at_once``."""
        return self.webhooks.rotate(source, at_once, author, expected)

    def webhooks_disable(self, source: str, author: str = "", expected: str | None = None) -> ShownWebhook:
        """Take nothing from it any more."""
        return self.webhooks.disable(source, author, expected)

    def _webhook_mapping(self, mapping: str | Path) -> str:
        text = mapping.read_text(encoding="utf-8") if isinstance(mapping, Path) else mapping
        check_mapping(text, self.parts.rows)
        return text
