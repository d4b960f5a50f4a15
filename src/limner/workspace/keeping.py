"""What comes of a model's work: a version, a card, or the dated columns of the tags that show it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

from limner.fold.columns import load_columns
from limner.fold.written import Rows, read_rows
from limner.learn.declaration import Declaration
from limner.learn.said import drop_silent
from limner.learn.shelf import adopt_model
from limner.model.clock import iso_time, now
from limner.model.run import Run
from limner.model.tag import Predicted, Tag
from limner.pipeline import refold
from limner.ports.catalog import AuditEntry
from limner.ports.models import ModelVersion
from limner.study import FoldedStudy
from limner.workspace.following import Following
from limner.workspace.opened import silent
from limner.workspace.shelving import Shelving


@dataclass(frozen=True, slots=True)
class Lesson:
    """What was asked of a model, on which past, and what `limner.learn.steps.carry_out` answered."""

    request: Mapping[str, Any]
    """``action, name, as_of, version``."""
    declared: Declaration
    study: FoldedStudy
    result: Mapping[str, Any]
    out: Path
    """The folder of its files."""
    author: str
    began: float
    """When, by `time.perf_counter`."""


class Keeping(Shelving, Following):
    """Versions, cards and predictions are kept."""

    def _conclude(self, lesson: Lesson) -> dict[str, Any]:
        """Keep it: what a verb says of it."""
        ends: Mapping[str, Callable[[Lesson], dict[str, Any]]] = {
            "fit": self._keep_fitted,
            "evaluate": self._keep_evaluated,
            "predict": self._keep_predicted,
        }
        told = ends[lesson.request["action"]](lesson)
        return {**told, "seconds": round(time.perf_counter() - lesson.began, 3)}

    def _keep_fitted(self, lesson: Lesson) -> dict[str, Any]:
        declared = lesson.declared
        instant = now()
        card = {
            **lesson.result["card"],
            "title": dict(declared.title),
            "declaration": dict(declared.written),
            "limner": version_of("limner"),
        }
        with self._lock:
            versions = self.parts.models.versions(declared.name)
            number = 1 + max((one.version for one in versions), default=0)
            adopt_model(lesson.out, self._folder_of(declared.name, number))
            version = ModelVersion(
                declared.name,
                number,
                declared.kind,
                instant,
                lesson.author,
                lesson.study.seq,
                declared.digest,
                lesson.result["sha256"],
                card,
            )
            audit = [AuditEntry(instant, lesson.author, "model.fit", declared.name, f"version {number}")]
            try:
                kept = self.parts.models.add_version(version, audit)
            except BaseException:
                shutil.rmtree(self._folder_of(declared.name, number), ignore_errors=True)
                raise
        return self._show_card(kept)

    def _keep_evaluated(self, lesson: Lesson) -> dict[str, Any]:
        declared = lesson.declared
        with self._lock:
            before = self._find_version(declared.name, lesson.request["version"])
            later = replace(before, card={**before.card, **lesson.result["card"]})
            audit = [AuditEntry(now(), lesson.author, "model.evaluate", declared.name, f"version {before.version}")]
            self.parts.models.put_version(later, audit)
        return self._show_card(later)

    def _keep_predicted(self, lesson: Lesson) -> dict[str, Any]:
        """Write the dated columns: at the instant that was asked for, else now."""
        declared = lesson.declared
        at = now() if lesson.request["as_of"] is None else lesson.study.last
        written = {}
        with self._settled():
            version = self._find_version(declared.name, lesson.request["version"])
            source = f"{declared.name} v{version.version}"
            for tag in self._check_publishable(version):
                assert isinstance(tag.definition, Predicted), "others show no model"
                file = lesson.result["files"][tag.definition.output]
                rows = drop_silent(read_rows(lesson.out / file))
                written[tag.name] = self._write_tag(tag, rows, at, source, lesson.author)
            self.parts.models.put_version(replace(version, published_at=at), [])
        self._show_at(at)
        zone = self.parts.zone
        return {
            "model": declared.name,
            "version": version.version,
            "predicted_at": iso_time(at, zone),
            "as_of": iso_time(lesson.study.last, zone),
            "customers": lesson.result["customers"],
            "tags": written,
        }

    def _show_at(self, at: int) -> None:
        """Without a live state counts and exports are of the kept columns' instant: bring them up to what was just
        predicted."""
        with self._settled():
            kept = None if self._live is not None else load_columns(self.parts.folder / "columns")
            if kept is not None and kept.folded.as_of < at:
                self._stored = None
                refold(self.parts, self._one_id, self.tags(), at, silent)

    def _write_tag(self, tag: Tag, rows: Rows, at: int, source: str, author: str) -> int:
        run = Run(0, tag.name, at, rows.column.type, len(rows.nodes), author, source)
        self.parts.dated.add(run, rows, [AuditEntry(at, author, "model.publish", tag.name, source)])
        return len(rows.nodes)
