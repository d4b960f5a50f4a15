"""Verbs that bring events in, and tell what became of them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from limner.collect.chunk import Chunk, ImportReport
from limner.collect.clean import Cleaned
from limner.collect.mapping import read_mapping
from limner.collect.read import dry_run_events, read_events
from limner.collect.webhook import check_mapping
from limner.govern.webhooks import ShownWebhook
from limner.identity.binding import follow_bindings
from limner.pipeline import (
    store_chunks,
)
from limner.ports.log import Appended, Progress
from limner.watch.arrivals import Page
from limner.watch.lot import read_outcome
from limner.watch.violations import Violated
from limner.workspace.opened import Opened, silent


class Collecting(Opened):
    """Imports, rejects, arrivals and webhooks."""

    def import_files(
        self,
        files: Sequence[str | Path] | str | Path,
        mapping: str | Path | None = None,
        dry_run: bool = False,
        progress: Progress = silent,
    ) -> ImportReport | dict[str, Any]:
        """Read files (or database URLs) into the log. ``dry_run`` stores nothing and returns the first mapped rows."""
        names = [str(files)] if isinstance(files, str | Path) else [str(file) for file in files]
        chosen = None if mapping is None else read_mapping(Path(mapping))
        if dry_run:
            return dry_run_events(names[0], chosen, self.parts.rows, tables=self.parts.tables, zone=self.parts.zone)
        started = time.perf_counter()
        with self._lock:
            report = store_chunks(self.parts, self._read(names, chosen, progress))
        return replace(report, seconds=round(time.perf_counter() - started, 3))

    def _read(self, names: Sequence[str], mapping: Any, progress: Progress) -> Iterator[Chunk]:
        for name in names:
            yield from read_events(
                name, mapping, self.parts.rows, tables=self.parts.tables, zone=self.parts.zone, progress=progress
            )

    def rejects_list(self, file: str | None = None, limit: int | None = None) -> list[dict[str, Any]]:
        """Rows that could not become events, oldest first."""
        self.intake.settle()
        found = self.parts.rejects.list(file, limit)
        return [{"id": r.id, "file": r.file, "line": r.line, "reason": r.reason, "row": r.row} for r in found]

    def rejects_export(self, out: str | Path) -> dict[str, Any]:
        """All rejects as JSON lines: file, line, reason, row."""
        path = Path(out)
        rejects = self.rejects_list()
        path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rejects), encoding="utf-8")
        return {"rejects": len(rejects), "file": str(path)}

    def rejects_retry(self) -> ImportReport:
        """Read the rejected rows again as they are; those that now become events leave the rejects."""
        from limner.collect.retry import retry_rejects

        started = time.perf_counter()
        with self._settled():
            kept = self.parts.rejects.list()
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
            self.parts.rejects.remove([r.id for r in kept if (r.file, r.line, r.row) not in still])
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

    def webhooks_map(self, source: str, mapping: str | Path, rows: str | None = None, author: str = "") -> ShownWebhook:
        """Give a webhook another mapping; rows it has rejected are read with it when they are retried."""
        return self.webhooks.remap(source, self._webhook_mapping(mapping), rows, author)

    def webhooks_rotate(self, source: str, at_once: bool = False, author: str = "") -> ShownWebhook:
        """A new secret for a webhook; the old one works for another day unless ``at_once``."""
        return self.webhooks.rotate(source, at_once, author)

    def webhooks_disable(self, source: str, author: str = "") -> ShownWebhook:
        """Take nothing from it any more."""
        return self.webhooks.disable(source, author)

    def _webhook_mapping(self, mapping: str | Path) -> str:
        text = mapping.read_text(encoding="utf-8") if isinstance(mapping, Path) else mapping
        check_mapping(text, self.parts.rows)
        return text
