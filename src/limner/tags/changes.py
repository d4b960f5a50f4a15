"""What publishing the files would change, compared field by field with what is published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from limner.model.tag import Tag
from limner.tags.lineage import Users


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a definition; None = it was, or will be, absent."""

    field: str
    """Dotted, such as ``fold.within``."""
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class ChangedTag:
    tag: Tag
    version: int
    """The published version it is compared with."""
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What became of a tag by another door since the files last agreed with the registry."""

    name: str
    version: int
    """That stands now."""
    filed: int | None
    """The version the files last agreed with; None = they never had it."""
    status: str
    author: str
    at: int
    """Microseconds UTC."""
    reason: str
    fields: tuple[FieldChange, ...]
    """From the file's definition to the one that stands."""


@dataclass(frozen=True, slots=True)
class Changes:
    """A plan: printing it and applying it use the same value."""

    added: tuple[Tag, ...] = ()
    restored: tuple[ChangedTag, ...] = ()
    """Retired before and in the files again."""
    changed: tuple[ChangedTag, ...] = ()
    unchanged: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    """Published and not in the files: they stay."""
    removed: tuple[str, ...] = ()
    """Published, not in the files and to be pruned."""
    behind: tuple[Elsewhere, ...] = ()
    """Changed by another door and not in the files: these stay as they are."""
    conflicting: tuple[Elsewhere, ...] = ()
    """Changed by both: nothing is applied until somebody says which counts."""
    agreed: tuple[tuple[str, int], ...] = ()
    """Names with the versions that the files have come to agree with by themselves."""
    affected: Mapping[str, Users] = field(default_factory=dict)
    """Who uses what is to be removed, by its name."""

    def __bool__(self) -> bool:
        """Is there anything to do?"""
        return bool(self.added or self.restored or self.changed or self.removed)

    def as_dict(self) -> dict[str, Any]:
        """The document of ``limner tags plan`` and ``apply``: names by what happens to them, then the fields."""
        changed = (*self.restored, *self.changed)
        return {
            "added": [tag.name for tag in self.added],
            "restored": [item.tag.name for item in self.restored],
            "changed": [item.tag.name for item in self.changed],
            "removed": list(self.removed),
            "absent": list(self.absent),
            "behind": [item.name for item in self.behind],
            "conflicting": [item.name for item in self.conflicting],
            "unchanged": len(self.unchanged),
            "affected": {name: asdict(users) for name, users in self.affected.items()},
            "elsewhere": {item.name: asdict(item) for item in (*self.behind, *self.conflicting)},
            "fields": {
                item.tag.name: [{"field": one.field, "before": one.before, "after": one.after} for one in item.fields]
                for item in changed
            },
        }


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    """Fields that differ between two canonical definitions.

    >>> compare({"fold": {"count": "*", "within": "30d"}}, {"fold": {"count": "*", "within": "90d"}})
    (FieldChange(field='fold.within', before='30d', after='90d'),)
    """
    old, new = dict(_flatten(before)), dict(_flatten(after))
    fields = dict.fromkeys([*old, *new])
    return tuple(
        FieldChange(field, old.get(field), new.get(field))
        for field in fields
        if (field in old, old.get(field)) != (field in new, new.get(field))
    )


def _flatten(data: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in data.items():
        if isinstance(value, Mapping) and value:
            yield from _flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value
