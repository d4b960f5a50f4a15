"""Tags as code: the files ``tags/*.yaml`` of a workspace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from limner.errors import DefinitionError, Problem
from limner.model.check import check_tags
from limner.model.parse import parse_tags
from limner.model.place import Place
from limner.model.tag import Tag
from limner.model.yaml_text import load_yaml

SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class TagFiles:
    """What files say: the tags that could be read, where each stands, and what is wrong."""

    tags: tuple[Tag, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    """Name to file, such as ``tags/spend.yaml``, of every tag in the files, those that could not be read too."""
    problems: tuple[Problem, ...] = ()

    def checked(self, others: Sequence[Tag] = ()) -> tuple[Tag, ...]:
        """The tags, if nothing at all is wrong with them. ``others`` exist besides and may be referred to.

        Raises `DefinitionError` with every problem: those of each file, and those between tags.
        """
        known = [*self.tags, *(tag for tag in others if tag.name not in self.sources)]
        unread = self.sources.keys() - {tag.name for tag in self.tags}
        if problems := [*self.problems, *check_tags(known, self.sources, unread)]:
            raise DefinitionError(problems)
        return self.tags


def read_tag_files(folder: Path) -> TagFiles:
    """All tags of the folder's YAML files, in the order of file names; a missing folder has none."""
    files = sorted(path for path in folder.glob("*") if path.suffix in SUFFIXES and path.is_file())
    return _join(_read_tag_file(file, f"{folder.name}/{file.name}") for file in files)


def _read_tag_file(file: Path, where: str) -> TagFiles:
    try:
        content = file.read_bytes()
    except OSError as error:
        return TagFiles(problems=(Problem(where, "", f"the file cannot be read: {error.strerror}."),))
    return read_tag_text(content, where)


def read_tag_text(content: bytes | str, where: str) -> TagFiles:
    """Tags under the key ``tags`` of one YAML text."""
    try:
        data = load_yaml(content, where)
    except DefinitionError as error:
        return TagFiles(problems=error.problems)
    place = Place(where)
    fields = place.mapping({} if data is None else data, "a file of tags") or {}
    place.only(fields, ("tags",), "a file of tags")
    named = place.at("tags").mapping(fields.get("tags") or {}, "tags") or {}
    tags, problems = parse_tags(named, where)
    return TagFiles(tuple(tags), dict.fromkeys(named, where), (*place.problems, *problems))


def _join(files: Iterable[TagFiles]) -> TagFiles:
    """Several files as one; a name that is taken already is a problem."""
    tags: list[Tag] = []
    sources: dict[str, str] = {}
    problems: list[Problem] = []
    for file in files:
        problems += file.problems
        for name in (name for name in file.sources if name in sources):
            said = f"the name is taken: {sources[name]} has a tag {name!r} already."
            problems.append(Problem(f"{file.sources[name]}: {name}", "", said, "Rename one of them, or delete it."))
        tags += [tag for tag in file.tags if tag.name not in sources]
        sources = {**file.sources, **sources}
    return TagFiles(tuple(tags), sources, tuple(problems))
