"""The registry: what is published or on its way there, in which version, what it needs and who needs it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from limner.errors import NotFound, did_you_mean
from limner.model.dump import digest_state, digest_tag
from limner.model.fold import Fold, Given, Scalar
from limner.model.labels import name_unit
from limner.model.parse import parse_tag
from limner.model.tag import Tag, name_groups
from limner.model.words import Labels, say
from limner.ports.catalog import AuditEntry
from limner.ports.registry import Draft, Registered, Registry, Status, TagVersion
from limner.tags.changes import FieldChange, compare
from limner.tags.filing import tag_of
from limner.tags.lineage import needs_of, readers_of

IN_USE = (Status.PUBLISHED, Status.DEPRECATED)
Parsed = Mapping[tuple[str, str], Tag]
"""Tags by name and digest of their definition."""
NONE: Parsed = {}


def current_tags(registry: Registry, parsed: Parsed = NONE) -> list[Tag]:
    """Every tag in use in its current version, in the order of publication. ``parsed``: those that need not be read.

    Raises `DefinitionError` if a definition is beyond this version's language.
    """
    return [_read(item.version, parsed) for item in registry.tags() if item.status in IN_USE]


def _read(version: TagVersion, parsed: Parsed) -> Tag:
    return parsed.get((version.name, version.digest)) or tag_of(version)


@dataclass(frozen=True, slots=True)
class Choice:
    """A value a tag may have."""

    value: Scalar
    title: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ListedTag:
    """A line of the list."""

    name: str
    title: Mapping[str, str]
    layer: str
    group: str | None
    group_title: Mapping[str, str]
    """What the group is called, by language; one of its tags says it."""
    owner: str | None
    unit: str | None
    unit_title: Mapping[str, str]
    """What the unit is called, by language; empty where a number is said without."""
    version: int
    """0 = never published."""
    status: str
    """A `Status` or, never published, the `Stage` of its draft."""
    draft: str | None
    """The stage of its draft."""
    preparing: bool = False
    """Published, and not computed yet: what it reads is being made ready."""
    hand: Given | None = None
    """What people enter, where it is entered by hand."""
    values: tuple[Choice, ...] = ()
    """The values it may have; empty = any."""


def list_tags(registry: Registry, statuses: Collection[str] = IN_USE, parsed: Parsed = NONE) -> list[ListedTag]:
    """Tags that stand so in the order of publication, then those that are drafts only.

    ``parsed``: those that need not be read once more.
    """
    drafts = {draft.name: draft for draft in registry.drafts()}
    standing = registry.tags()
    published = {item.version.name for item in standing}
    found: list[tuple[Tag, Registered | None, Draft | None]] = [
        (_read(item.version, parsed), item, drafts.get(item.version.name)) for item in standing
    ]
    found += [
        (parse_tag(name, draft.definition), None, draft) for name, draft in drafts.items() if name not in published
    ]
    groups = name_groups(tag for tag, _, _ in found)
    lines = [_listed(tag, item, draft, groups.get(tag.group or "", {})) for tag, item, draft in found]
    return [line for line in lines if line.status in statuses or line.draft in statuses]


def _listed(tag: Tag, item: Registered | None, draft: Draft | None, group_title: Mapping[str, str]) -> ListedTag:
    stage = None if draft is None else draft.stage.value
    version, status = (0, str(stage)) if item is None else (item.version.version, item.status.value)
    return ListedTag(
        tag.name,
        tag.title,
        tag.layer.value,
        tag.group,
        group_title,
        tag.owner,
        tag.unit,
        name_unit(tag.unit),
        version,
        status,
        draft=stage,
        hand=tag.definition.hand if isinstance(tag.definition, Fold) else None,
        values=tuple(Choice(value, title) for value, title in tag.values.items()),
    )


@dataclass(frozen=True, slots=True)
class PastVersion:
    version: int
    author: str
    reason: str
    published_at: int
    """Microseconds UTC."""
    reviewer: str | None
    fields: tuple[FieldChange, ...]
    """What it changed; of the first version, nothing."""


@dataclass(frozen=True, slots=True)
class ShownDraft:
    """A draft, and what it would change."""

    draft: Draft
    fields: tuple[FieldChange, ...]
    """From what is published."""
    behind: bool
    """Was something else published since it was written?"""
    state: str
    """Of the whole tag: who takes the next step says that this is what was seen."""

    def as_dict(self) -> dict[str, Any]:
        """The draft's own members, ``behind``, ``state`` and ``fields``."""
        fields = [asdict(field) for field in self.fields]
        return {**asdict(self.draft), "behind": self.behind, "state": self.state, "fields": fields}


@dataclass(frozen=True, slots=True)
class ShownTag:
    """All there is to say about one tag."""

    name: str
    status: str
    version: int
    """0 = never published."""
    digest: str
    definition: Mapping[str, Any]
    """What is published or, before the first time, drafted."""
    says: Mapping[str, str]
    """The rule as a sentence, by language."""
    needs: Mapping[str, list[str]]
    """``tags``, ``events`` and ``properties`` it reads."""
    used_by: list[str]
    """Published tags that read it."""
    history: list[PastVersion]
    """Oldest first."""
    draft: Mapping[str, Any] | None
    """As `ShownDraft` has it."""
    trail: Sequence[AuditEntry]
    """Every step of its way, newest first."""
    state: str
    """Changes with everything about it that two editors could overwrite."""
    preparing: bool = False
    """Published, and not computed yet: what it reads is being made ready."""


def show_tag(
    name: str,
    registry: Registry,
    labels: Labels | None = None,
    trail: Sequence[AuditEntry] = (),
    parsed: Parsed = NONE,
) -> ShownTag:
    """One tag with its sentence, history and lineage. Raises `NotFound`."""
    item, draft = find_tag(name, registry)
    tags = {tag.name: tag for tag in current_tags(registry, parsed)}
    if item is not None:
        tag, status, number = _read(item.version, parsed), item.status.value, item.version.version
    else:
        assert draft is not None, "a tag that is found stands or is drafted"
        tag, status, number = parse_tag(name, draft.definition), draft.stage.value, 0
    words = (labels or Labels()).with_tags(tags.values())
    return ShownTag(
        name,
        status,
        number,
        digest_tag(tag),
        item.version.definition if item is not None else draft.definition if draft is not None else {},
        {language: say(tag, language, words) for language in ("zh", "en")},
        needs_of(tag),
        readers_of(name, tags.values()),
        list_history(registry.versions(name)),
        None if draft is None else show_draft(draft, item).as_dict(),
        [entry for entry in trail if entry.action.startswith("tag.")],
        state_of(item, draft),
    )


def find_tag(name: str, registry: Registry) -> tuple[Registered | None, Draft | None]:
    """How a tag stands, and its draft; one of them at least. Raises `NotFound`."""
    standing = {item.version.name: item for item in registry.tags()}
    drafts = {draft.name: draft for draft in registry.drafts()}
    if name not in standing and name not in drafts:
        raise NotFound(f"There is no tag {name!r}.", hint=did_you_mean(name, [*standing, *drafts]))
    return standing.get(name), drafts.get(name)


def state_of(item: Registered | None, draft: Draft | None) -> str:
    """`digest_state` of how a tag stands and of its draft."""
    stands = None if item is None else (item.version.version, item.status.value)
    return digest_state([stands, None if draft is None else asdict(draft)])


def show_draft(draft: Draft, item: Registered | None) -> ShownDraft:
    published = {} if item is None else item.version.definition
    number = 0 if item is None else item.version.version
    return ShownDraft(draft, compare(published, draft.definition), draft.base != number, state_of(item, draft))


def list_history(versions: list[TagVersion]) -> list[PastVersion]:
    """Oldest first, each with what it changed."""
    before = [*versions[:1], *versions]
    return [
        PastVersion(
            now.version,
            now.author,
            now.reason,
            now.published_at,
            now.reviewer,
            compare(then.definition, now.definition),
        )
        for then, now in zip(before, versions)
    ]


def find_version(name: str, number: int, registry: Registry) -> TagVersion:
    """Raises `NotFound`."""
    versions = registry.versions(name)
    if not versions:
        find_tag(name, registry)
        raise NotFound(f"{name} was never published.", hint="It is a draft only.")
    for version in versions:
        if version.version == number:
            return version
    raise NotFound(f"{name} has no version {number}.", hint=f"It has versions 1 to {versions[-1].version}.")


@dataclass(frozen=True, slots=True)
class Difference:
    """Between two definitions of one tag."""

    name: str
    before: int
    """Version; 0 = nothing."""
    after: int | None
    """Version; None = the draft."""
    fields: tuple[FieldChange, ...]


def compare_versions(name: str, before: int | None, after: int | None, registry: Registry) -> Difference:
    """``before``: None = the version before ``after``. ``after``: None = the draft or, without one, the newest version.

    Raises `NotFound`.
    """
    item, draft = find_tag(name, registry)
    newest = 0 if item is None else item.version.version
    if after is None and draft is not None:
        later, number = draft.definition, newest
    else:
        version = find_version(name, newest if after is None else after, registry)
        after, later, number = version.version, version.definition, version.version - 1
    number = number if before is None else before
    earlier = find_version(name, number, registry).definition if number else {}
    return Difference(name, number, after, compare(earlier, later))
