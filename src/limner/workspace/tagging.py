"""Verbs about the tag system."""

from __future__ import annotations

from typing import Any

from limner.model.check import warn_tags
from limner.model.clock import now
from limner.model.labels import labels_of
from limner.model.references import folds_read, properties_read
from limner.tags.changes import Changes
from limner.tags.files import read_tag_files
from limner.tags.registry import ListedTag, ShownTag, apply_changes, list_tags, plan_changes, show_tag
from limner.tags.starters import list_templates
from limner.workspace.opened import Opened


class Tagging(Opened):
    """Tags as files have them and as they are published."""

    def tags_check(self) -> dict[str, Any]:
        """Check the files; DefinitionError names everything that is wrong, the answer what looks odd."""
        files = read_tag_files(self.parts.folder / "tags")
        plan_changes(files, self.parts.catalog)
        seen = self.parts.seen
        sampled = set(seen.properties())
        read = {path for tag in files.tags for fold in folds_read(tag.definition) for path in properties_read(fold)}
        rare = seen.look(sorted(read - sampled))  # they need not be in the sample
        known = sampled | {path for path, types in rare.items() if types}
        warnings = warn_tags(files.tags, seen.events(), known, files.sources)
        return {"tags": len(files.tags), "warnings": [str(problem) for problem in warnings]}

    def tags_plan(self, prune: bool = False) -> Changes:
        """What `tags_apply` would change."""
        return plan_changes(read_tag_files(self.parts.folder / "tags"), self.parts.catalog, prune)

    def tags_apply(self, prune: bool = False, author: str = "owner", reason: str = "apply") -> Changes:
        """Publish the tags as the files have them."""
        with self._lock:
            changes = self.tags_plan(prune)
            apply_changes(changes, self.parts.catalog, author, reason, now())
            self._tags = None
        return changes

    def tags_list(self) -> list[ListedTag]:
        return list_tags(self.parts.catalog)

    def tags_show(self, name: str) -> ShownTag:
        return show_tag(name, self.parts.catalog, labels_of(self.parts.tracking))

    def tags_templates(self) -> list[str]:
        return list_templates()
