"""Files and registry, two doors to the same tags: what applying the files would change, and doing it.

Of every tag the registry remembers the version on which files and registry last agreed. A file that still says what
that version said has merely fallen behind what was published elsewhere: it is told of and left alone. One that says
something new, while something new was published as well, is a conflict for people to settle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from limner.errors import Conflict, DefinitionError
from limner.model.check import check_tags
from limner.model.dump import digest_tag, dump_tag
from limner.model.parse import parse_tag
from limner.model.tag import Tag
from limner.ports.catalog import AuditEntry
from limner.ports.registry import Act, Registered, Registry, Status, TagVersion
from limner.tags.changes import ChangedTag, Changes, Elsewhere, compare
from limner.tags.files import TagFiles


def plan_changes(files: TagFiles, registry: Registry, prune: bool = False, force: bool = False) -> Changes:
    """What `apply_changes` would do. Raises `DefinitionError` with every problem of the files.

    Published tags that the files do not have stay and may be referred to; with ``prune`` those that the files had are
    removed. With ``force`` the files count, whatever was published elsewhere.
    """
    standing = {item.version.name: item for item in registry.tags()}
    missing = [item for name, item in standing.items() if name not in files.sources and _is_used(item)]
    removed = [item for item in missing if prune and (force or item.filed == item.version.version)]
    kept = [tag_of(item.version) for item in missing if item not in removed]
    tags = files.checked(kept)
    found = _sort([(tag, standing[tag.name]) for tag in tags if tag.name in standing], registry, force)
    _check_result(tags, found.behind, standing, kept)
    return Changes(
        added=tuple(tag for tag in tags if tag.name not in standing),
        restored=tuple(_changed(tag, item) for tag, item in found.changed if not _is_used(item)),
        changed=tuple(_changed(tag, item) for tag, item in found.changed if _is_used(item)),
        unchanged=tuple(tag.name for tag, _ in found.unchanged),
        absent=tuple(item.version.name for item in missing if item not in removed),
        removed=tuple(item.version.name for item in removed),
        behind=tuple(_elsewhere(tag, item, registry) for tag, item in found.behind),
        conflicting=tuple(_elsewhere(tag, item, registry) for tag, item in found.conflicting),
        agreed=tuple(
            (tag.name, item.version.version) for tag, item in found.unchanged if item.filed != item.version.version
        ),
    )


Pair = tuple[Tag, Registered]
"""A tag as the files have it, and as it stands."""


@dataclass(frozen=True, slots=True)
class _Sorted:
    unchanged: Sequence[Pair]
    changed: Sequence[Pair]
    behind: Sequence[Pair]
    conflicting: Sequence[Pair]


def _sort(pairs: Sequence[Pair], registry: Registry, force: bool) -> _Sorted:
    unchanged: list[Pair] = []
    changed: list[Pair] = []
    behind: list[Pair] = []
    conflicting: list[Pair] = []
    for tag, item in pairs:
        if _is_used(item) and digest_tag(tag) == item.version.digest:
            unchanged.append((tag, item))
        elif force or _is_known(item):
            changed.append((tag, item))
        else:
            earlier = [past.digest for past in registry.versions(tag.name) if item.filed in (None, past.version)]
            (behind if digest_tag(tag) in earlier else conflicting).append((tag, item))
    return _Sorted(unchanged, changed, behind, conflicting)


def _is_used(item: Registered) -> bool:
    return item.status is not Status.RETIRED


def _is_known(item: Registered) -> bool:
    """Did nobody change it by another door since the files agreed, or, if it is retired, took it out of the files?"""
    return item.filed == item.version.version if _is_used(item) else item.filed is None


def _check_result(
    tags: Sequence[Tag], behind: Sequence[Pair], standing: Mapping[str, Registered], kept: Sequence[Tag]
) -> None:
    """What the files bring must fit what is published in place of the tags that have fallen behind."""
    late = {tag.name for tag, _ in behind}
    stand = [tag_of(standing[name].version) for name in late if _is_used(standing[name])]
    together = [*(tag for tag in tags if tag.name not in late), *stand, *kept]
    if late and (problems := check_tags(together)):
        raise DefinitionError(problems)


def _changed(tag: Tag, item: Registered) -> ChangedTag:
    return ChangedTag(tag, item.version.version, compare(item.version.definition, dump_tag(tag)))


def _elsewhere(tag: Tag, item: Registered, registry: Registry) -> Elsewhere:
    version = item.version
    fields = compare(dump_tag(tag), version.definition)
    return Elsewhere(
        tag.name,
        version.version,
        item.filed,
        item.status.value,
        version.author,
        version.published_at,
        version.reason,
        fields,
    )


def tag_of(version: TagVersion) -> Tag:
    return parse_tag(version.name, version.definition)


def apply_changes(changes: Changes, registry: Registry, author: str, reason: str, at: int) -> None:
    """Publish a plan, all or nothing; an empty one leaves no trace. ``at`` is µs UTC.

    Raises `Conflict` if somebody published one of its tags since the plan was made, or both doors changed a tag.
    """
    if changes.conflicting:
        raise Conflict(
            " ".join(map(_say_conflict, changes.conflicting)) + " Nothing was applied.",
            hint="`limner tags plan` shows both. `limner tags pull NAME --force` takes what is published into the "
            "file; `limner tags apply --force` publishes the file over it.",
        )
    numbered = [(tag, 1) for tag in changes.added]
    numbered += [(item.tag, item.version + 1) for item in (*changes.restored, *changes.changed)]
    versions = [
        TagVersion(tag.name, number, dump_tag(tag), digest_tag(tag), author, reason, at) for tag, number in numbered
    ]
    filed: dict[str, int | None] = {version.name: version.version for version in versions}
    filed.update(changes.agreed)
    audit = [AuditEntry(at, author, "tag.publish", version.name, reason) for version in versions]
    audit += [AuditEntry(at, author, "tag.retire", name, reason) for name in changes.removed]
    if versions or filed or changes.removed:
        retired = dict.fromkeys(changes.removed, Status.RETIRED)
        registry.commit(Act(versions, retired, filed | dict.fromkeys(changes.removed), audit=audit))


def _say_conflict(found: Elsewhere) -> str:
    base = "The files never had it" if found.filed is None else f"The file goes back to version {found.filed}"
    stands = f"{found.author} published version {found.version}"
    if found.status == Status.RETIRED:
        stands = "it was retired"
    return f"{found.name}: {base} and says something else, and meanwhile {stands}."
