"""The registry: what is published, in which version, what it needs and who needs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from limner.errors import NotFound, did_you_mean
from limner.model.dump import digest_tag, dump_tag
from limner.model.parse import parse_tag
from limner.model.references import events_read, folds_read, properties_read, tags_read
from limner.model.tag import Tag
from limner.model.words import Labels, say
from limner.ports.catalog import AuditEntry, Catalog, Registered, Status, TagVersion
from limner.tags.changes import ChangedTag, Changes, FieldChange, compare
from limner.tags.files import TagFiles


def current_tags(catalog: Catalog) -> list[Tag]:
    """Every published tag in its current version, in the order of publication.

    Raises `DefinitionError` if a definition is beyond this version's language.
    """
    return [_tag(item.version) for item in catalog.tags() if item.status is Status.PUBLISHED]


def _tag(version: TagVersion) -> Tag:
    return parse_tag(version.name, version.definition)


def plan_changes(files: TagFiles, catalog: Catalog, prune: bool = False) -> Changes:
    """What `apply_changes` would do. Raises `DefinitionError` with every problem of the files.

    Published tags that the files do not have stay and may be referred to; with ``prune`` they are removed.
    """
    standing = {item.version.name: item for item in catalog.tags()}
    missing = [item for name, item in standing.items() if name not in files.sources and _published(item)]
    tags = files.checked([] if prune else [_tag(item.version) for item in missing])
    names = tuple(item.version.name for item in missing)
    known = [(tag, standing[tag.name]) for tag in tags if tag.name in standing]
    differing = [(tag, item) for tag, item in known if _published(item) and digest_tag(tag) != item.version.digest]
    return Changes(
        added=tuple(tag for tag in tags if tag.name not in standing),
        restored=tuple(_changed(tag, item) for tag, item in known if not _published(item)),
        changed=tuple(_changed(tag, item) for tag, item in differing),
        unchanged=tuple(tag.name for tag, item in known if _published(item) and digest_tag(tag) == item.version.digest),
        absent=() if prune else names,
        removed=names if prune else (),
    )


def _published(item: Registered) -> bool:
    return item.status is Status.PUBLISHED


def _changed(tag: Tag, item: Registered) -> ChangedTag:
    return ChangedTag(tag, item.version.version, compare(item.version.definition, dump_tag(tag)))


def apply_changes(changes: Changes, catalog: Catalog, author: str, reason: str, at: int) -> None:
    """Publish a plan, all or nothing; an empty one leaves no trace. ``at`` is µs UTC.

    Raises `Conflict` if somebody published one of its tags since the plan was made.
    """
    if not changes:
        return
    numbered = [(tag, 1) for tag in changes.added]
    numbered += [(item.tag, item.version + 1) for item in (*changes.restored, *changes.changed)]
    versions = [
        TagVersion(tag.name, number, dump_tag(tag), digest_tag(tag), author, reason, at) for tag, number in numbered
    ]
    audit = [AuditEntry(at, author, "tag.publish", version.name, reason) for version in versions]
    audit += [AuditEntry(at, author, "tag.retire", name, reason) for name in changes.removed]
    catalog.publish(versions, changes.removed, audit)


@dataclass(frozen=True, slots=True)
class ListedTag:
    """A line of the list."""

    name: str
    title: Mapping[str, str]
    layer: str
    group: str | None
    owner: str | None
    unit: str | None
    version: int


def list_tags(catalog: Catalog) -> list[ListedTag]:
    """Published tags in the order of publication."""
    standing = [item.version for item in catalog.tags() if _published(item)]
    return [_listed(_tag(version), version.version) for version in standing]


def _listed(tag: Tag, version: int) -> ListedTag:
    return ListedTag(tag.name, tag.title, tag.layer.value, tag.group, tag.owner, tag.unit, version)


@dataclass(frozen=True, slots=True)
class PastVersion:
    version: int
    author: str
    reason: str
    published_at: int
    """Microseconds UTC."""
    fields: tuple[FieldChange, ...]
    """What it changed; of the first version, nothing."""


@dataclass(frozen=True, slots=True)
class ShownTag:
    """All there is to say about one tag."""

    name: str
    status: str
    version: int
    digest: str
    definition: Mapping[str, Any]
    says: Mapping[str, str]
    """The rule as a sentence, by language."""
    needs: Mapping[str, list[str]]
    """``tags``, ``events`` and ``properties`` it reads."""
    used_by: list[str]
    """Published tags that read it."""
    history: list[PastVersion]
    """Oldest first."""


def show_tag(name: str, catalog: Catalog, labels: Labels | None = None) -> ShownTag:
    """One tag with its sentence, history and lineage. Raises `NotFound`."""
    standing = {item.version.name: item for item in catalog.tags()}
    if name not in standing:
        raise NotFound(f"There is no tag {name!r}.", hint=did_you_mean(name, standing))
    item = standing[name]
    tags = {tag.name: tag for tag in current_tags(catalog)}
    tag = tags.get(name) or _tag(item.version)
    words = (labels or Labels()).with_tags(tags.values())
    return ShownTag(
        name,
        item.status.value,
        item.version.version,
        item.version.digest,
        item.version.definition,
        {language: say(tag, language, words) for language in ("zh", "en")},
        _needs(tag),
        [other.name for other in tags.values() if name in tags_read(other.definition)],
        _history(catalog.versions(name)),
    )


def _needs(tag: Tag) -> dict[str, list[str]]:
    folds = folds_read(tag.definition)
    return {
        "tags": tags_read(tag.definition),
        "events": list(dict.fromkeys(event for fold in folds for event in events_read(fold))),
        "properties": list(dict.fromkeys(path for fold in folds for path in properties_read(fold))),
    }


def _history(versions: list[TagVersion]) -> list[PastVersion]:
    before = [versions[0], *versions]
    return [
        PastVersion(now.version, now.author, now.reason, now.published_at, compare(then.definition, now.definition))
        for then, now in zip(before, versions)
    ]
