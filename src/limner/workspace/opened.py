"""What all verbs stand on: an opened workspace, in line with what has come in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import RLock
from types import TracebackType
from typing import Self

from limner.fold.columns import StoredColumns
from limner.govern.keys import KeyRing
from limner.govern.once import Once
from limner.govern.seal import Seal
from limner.govern.webhooks import WebhookRing
from limner.identity.one_id import OneId
from limner.intake import Intake
from limner.model.clock import now, read_instant
from limner.model.dump import digest_tag
from limner.model.tag import Tag
from limner.parts import Parts
from limner.pending import Pending
from limner.pipeline import (
    Moment,
    prepare,
)
from limner.ports.journal import Delivery
from limner.ports.log import Progress
from limner.storing import store_deliveries
from limner.tags.registry import current_tags
from limner.watch.delays import Delays
from limner.workspace.sharing import Shared


def silent(what: str, done: int, total: int) -> None:
    """Progress nobody watches."""


Instant = str | None
"""ISO 8601; None = now (or, for crowds, the columns' as_of)."""


class Opened:
    """One writer over one folder; safe to share between threads. Use it as a context manager."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.keys = KeyRing(parts.keys, parts.zone)
        seal = Seal(parts.folder / "webhooks.key")
        self.webhooks = WebhookRing(parts.webhooks, seal, parts.zone)
        self.once = Once(parts.answers, seal)
        self._one_id = OneId(parts.observations, parts.rules)
        self.delays = Delays()
        self.pending = Pending(self.delays)
        self.intake = Intake(parts.journal, self._store, self.pending, self.delays, parts.tidy)
        self._replaying = True
        self.intake.catch_up()
        self._replaying = False
        self._lock = RLock()
        self._same_file = Shared()
        """Shared, and taken before the other, by whoever reads the log's file or the timelines' for long. An erasure,
        which leaves none of them, has it alone."""
        self._moment: tuple[tuple[int, int, tuple[tuple[str, str], ...]], Moment] | None = None
        self._stored: StoredColumns | None = None
        self._tags: list[Tag] | None = None
        self._digests: dict[str, str] = {}

    def _store(self, deliveries: Sequence[Delivery]) -> int:
        store_deliveries(self.parts, self._one_id, deliveries, self._replaying, self.pending.note_rows)
        if not self._replaying:
            self._notice()
        return self.parts.log.watermark()

    def _notice(self) -> None:
        """The log has more."""

    def close(self) -> None:
        """Whoever is at work is waited for or broken off, and whoever comes is refused; then everything is let go."""
        self._same_file.shut()
        self.intake.stop()
        self.parts.break_off()
        with self._lock:
            self.parts.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _forget_derived(self) -> None:
        """What was worked out from the log no longer holds, nor who is who."""
        self._moment = self._stored = None
        self.pending.forget_people()
        self._one_id = OneId(self.parts.observations, self.parts.rules)

    def tags(self) -> list[Tag]:
        """The published tags."""
        if self._tags is None:
            tags = self._admit(current_tags(self.parts.registry))
            self._digests = {tag.name: digest_tag(tag) for tag in tags}
            self._tags = tags
            return list(tags)
        return list(self._tags)

    def _admit(self, tags: list[Tag]) -> list[Tag]:
        """Those of the published tags, or of their former versions, that can be computed now."""
        return tags

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

    @contextmanager
    def _settled(self) -> Iterator[None]:
        """The log has all that was acknowledged, and nobody else works on what is derived from it."""
        self.intake.settle()
        with self._lock:
            yield

    def _instant(self, text: Instant) -> int:
        return now() if text is None else read_instant(text, self.parts.zone)
