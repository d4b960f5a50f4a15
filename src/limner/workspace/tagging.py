"""Verbs about the tag system as files have it, and as it is published."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from limner.errors import DataError, NotFound, did_you_mean
from limner.fold.plan import needs
from limner.model.check import warn_tags
from limner.model.clock import now
from limner.model.condition import Condition
from limner.model.labels import labels_of
from limner.model.parse import parse_condition, parse_tag
from limner.model.references import folds_read, properties_read
from limner.model.tag import Tag
from limner.model.timeline import Kind
from limner.model.words import say
from limner.ports.registry import TagVersion
from limner.tags.changes import Changes
from limner.tags.files import read_tag_files
from limner.tags.filing import apply_changes, plan_changes
from limner.tags.lineage import Users, find_users
from limner.tags.pulling import Pulled, pull_tags
from limner.tags.registry import (
    IN_USE,
    Difference,
    ListedTag,
    Parsed,
    PastVersion,
    ShownTag,
    compare_versions,
    find_tag,
    find_version,
    list_history,
    list_tags,
    show_tag,
)
from limner.tags.starters import list_templates
from limner.workspace.preparing import Preparing

TRAIL = 1000
"""Steps of a tag's way that are shown."""


class Tagging(Preparing):
    """Tags as files have them and as they are published."""

    def tags_check(self) -> dict[str, Any]:
        """Check the files; DefinitionError names everything that is wrong, the answer what looks odd."""
        files = read_tag_files(self.parts.folder / "tags")
        plan_changes(files, self.parts.registry)
        seen = self.parts.seen
        sampled = set(seen.properties())
        read = {path for tag in files.tags for fold in folds_read(tag.definition) for path in properties_read(fold)}
        rare = seen.count(sorted(read - sampled))  # they need not be in the sample
        known = sampled | {path for path, counts in rare.items() if counts}
        warnings = warn_tags(files.tags, seen.events(), known, files.sources)
        numbers = sorted(path for path, kind in needs(files.tags, seen) if kind is Kind.NUMBER)
        unreadable = seen.unreadable(numbers)
        return {"tags": len(files.tags), "warnings": [str(each) for each in (*warnings, *unreadable)]}

    def tags_plan(self, prune: bool = False, force: bool = False) -> Changes:
        """What `tags_apply` would change, who is affected by it, and what was changed by another door meanwhile."""
        changes = plan_changes(read_tag_files(self.parts.folder / "tags"), self.parts.registry, prune, force)
        found = {name: self._find_users(name, changes.removed) for name in changes.removed}
        return replace(changes, affected={name: users for name, users in found.items() if users})

    def _find_users(self, name: str, gone: Collection[str]) -> Users:
        """Who is affected when the tag goes together with these."""
        parts, tags = self.parts, [tag for tag in self.tags() if tag.name == name or tag.name not in gone]
        return find_users(name, tags, parts.audiences.audiences(), parts.destinations.destinations(), {})

    def tags_apply(
        self, prune: bool = False, force: bool = False, author: str = "owner", reason: str = "apply"
    ) -> Changes:
        """Publish the tags as the files have them. What another door changed since stays; Conflict where the files say
        something new as well, unless ``force``."""
        with self._lock:
            changes = self.tags_plan(prune, force)
            apply_changes(changes, self.parts.registry, author, reason, now())
            self._tags_changed()
        self._wait_until_prepared()
        return changes

    def tags_pull(self, names: Sequence[str] = (), force: bool = False) -> Pulled:
        """Write what was published by another door into the files: these tags, or all that have fallen behind."""
        with self._lock:
            return pull_tags(self.parts.folder / "tags", self.parts.registry, names, force)

    def tags_list(self, statuses: Collection[str] = IN_USE) -> list[ListedTag]:
        """Tags that are in use, or those that stand otherwise: retired, draft, previewed, submitted, approved."""
        preparing = set(self.tags_preparing())
        listed = list_tags(self.parts.registry, statuses, self._parsed())
        return [replace(each, preparing=True) if each.name in preparing else each for each in listed]

    def _parsed(self) -> Parsed:
        """Tags that need not be read again."""
        return {(tag.name, self._digests[tag.name]): tag for tag in self.tags()}

    def tags_state(self) -> Hashable:
        """Another one whenever `tags_list` may say something else."""
        return self.parts.registry.state(), *self.tags_preparing()

    def tags_show(self, name: str) -> ShownTag:
        trail = self.parts.catalog.audit(name, TRAIL)
        shown = show_tag(name, self.parts.registry, labels_of(self.parts.tracking), trail, self._parsed())
        return replace(shown, preparing=name in self.tags_preparing())

    def tags_versions(self, name: str) -> list[PastVersion]:
        """Its published versions, oldest first."""
        find_tag(name, self.parts.registry)
        return list_history(self.parts.registry.versions(name))

    def tags_version(self, name: str, version: int) -> TagVersion:
        """One of them, whole."""
        return find_version(name, version, self.parts.registry)

    def tags_diff(self, name: str, before: int | None = None, after: int | None = None) -> Difference:
        """Field by field: from what is published to the draft, or between two versions."""
        return compare_versions(name, before, after, self.parts.registry)

    def tags_explain(
        self, tag: Mapping[str, Any] | None = None, rule: Mapping[str, Any] | None = None, name: str | None = None
    ) -> dict[str, str]:
        """A definition, a condition or a published tag as one sentence in each language: ``zh``, ``en``."""
        if sum(given is not None for given in (tag, rule, name)) != 1:
            raise DataError("What is to be explained?", hint="Give one of tag, rule and name.")
        known = self.tags()
        if name is not None:
            names = {one.name: one for one in known}
            if name not in names:
                raise NotFound(f"There is no tag {name!r}.", hint=did_you_mean(name, names))
            what: Tag | Condition = names[name]
        else:
            what = parse_tag("draft", tag) if tag is not None else parse_condition(rule, "rule")
        labels = labels_of(self.parts.tracking).with_tags(known)
        return {language: say(what, language, labels) for language in ("zh", "en")}

    def tags_templates(self) -> list[str]:
        return list_templates()
