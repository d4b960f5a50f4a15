"""Lineage: what a tag needs, and who uses it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from limner.model.audience import Audience
from limner.model.references import events_read, folds_read, properties_read, tags_read
from limner.model.tag import Tag
from limner.ports.destinations import Destination


def needs_of(tag: Tag) -> dict[str, list[str]]:
    """``tags``, ``events`` and ``properties`` it reads itself."""
    folds = folds_read(tag.definition)
    return {
        "tags": tags_read(tag.definition),
        "events": list(dict.fromkeys(event for fold in folds for event in events_read(fold))),
        "properties": list(dict.fromkeys(path for fold in folds for path in properties_read(fold))),
    }


def readers_of(name: str, tags: Iterable[Tag]) -> list[str]:
    """The tags that read it themselves."""
    return [tag.name for tag in tags if name in tags_read(tag.definition)]


@dataclass(frozen=True, slots=True)
class Users:
    """Who uses a tag."""

    tags: Sequence[str] = ()
    """That read it, or read one that does."""
    audiences: Sequence[str] = ()
    """Whose rule names it, or one of these tags."""
    destinations: Sequence[str] = ()
    """In use, that hear of it or of one of these audiences or tags."""
    readers: Mapping[str, int] = field(default_factory=dict)
    """Who asked for it over HTTP lately, by name, and how often."""

    def __bool__(self) -> bool:
        return bool(self.tags or self.audiences or self.destinations or self.readers)


class Uses:
    """Who uses which tag, worked out once for all who are asked about."""

    def __init__(self, tags: Iterable[Tag], audiences: Iterable[Audience], destinations: Iterable[Destination]) -> None:
        self._readers: dict[str, list[str]] = {}
        self._places: dict[str, int] = {}
        for place, tag in enumerate(tags):
            self._places[tag.name] = place
            for read in tags_read(tag.definition):
                self._readers.setdefault(read, []).append(tag.name)
        self._rules = [(each.name, frozenset(tags_read(each.rule))) for each in audiences]
        self._hearing = [each for each in destinations if each.disabled_at is None]

    def of(self, name: str, readers: Mapping[str, int]) -> Users:
        """Everybody who is affected when the tag goes. ``readers``: who asked for it lately."""
        dependent = self._dependent_on(name)
        gone = {name, *dependent}
        emptied = [audience for audience, read in self._rules if gone & read]
        hearing = [each.name for each in self._hearing if gone & set(each.tags) or set(emptied) & set(each.audiences)]
        return Users(dependent, emptied, hearing, readers)

    def _dependent_on(self, name: str) -> list[str]:
        """Those that read it, and those that read these, and so on; in the order of the tags."""
        found, waiting = {name}, [name]
        while waiting:
            for reader in self._readers.get(waiting.pop(), ()):
                if reader not in found:
                    found.add(reader)
                    waiting.append(reader)
        return sorted(found - {name}, key=self._places.__getitem__)


def find_users(
    name: str,
    tags: Iterable[Tag],
    audiences: Iterable[Audience],
    destinations: Iterable[Destination],
    readers: Mapping[str, int],
) -> Users:
    """The same of one tag."""
    return Uses(tags, audiences, destinations).of(name, readers)
