"""The way of a draft: written, previewed, submitted, reviewed by somebody else, published. Every step leaves its trace.

Each function takes the registry, does one step and answers with what the registry then has. ``who`` is the caller as
the audit names it, ``at`` µs UTC.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from limner.errors import Conflict, DataError, DefinitionError, NotFound, Problem
from limner.model.check import check_tags
from limner.model.clock import iso_time
from limner.model.dump import digest_tag, dump_tag
from limner.model.parse import parse_tag
from limner.model.parse_tag import missing_words
from limner.model.tag import Tag
from limner.ports.catalog import AuditEntry
from limner.ports.registry import Act, Draft, Registered, Registry, Stage, Status, TagVersion
from limner.tags.registry import current_tags, find_tag, find_version

OPEN = (Stage.DRAFT, Stage.PREVIEWED)
"""Stages in which a draft may be changed."""


def save_draft(name: str, definition: object, registry: Registry, who: str, at: int) -> Draft:
    """Write a draft, or write it anew on top of what is published now. Raises `DefinitionError`, `Conflict` while it
    is being reviewed."""
    tag = parse_tag(name, definition)
    item, before = _find(name, registry)
    if before is not None and before.stage not in OPEN:
        raise Conflict(f"The draft of {name} is {before.stage.value}.", hint="Withdraw it first.")
    base = 0 if item is None else item.version.version
    if before is not None and (before.digest, before.base) == (digest_tag(tag), base):
        return before
    revision = 1 if before is None else before.revision + 1
    draft = Draft(name, dump_tag(tag), digest_tag(tag), base, revision, Stage.DRAFT, who, at)
    return _keep(draft, registry, AuditEntry(at, who, "tag.draft", name))


def drop_draft(name: str, registry: Registry, who: str, at: int, why: str = "") -> None:
    """Forget a draft. Raises `NotFound`, `Conflict` while it is being reviewed."""
    draft = find_draft(name, registry)
    if draft.stage not in OPEN:
        raise Conflict(f"The draft of {name} is {draft.stage.value}.", hint="Withdraw it first.")
    registry.commit(Act(dropped=[draft], audit=[AuditEntry(at, who, "tag.drop", name, why)]))


def note_preview(name: str, registry: Registry, who: str, at: int) -> Draft:
    """Somebody has seen what the draft would say."""
    draft = find_draft(name, registry)
    if draft.stage is not Stage.DRAFT:
        return draft
    return _step(draft, Stage.PREVIEWED, registry, AuditEntry(at, who, "tag.preview", name))


def submit_draft(name: str, registry: Registry, who: str, at: int, why: str = "") -> Draft:
    """Ask for a review. Raises `DefinitionError` where the definition does not fit the published ones, or has no title,
    group or owner; `Conflict` when it is out of date, or submitted already."""
    draft = _in(find_draft(name, registry), OPEN)
    item, _ = _find(name, registry)
    _check_base(draft, item)
    if item is not None and item.status is not Status.RETIRED and item.version.digest == draft.digest:
        raise Conflict(f"The draft of {name} is what is published as version {item.version.version}.")
    tag = parse_tag(name, draft.definition)
    missing = [Problem(name, field, said, "It is asked for at submission.") for field, said in missing_words(tag)]
    if problems := [*missing, *check_among([tag], registry)]:
        raise DefinitionError(problems)
    submitted = replace(draft, submitter=who, reason=why, reviewer=None, remark="")
    return _step(submitted, Stage.SUBMITTED, registry, AuditEntry(at, who, "tag.submit", name, why))


def withdraw_draft(name: str, registry: Registry, who: str, at: int, why: str = "") -> Draft:
    """Take a submission back, so that it can be changed: for whoever submitted or wrote it."""
    draft = _in(find_draft(name, registry), (Stage.SUBMITTED, Stage.APPROVED))
    if who not in (draft.submitter, draft.author):
        raise Conflict(
            f"{draft.submitter} submitted {name}: nobody else withdraws it.", hint="Refuse it, with a reason."
        )
    return _step(draft, Stage.DRAFT, registry, AuditEntry(at, who, "tag.withdraw", name, why))


def refuse_draft(name: str, registry: Registry, who: str, at: int, why: str) -> Draft:
    """Send a submission back with a reason."""
    draft = _in(find_draft(name, registry), (Stage.SUBMITTED, Stage.APPROVED))
    _check_reviewer(draft, who)
    if not why.strip():
        raise DataError(f"{draft.submitter} needs to know why {name} is refused.", hint="Give a reason.")
    refused = replace(draft, reviewer=who, remark=why)
    return _step(refused, Stage.DRAFT, registry, AuditEntry(at, who, "tag.refuse", name, why))


def approve_draft(name: str, registry: Registry, who: str, at: int, why: str = "") -> Draft:
    """Say that a submission may be published: the definition as it was submitted. Raises `Conflict` for whoever wrote
    or submitted it, and when something else was published since it was written."""
    draft = _in(find_draft(name, registry), (Stage.SUBMITTED,))
    _check_reviewer(draft, who)
    _check_base(draft, _find(name, registry)[0])
    approved = replace(draft, reviewer=who, remark=why)
    return _step(approved, Stage.APPROVED, registry, AuditEntry(at, who, "tag.approve", name, why))


def publish_draft(name: str, registry: Registry, who: str, at: int, why: str = "") -> TagVersion:
    """Make an approved draft the version that stands. Raises `Conflict`, `DefinitionError` when it does not fit what
    was published beside it meanwhile."""
    draft = _in(find_draft(name, registry), (Stage.APPROVED,))
    item, _ = _find(name, registry)
    _check_base(draft, item)
    _check_among([parse_tag(name, draft.definition)], registry)
    reason = draft.reason or why
    number = draft.base + 1
    version = TagVersion(name, number, draft.definition, draft.digest, draft.author, reason, at, draft.reviewer)
    entry = AuditEntry(at, who, "tag.publish", name, why or draft.reason)
    registry.commit(Act([version], dropped=[draft], audit=[entry]))
    return version


def roll_back(name: str, number: int, registry: Registry, who: str, at: int, why: str = "") -> TagVersion:
    """Publish an older definition, which was reviewed before, as a new version."""
    older = find_version(name, number, registry)
    item, _ = find_tag(name, registry)
    assert item is not None, "a tag with versions stands somehow"
    if item.status is not Status.RETIRED and item.version.digest == older.digest:
        raise Conflict(f"Version {item.version.version} of {name}, which stands, says what version {number} said.")
    _check_among([parse_tag(name, older.definition)], registry)
    reason = f"back to version {number}" + (f": {why}" if why else "")
    version = TagVersion(name, item.version.version + 1, older.definition, older.digest, who, reason, at)
    registry.commit(Act([version], audit=[AuditEntry(at, who, "tag.rollback", name, reason)]))
    return version


def list_reviews(registry: Registry) -> list[Draft]:
    """Drafts that wait for somebody: submitted ones for a reviewer, approved ones for publication; oldest first."""
    waiting = [draft for draft in registry.drafts() if draft.stage not in OPEN]
    return sorted(waiting, key=lambda draft: draft.changed_at)


def find_draft(name: str, registry: Registry) -> Draft:
    """Raises `NotFound`."""
    _, draft = find_tag(name, registry)
    if draft is None:
        raise NotFound(
            f"{name} has no draft.", hint="What is published never changes: write a draft of what it should say."
        )
    return draft


def check_among(changed: Sequence[Tag], registry: Registry) -> list[Problem]:
    """What would be wrong with the published tags if these were published too."""
    names = {tag.name for tag in changed}
    together = [*(tag for tag in current_tags(registry) if tag.name not in names), *changed]
    drafted = {draft.name for draft in registry.drafts()} - {tag.name for tag in together}
    return [_hint_at_drafts(problem, drafted) for problem in check_tags(together)]


def _hint_at_drafts(problem: Problem, drafted: set[str]) -> Problem:
    for name in drafted:
        if problem.message == f"there is no tag {name!r}.":
            return replace(problem, hint=f"{name} is a draft: publish it first.")
    return problem


def _check_among(changed: Sequence[Tag], registry: Registry) -> None:
    if problems := check_among(changed, registry):
        raise DefinitionError(problems)


def _check_reviewer(draft: Draft, who: str) -> None:
    if who in (draft.submitter, draft.author):
        verb = "submitted" if who == draft.submitter else "wrote"
        raise Conflict(f"{who} {verb} {draft.name}: somebody else reviews it.", hint="Withdraw it to change it.")


def _check_base(draft: Draft, item: Registered | None) -> None:
    """Optimistic locking: what is replaced is what its author saw."""
    number = 0 if item is None else item.version.version
    if item is not None and draft.base != number:
        version = item.version
        raise Conflict(
            f"{draft.name} has moved on: the draft goes back to version {draft.base or 'none'}, and {version.author} "
            f"published version {number} at {iso_time(version.published_at, 'UTC')}.",
            hint="Compare the two, and write the draft anew on top of that version.",
        )


def _in(draft: Draft, stages: Sequence[Stage]) -> Draft:
    if draft.stage not in stages:
        wanted = " or ".join(stage.value for stage in stages)
        raise Conflict(f"The draft of {draft.name} is {draft.stage.value}; for this it must be {wanted}.")
    return draft


def _find(name: str, registry: Registry) -> tuple[Registered | None, Draft | None]:
    standing: Mapping[str, Registered] = {item.version.name: item for item in registry.tags()}
    return standing.get(name), next((draft for draft in registry.drafts() if draft.name == name), None)


def _step(draft: Draft, stage: Stage, registry: Registry, entry: AuditEntry) -> Draft:
    moved = replace(draft, stage=stage, revision=draft.revision + 1, changed_at=entry.at)
    return _keep(moved, registry, entry)


def _keep(draft: Draft, registry: Registry, entry: AuditEntry) -> Draft:
    registry.commit(Act(drafts=[draft], audit=[entry]))
    return draft
