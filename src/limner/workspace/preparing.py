"""Tags that were just published while the workspace is served: their properties are back-filled beside everything else.

Until then the live state goes on with the tags as they were, and the new ones are `preparing`.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from threading import Event, Thread

from limner.errors import LimnerError, Unavailable
from limner.model.tag import Tag
from limner.parts import Parts
from limner.tags.registry import current_tags
from limner.workspace.filling import fill_columns, paths_read
from limner.workspace.following import Following

PATIENCE = 2.0
"""Seconds for which whoever publishes waits, so that a short preparation is over when they look."""

log = logging.getLogger(__name__)


class Preparing(Following):
    """Lets published tags into the live state when what they read is in place."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self._filled: frozenset[str] = frozenset()
        """Paths of properties that were back-filled for the tags that stand."""
        self._prepared = Event()
        self._prepared.set()
        self._preparer: Thread | None = None
        self._stopping = False

    def close(self) -> None:
        self._stopping = True
        if self._preparer is not None:
            self._preparer.join()
        super().close()

    def tags_preparing(self) -> list[str]:
        """Published tags, or those in a new version, that are not computed yet."""
        if self._prepared.is_set():
            return []
        computed = {tag.name: tag for tag in self.tags()}
        return [tag.name for tag in current_tags(self.parts.registry) if computed.get(tag.name) != tag]

    def _tags_changed(self) -> None:
        """Somebody published. The caller holds the lock."""
        self._tags = None
        self.tags()

    def _wait_until_prepared(self) -> None:
        """For a while. The caller must not hold the lock."""
        self._prepared.wait(PATIENCE)

    def _admit(self, tags: list[Tag]) -> list[Tag]:
        with self._lock:
            state = None if self._live is None else self._live.state
            if state is None or self._stopping or (read := paths_read(tags)) <= self._filled | paths_read(state.tags):
                return tags
            if self._prepared.is_set():
                self._prepared.clear()
                self._preparer = Thread(target=self._prepare, args=(tags, read), name="preparing", daemon=True)
                self._preparer.start()
            return list(state.tags)

    def _prepare(self, tags: Sequence[Tag], read: frozenset[str]) -> None:
        try:
            with self._same_file:
                fill_columns(self.parts, tags, self._unless_closing)
        except LimnerError as error:  # the tick tries the same again, and says so
            log.warning("The properties of new tags are not back-filled: %s", error)
        finally:
            with self._lock:
                self._filled |= read
                self._tags = None
                self._prepared.set()
            self.look()

    def _unless_closing(self, what: str, done: int, total: int) -> None:
        if self._stopping:
            raise Unavailable("The workspace is being closed.")
