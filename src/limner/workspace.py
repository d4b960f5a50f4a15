"""A workspace as Python sees it: the verbs of the command line and the API, each a few calls into the rooms."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Any, Self

import numpy as np
import pyarrow as pa

from limner.audiences.crowd import Crowd
from limner.audiences.insight import Insight
from limner.collect.chunk import Chunk, ImportReport
from limner.collect.clean import Cleaned
from limner.collect.mapping import read_mapping
from limner.collect.read import dry_run_events, read_events
from limner.collect.webhook import check_mapping
from limner.doctor import examine
from limner.errors import DataError, DefinitionError, NotFound, did_you_mean
from limner.fold.columns import StoredColumns, load_columns
from limner.fold.export import export_table, write_table
from limner.fold.plan import build_plan
from limner.fold.portrait import draw_portrait
from limner.fold.properties import fold_key
from limner.govern.keys import KeyRing, ShownKey
from limner.govern.seal import Seal
from limner.govern.webhooks import ShownWebhook, WebhookRing
from limner.identity.answers import Customer, Explanation, Merged, Parted, Report
from limner.identity.binding import follow_bindings
from limner.identity.one_id import OneId
from limner.identity.showing import list_identifiers
from limner.intake import Intake
from limner.model.check import check_condition, warn_tags
from limner.model.clock import iso_time, now, read_instant
from limner.model.column import Folded, TagColumn
from limner.model.condition import Condition
from limner.model.dump import digest_tag
from limner.model.labels import labels_of
from limner.model.parse import parse_condition
from limner.model.portrait import Portrait
from limner.model.references import folds_read, properties_read
from limner.model.tag import Layer, Tag
from limner.parts import Parts
from limner.pipeline import (
    FoldReport,
    Moment,
    fold_everybody,
    fold_one,
    prepare,
    refold,
    store_chunks,
    store_deliveries,
    versions_of,
)
from limner.ports.catalog import AuditEntry
from limner.ports.journal import Delivery
from limner.ports.log import Progress
from limner.tags.changes import Changes
from limner.tags.files import read_tag_files
from limner.tags.registry import ListedTag, ShownTag, apply_changes, current_tags, list_tags, plan_changes, show_tag
from limner.tags.starters import list_templates
from limner.watch.arrivals import Page
from limner.watch.lot import read_outcome
from limner.watch.violations import Violated


def silent(what: str, done: int, total: int) -> None:
    """Progress nobody watches."""


Instant = str | None
"""ISO 8601; None = now (or, for crowds, the columns' as_of)."""


class Workspace:
    """One writer over one folder; safe to share between threads. Use it as a context manager.

    Every verb does its work at once and returns values whose ``as_dict()`` (where they have one) is the JSON document
    of the same command.
    """

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.keys = KeyRing(parts.keys, parts.zone)
        self.webhooks = WebhookRing(parts.webhooks, Seal(parts.folder / "webhooks.key"), parts.zone)
        self._one_id = OneId(parts.observations, parts.rules)
        self.intake = Intake(parts.journal, self._store)
        self.intake.catch_up()
        self._lock = RLock()
        self._moment: tuple[tuple[int, int, tuple[tuple[str, str], ...]], Moment] | None = None
        self._stored: StoredColumns | None = None
        self._tags: list[Tag] | None = None
        self._digests: dict[str, str] = {}

    def _store(self, deliveries: Sequence[Delivery]) -> None:
        store_deliveries(self.parts, self._one_id, deliveries)

    def close(self) -> None:
        self.intake.stop()
        self.parts.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- collect ---

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

            def note(one: Cleaned) -> None:
                follow_bindings(one.chunk.events, self._one_id)
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

    # --- watch ---

    def events_violations(self, source: str | None = None) -> list[Violated]:
        """How often the tracking plan was broken since this process began, by source, event and property."""
        self.intake.settle()
        return self.parts.violations.list(source)

    def events_recent(
        self, source: str | None = None, outcome: str | None = None, limit: int = 100, after: int | None = None
    ) -> Page:
        """What just came in and what became of it, oldest first; ``after`` the ``last`` of the page before."""
        return self.parts.arrivals.read(after, limit, source, None if outcome is None else read_outcome(outcome))

    # --- tags ---

    def tags_check(self) -> dict[str, Any]:
        """Check the files; DefinitionError names everything that is wrong, the answer what looks odd."""
        files = read_tag_files(self.parts.folder / "tags")
        plan_changes(files, self.parts.catalog)
        seen = self.parts.seen
        sampled = set(seen.properties())
        read = {path for tag in files.tags for fold in folds_read(tag.definition) for path in properties_read(fold)}
        rare = seen.look(sorted(read - sampled))  # they need not be in the sample
        known = sampled | {path for path, types in rare.items() if types}
        warnings = warn_tags(files.tags, seen.events(), known, files.sources)
        return {"tags": len(files.tags), "warnings": [str(problem) for problem in warnings]}

    def tags_plan(self, prune: bool = False) -> Changes:
        """What `tags_apply` would change."""
        return plan_changes(read_tag_files(self.parts.folder / "tags"), self.parts.catalog, prune)

    def tags_apply(self, prune: bool = False, author: str = "owner", reason: str = "apply") -> Changes:
        """Publish the tags as the files have them."""
        with self._lock:
            changes = self.tags_plan(prune)
            apply_changes(changes, self.parts.catalog, author, reason, now())
            self._tags = None
        return changes

    def tags_list(self) -> list[ListedTag]:
        return list_tags(self.parts.catalog)

    def tags_show(self, name: str) -> ShownTag:
        return show_tag(name, self.parts.catalog, labels_of(self.parts.tracking))

    def tags_templates(self) -> list[str]:
        return list_templates()

    def tags(self) -> list[Tag]:
        """The published tags."""
        if self._tags is None:
            self._tags = current_tags(self.parts.catalog)
            self._digests = {tag.name: digest_tag(tag) for tag in self._tags}
        return list(self._tags)

    # --- fold ---

    def fold(self, as_of: Instant = None, progress: Progress = silent) -> FoldReport:
        """Fold everybody at ``as_of`` (now) and keep the columns."""
        with self._settled():
            self._stored = None
            return refold(self.parts, self._one_id, self.tags(), self._instant(as_of), progress)[1]

    def explain_fold(self, language: str = "en") -> str:
        """The steps `fold` runs, from the very plan it runs."""
        return build_plan(self.tags(), self.parts.log.vocabulary(), self.parts.seen).explain(language)

    def profile(
        self,
        key: str,
        as_of: Instant = None,
        known_at: Instant = None,
        tags: Sequence[str] | None = None,
    ) -> Portrait:
        """One customer's portrait, folded at this very instant."""
        instant = self._instant(as_of)
        known = None if known_at is None else self._instant(known_at)
        with self._settled():
            moment = self.moment(known_at=known)
            number = moment.snapshot.resolve(key)
            folded, grounds = fold_one(self.parts, moment, number, instant, known)
            identifiers = list_identifiers(moment.snapshot, number)
        shown = self._choose(tags, moment.plan.tags)
        known_ones = [{"type": type, "value": value} for type, value in identifiers]
        return draw_portrait(folded, 0, shown, known_ones, self.parts.zone, grounds=grounds)

    def timeline(self, key: str, limit: int = 50, cursor: str | None = None) -> dict[str, Any]:
        """A customer's events, latest first, and the cursor of the next page."""
        before = None
        if cursor is not None:
            before = read_cursor(cursor)
        with self._settled():
            moment = self.moment()
            number = moment.snapshot.resolve(key)
            fragments = np.flatnonzero(moment.snapshot.graph.customer_of == number).tolist()
            events = self.parts.log.history(fragments, before, limit)
        following = f"{events[-1]['time']}.{events[-1]['seq']}" if len(events) == limit else None
        for event in events:
            event["time"] = iso_time(event["time"], self.parts.zone)
            event["received_at"] = iso_time(event["received_at"], self.parts.zone)
        return {"events": events, "next": following}

    def moment(self, progress: Progress = silent, known_at: int | None = None, extra: Sequence[Tag] = ()) -> Moment:
        """The log as it stands, ready to be folded; kept until the log or the tags change."""
        with self._settled():
            tags = [*self.tags(), *extra]
            if known_at is not None or extra:
                return prepare(self.parts, self._one_id, tags, progress, known_at)
            state = (self.parts.log.watermark(), self.parts.items.revision(), tuple(self._digests.items()))
            if self._moment is None or self._moment[0] != state:
                self._moment = (state, prepare(self.parts, self._one_id, tags, progress))
            return self._moment[1]

    # --- audiences ---

    def audience_count(self, rule: object, as_of: Instant = None) -> dict[str, Any]:
        """How many customers meet the rule."""
        condition = parse_condition(rule)
        crowd = self.crowd(as_of, [condition])
        return {"count": crowd.count(condition), "as_of": crowd.as_of}

    def audience_export(self, rule: object, out: str | Path, as_of: Instant = None) -> dict[str, Any]:
        """Write those who meet the rule, with identifiers and tags, to Parquet or CSV."""
        condition = parse_condition(rule)
        crowd = self.crowd(as_of, [condition])
        rows = crowd.export(condition, list(crowd.folded.columns), self._identifiers(), Path(out))
        return {"count": rows, "as_of": crowd.as_of, "file": str(out)}

    def audience_insight(
        self, rule: object, base: object = None, tags: Sequence[str] = (), as_of: Instant = None
    ) -> Insight:
        """How those who meet the rule differ from ``base`` (everybody): distributions and TGI of these tags."""
        condition = parse_condition(rule)
        against = None if base is None else parse_condition(base)
        crowd = self.crowd(as_of, [condition] if against is None else [condition, against])
        return crowd.compare(condition, against, list(tags))

    def export(self, out: str | Path, as_of: Instant = None) -> dict[str, Any]:
        """A row per customer: customer_id, identifiers, tags."""
        crowd = self.crowd(as_of)
        table = export_table(crowd.folded, list(crowd.folded.columns), self._identifiers(), self.parts.zone)
        write_table(table, Path(out))
        return {"customers": table.num_rows, "as_of": crowd.as_of, "file": str(out)}

    def table(self, as_of: Instant = None) -> pa.Table:
        """What `export` writes, as an Arrow table."""
        crowd = self.crowd(as_of)
        return export_table(crowd.folded, list(crowd.folded.columns), self._identifiers(), self.parts.zone)

    def crowd(self, as_of: Instant = None, conditions: Sequence[Condition] = (), progress: Progress = silent) -> Crowd:
        """Everybody's columns at ``as_of``; without one, at the instant the kept columns have.

        Kept columns answer while they are in line with log and definitions; anything else is folded on demand.
        """
        tags = self.tags()
        problems = [problem for condition in conditions for problem in check_condition(condition, tags, "rule")]
        if problems:
            raise DefinitionError(problems)
        behaviour = [Tag(fold_key(fold), Layer.FACT, fold) for c in conditions for fold in folds_read(c)]
        with self._settled():
            folded = self._columns(tags, as_of, progress)
            hidden: Mapping[str, TagColumn] = {}
            if behaviour:
                moment = prepare(self.parts, self._one_id, behaviour, progress)
                hidden = fold_everybody(self.parts, moment, folded.as_of, progress).columns
        return Crowd(folded, self.parts.zone, hidden)

    def _columns(self, tags: Sequence[Tag], as_of: Instant, progress: Progress) -> Folded:
        if self._stored is None:
            self._stored = load_columns(self.parts.folder / "columns")
        stored = self._stored
        versions = versions_of(self.parts, tags)
        asked = None if as_of is None else self._instant(as_of)
        if stored is not None and asked in (None, stored.folded.as_of):
            if stored.seq == self.parts.log.watermark() and stored.versions == versions:
                return stored.folded
            asked = stored.folded.as_of
        if stored is None or asked == stored.folded.as_of:
            self._stored = None
            return refold(self.parts, self._one_id, tags, now() if asked is None else asked, progress)[0]
        assert asked is not None, "an instant other than the columns' was asked for"
        return fold_everybody(self.parts, self.moment(progress), asked, progress)

    # --- identity ---

    def identity_show(self, key: str) -> Customer:
        with self._settled():
            self._one_id.refresh()
            return self._one_id.show(key)

    def identity_merge(self, a: str, b: str, author: str = "", reason: str = "") -> Merged:
        with self._settled():
            return self._one_id.merge(a, b, author, reason)

    def identity_split(self, keys: Sequence[str] | str, author: str = "", reason: str = "") -> Parted:
        """Take the first key, with the others, out of its customer; or undo the merge by hand that holds it there."""
        first, *together = [keys] if isinstance(keys, str) else keys
        with self._settled():
            return self._one_id.split(first, together, author, reason)

    def identity_explain(self, a: str, b: str) -> Explanation:
        with self._settled():
            self._one_id.refresh()
            return self._one_id.explain(a, b)

    def identity_report(self) -> Report:
        """Shared identifiers and the largest customers."""
        with self._settled():
            self._one_id.refresh()
            return self._one_id.report()

    # --- keys ---

    def keys_list(self) -> list[ShownKey]:
        """All keys, disabled ones too; never their secrets."""
        return self.keys.list_keys()

    def keys_create(
        self, name: str, role: str = "write", source: str | None = None, rate: float | None = None, author: str = ""
    ) -> ShownKey:
        """A new key. Its secret is in the answer and nowhere else."""
        return self.keys.create(name, role, source, rate, author)

    def keys_rotate(self, id: str, at_once: bool = False, author: str = "") -> ShownKey:
        """A new secret for a key; the old one works for another day unless ``at_once``."""
        return self.keys.rotate(id, at_once, author)

    def keys_disable(self, id: str, author: str = "") -> ShownKey:
        """End a key for good."""
        return self.keys.disable(id, author)

    # --- webhooks ---

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

    # --- operate ---

    def erase(self, key: str, author: str = "", progress: Progress = silent) -> dict[str, Any]:
        """Remove a person for good: log, rejects, dictionaries, timelines, columns. A replay is refused."""
        with self._settled():
            snapshot = self._one_id.refresh()
            number = snapshot.resolve(key)
            nodes = frozenset(snapshot.members(number))
            fragments = frozenset(np.flatnonzero(snapshot.graph.customer_of == number).tolist())
            for derived in ("columns", "timelines", "population"):
                shutil.rmtree(self.parts.folder / derived, ignore_errors=True)
            self.parts.timelines.forget()
            self.parts.arrivals.forget()
            self.intake.forget()
            self._moment = self._stored = None
            events = self.parts.erasure.erase(nodes, fragments)
            self._one_id = OneId(self.parts.observations, self.parts.rules)
            self.parts.catalog.record(AuditEntry(now(), author, "customer.erase", f"c{number}"))
        return {"customer_id": f"c{number}", "identifiers": len(nodes), "events": events}

    def doctor(self) -> dict[str, Any]:
        """Whether everything holds together, and how much there is."""
        with self._settled():
            return examine(self.parts, self._one_id)

    # --- inside ---

    @contextmanager
    def _settled(self) -> Iterator[None]:
        """The log has all that was acknowledged, and nobody else works on what is derived from it."""
        self.intake.settle()
        with self._lock:
            yield

    def _instant(self, text: Instant) -> int:
        return now() if text is None else read_instant(text, self.parts.zone)

    def _choose(self, names: Sequence[str] | None, tags: Sequence[Tag]) -> list[Tag]:
        if names is None:
            return list(tags)
        known = {tag.name: tag for tag in tags}
        for name in names:
            if name not in known:
                raise NotFound(f"There is no tag {name!r}.", hint=did_you_mean(name, known))
        return [known[name] for name in names]

    def _identifiers(self) -> pa.Table:
        """Columns customer, type, value, first seen first."""
        table = self.parts.observations.identifier_table()
        root = self._one_id.graph.root[table.column("node").to_numpy()]
        return pa.table({"customer": root, "type": table.column("type"), "value": table.column("value")})


def read_cursor(cursor: str) -> tuple[int, int]:
    time_text, _, seq = cursor.partition(".")
    if not (time_text.lstrip("-").isdecimal() and seq.isdecimal()):
        raise DataError(f"{cursor!r} is no cursor.", hint="Give the `next` of the page before.")
    return int(time_text), int(seq)
