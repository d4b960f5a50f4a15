"""Verbs about the way of a tag: drafted, previewed, submitted, reviewed, published, deprecated, retired.

``expected`` is the tag's ``state`` as the caller saw it: `Stale` when it is another by now. None = whatever it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from limner.errors import NotFound
from limner.govern.expecting import expect
from limner.model.clock import now
from limner.parts import Parts
from limner.ports.registry import Draft, Registry, TagVersion
from limner.tags.lineage import Users, find_users
from limner.tags.reads import Reads
from limner.tags.registry import ShownDraft, find_tag, show_draft, state_of
from limner.tags.review import (
    approve_draft,
    drop_draft,
    find_draft,
    list_reviews,
    note_preview,
    publish_draft,
    refuse_draft,
    roll_back,
    save_draft,
    submit_draft,
    withdraw_draft,
)
from limner.tags.standing import Stood, deprecate_tag, restore_tag, retire_tag
from limner.workspace.tagging import Tagging

T = TypeVar("T")
LATELY = 30
"""Days within which somebody who asked for a tag by name counts as a reader."""


class Reviewing(Tagging):
    """Drafts, their review, and how published tags stand."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.reads = Reads(parts.findings, parts.zone)

    def close(self) -> None:
        self.reads.flush()
        super().close()

    def tags_draft(
        self, name: str, definition: Mapping[str, object], author: str = "owner", expected: str | None = None
    ) -> ShownDraft:
        """Write a draft, in place of the one there is."""
        return self._review(name, expected, lambda to: save_draft(name, definition, to, author, now()))

    def tags_discard(self, name: str, author: str = "owner", reason: str = "", expected: str | None = None) -> None:
        """Forget a draft. What is published stays."""
        with self._lock:
            self._expect(name, expected)
            drop_draft(name, self.parts.registry, author, now(), reason)

    def tags_written(self, name: str) -> ShownDraft:
        """A draft as it is. Raises `NotFound`."""
        return show_draft(find_draft(name, self.parts.registry), find_tag(name, self.parts.registry)[0])

    def tags_previewed(self, name: str, author: str = "owner") -> ShownDraft:
        """Note that somebody has seen what the draft would say."""
        return self._review(name, None, lambda to: note_preview(name, to, author, now()))

    def tags_submit(
        self, name: str, author: str = "owner", reason: str = "", expected: str | None = None
    ) -> ShownDraft:
        """Ask for a review of the draft as it is."""
        return self._review(name, expected, lambda to: submit_draft(name, to, author, now(), reason))

    def tags_withdraw(
        self, name: str, author: str = "owner", reason: str = "", expected: str | None = None
    ) -> ShownDraft:
        """Take a submission back; it is a draft again."""
        return self._review(name, expected, lambda to: withdraw_draft(name, to, author, now(), reason))

    def tags_refuse(
        self, name: str, author: str = "owner", reason: str = "", expected: str | None = None
    ) -> ShownDraft:
        """Send a submission back, with a reason; it is a draft again."""
        return self._review(name, expected, lambda to: refuse_draft(name, to, author, now(), reason))

    def tags_approve(
        self, name: str, author: str = "owner", reason: str = "", expected: str | None = None
    ) -> ShownDraft:
        """Let a submission of somebody else be published."""
        return self._review(name, expected, lambda to: approve_draft(name, to, author, now(), reason))

    def tags_reviews(self) -> list[ShownDraft]:
        """Submissions that wait for a reviewer, and approved ones that wait to be published; oldest first."""
        standing = {item.version.name: item for item in self.parts.registry.tags()}
        return [show_draft(draft, standing.get(draft.name)) for draft in list_reviews(self.parts.registry)]

    def tags_publish(
        self, name: str, author: str = "owner", reason: str = "", expected: str | None = None
    ) -> TagVersion:
        """Make an approved draft what is computed from now on."""
        return self._publish(name, expected, lambda to: publish_draft(name, to, author, now(), reason))

    def tags_rollback(
        self, name: str, version: int, author: str = "owner", reason: str = "", expected: str | None = None
    ) -> TagVersion:
        """Publish an older version's definition as a new version."""
        return self._publish(name, expected, lambda to: roll_back(name, version, to, author, now(), reason))

    def tags_deprecate(
        self, name: str, author: str = "owner", reason: str = "", force: bool = False, expected: str | None = None
    ) -> Stood:
        """Advise against a tag. Conflict while it is in use, unless ``force``."""
        users = self.tags_users(name)
        return self._publish(name, expected, lambda to: deprecate_tag(name, users, to, author, now(), reason, force))

    def tags_restore(self, name: str, author: str = "owner", reason: str = "", expected: str | None = None) -> Stood:
        """Publish a deprecated or retired tag again, as it was."""
        return self._publish(name, expected, lambda to: restore_tag(name, to, author, now(), reason))

    def tags_retire(
        self, name: str, author: str = "owner", reason: str = "", force: bool = False, expected: str | None = None
    ) -> Stood:
        """Compute a tag no more. Conflict while it is in use, unless ``force``."""
        users = self.tags_users(name)
        return self._publish(name, expected, lambda to: retire_tag(name, users, to, author, now(), reason, force))

    def tags_users(self, name: str) -> Users:
        """Who is affected when the tag goes."""
        find_tag(name, self.parts.registry)
        parts, readers = self.parts, self.reads.since(LATELY).get(name, {})
        return find_users(name, self.tags(), parts.audiences.audiences(), parts.destinations.destinations(), readers)

    def _review(self, name: str, expected: str | None, step: Callable[[Registry], Draft]) -> ShownDraft:
        with self._lock:
            self._expect(name, expected)
            draft = step(self.parts.registry)
            return show_draft(draft, find_tag(name, self.parts.registry)[0])

    def _publish(self, name: str, expected: str | None, step: Callable[[Registry], T]) -> T:
        with self._lock:
            self._expect(name, expected)
            done = step(self.parts.registry)
            self._tags_changed()
        self._wait_until_prepared()
        return done

    def _expect(self, name: str, expected: str | None) -> None:
        if expected is not None:
            try:
                state = state_of(*find_tag(name, self.parts.registry))
            except NotFound:
                state = None
            expect(f"The tag {name}", state, expected)
