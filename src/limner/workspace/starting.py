"""Verbs about starter tag systems: looked at, written into the files, or taken into the registry."""

from __future__ import annotations

from typing import Any, Literal

from limner.errors import Conflict
from limner.model.clock import now
from limner.model.dump import dump_tag
from limner.tags.files import TagFiles, read_tag_files, read_tag_text
from limner.tags.filing import apply_changes, plan_changes
from limner.tags.review import save_draft
from limner.tags.starters import Starter, list_templates, read_starter, read_template
from limner.workspace.reviewing import Reviewing

As = Literal["drafts", "published"]


class Starting(Reviewing):
    """Tag systems to begin with."""

    def templates_list(self) -> list[Starter]:
        """All that come with Limner: what they are for, their tags, and the events they need."""
        return [read_starter(name) for name in list_templates()]

    def template_add(self, name: str) -> dict[str, Any]:
        """Write one into ``tags/`` as a file of its own, to be trimmed. Nothing is ever overwritten."""
        text, folder = read_template(name), self.parts.folder / "tags"
        with self._lock:
            written = read_tag_files(folder).sources
            taken = sorted(tag for tag in read_starter(name).tags if tag in written)
            path = folder / f"{name}.yaml"
            if path.exists() or taken:
                what = f"tags/{path.name} is there already" if path.exists() else f"{written[taken[0]]} has {taken[0]}"
                raise Conflict(f"{what}: nothing was written.", hint="Rename or remove it first.")
            folder.mkdir(exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        return {"file": f"tags/{path.name}", "tags": list(read_starter(name).tags)}

    def template_apply(self, name: str, to: As = "drafts", author: str = "owner") -> dict[str, Any]:
        """Take one into the registry, as drafts to be reviewed or published at once. Tags of names that are known stay
        as they are."""
        found = read_tag_text(read_template(name), f"template {name}")
        with self._lock:
            registry = self.parts.registry
            known = {item.version.name for item in registry.tags()} | {draft.name for draft in registry.drafts()}
            fresh = [tag for tag in found.tags if tag.name not in known]
            if to == "drafts":
                for tag in fresh:
                    save_draft(tag.name, dump_tag(tag), registry, author, now())
            else:
                files = TagFiles(tuple(fresh), {tag.name: found.sources[tag.name] for tag in fresh})
                apply_changes(plan_changes(files, registry), registry, author, f"template {name}", now())
                self._tags_changed()
        if to == "published":
            self._wait_until_prepared()
        added = [tag.name for tag in fresh]
        return {"added": added, "kept": [tag.name for tag in found.tags if tag.name in known], "as": to}
