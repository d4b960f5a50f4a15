"""The registry of tags: versions as they were published, drafts on their way there, and what stands."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from limner.ports.catalog import AuditEntry


class Status(StrEnum):
    """How a tag that was published stands."""

    PUBLISHED = "published"
    DEPRECATED = "deprecated"
    """Computed and read as before; nobody should begin to use it."""
    RETIRED = "retired"


class Stage(StrEnum):
    """How far a draft has come. What is refused or withdrawn is a draft again."""

    DRAFT = "draft"
    PREVIEWED = "previewed"
    SUBMITTED = "submitted"
    APPROVED = "approved"


@dataclass(frozen=True, slots=True)
class TagVersion:
    """A definition as it was published. It never changes; a new definition is a new version."""

    name: str
    version: int
    """1, 2, ... per tag."""
    definition: Mapping[str, Any]
    """The canonical form of `limner.model.dump.dump_tag`."""
    digest: str
    """SHA-256 of that form."""
    author: str
    reason: str
    published_at: int
    """Microseconds UTC."""
    reviewer: str | None = None
    """Who approved it; None = published by the owner, or before there was review."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A tag as it stands: its newest version, and whether it is in use."""

    version: TagVersion
    status: Status
    filed: int | None = None
    """The version on which files and registry last agreed; None = the files never had it, or have it no more."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A definition somebody proposes. There is one per name at most."""

    name: str
    definition: Mapping[str, Any]
    digest: str
    base: int
    """The version that stood when it was written; 0 = none."""
    revision: int
    """1, 2, ...: one more with every change."""
    stage: Stage
    author: str
    """Who wrote it last."""
    changed_at: int
    """Microseconds UTC."""
    submitter: str | None = None
    reason: str = ""
    """Of the submission."""
    reviewer: str | None = None
    """Who approved or refused it last,"""
    remark: str = ""
    """and what they said."""


@dataclass(frozen=True, slots=True)
class Act:
    """What changes at once, with its trace."""

    versions: Sequence[TagVersion] = ()
    """To be published: each the first of its tag, or one more than the newest."""
    status: Mapping[str, Status] = field(default_factory=dict)
    """How tags stand from now on. A new version of a deprecated tag is deprecated unless this says otherwise."""
    filed: Mapping[str, int | None] = field(default_factory=dict)
    drafts: Sequence[Draft] = ()
    """To be kept: each new, or one revision more than the one of its name."""
    dropped: Sequence[Draft] = ()
    """To be forgotten, if they still have this revision."""
    audit: Sequence[AuditEntry] = ()


class Registry(Protocol):
    def state(self) -> Hashable:
        """Another one whenever tags or drafts are others; the same while anything else in the catalog changes."""
        ...

    def tags(self) -> list[Registered]:
        """Every tag ever published, retired ones too, in the order of their first publication."""
        ...

    def versions(self, name: str) -> list[TagVersion]:
        """All versions of a tag, oldest first; none for an unknown name."""
        ...

    def drafts(self) -> list[Draft]:
        """All drafts, in the order they were first kept."""
        ...

    def commit(self, act: Act) -> None:
        """Do all of it or nothing. Raises `Conflict` where a version or a revision does not follow: somebody else was
        there meanwhile."""
        ...
