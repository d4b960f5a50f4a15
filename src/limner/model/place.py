"""Where a reader stands inside a definition. All problems found below one place end in one list."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from limner.errors import DefinitionError, Problem, did_you_mean


@dataclass(frozen=True, slots=True)
class Place:
    """A reader that meets a mistake tells its place and returns None, so that reading goes on and all mistakes show."""

    where: str
    """File and name, such as ``tags/spend.yaml: spend_90d``."""
    path: str = ""
    """Dotted, such as ``when[0].if.spend_90d``."""
    problems: list[Problem] = field(default_factory=list)

    def at(self, step: str | int) -> Place:
        """The place one field (or one element of a list) further in."""
        link = f"[{step}]" if isinstance(step, int) else f".{step}" if self.path else step
        return Place(self.where, self.path + link, self.problems)

    def wrong(self, message: str, hint: str | None = None) -> None:
        self.problems.append(Problem(self.where, self.path, message, hint))

    def unknown(self, what: str, word: object, known: Iterable[str]) -> None:
        """``word`` is none of the ``known``: say so, with what was probably meant."""
        self.wrong(f"unknown {what} {word!r}.", did_you_mean(str(word), known))

    def raise_problems(self) -> None:
        """Raises `DefinitionError` with everything found so far, if anything."""
        if self.problems:
            raise DefinitionError(self.problems)

    def mapping(self, data: object, what: str) -> Mapping[str, object] | None:
        """``data`` if it is a mapping with text keys; None after saying what is wrong."""
        if not isinstance(data, Mapping):
            self.wrong(f"{what} is written as fields, but this is {describe(data)}.")
            return None
        if strange := [key for key in data if not isinstance(key, str)]:
            self.wrong(f"field {strange[0]!r} is not a name.", trap_hint(strange[0]))
            return None
        return data

    def only(self, fields: Mapping[str, object], known: Collection[str], what: str) -> None:
        """Tell every field that is not among the known ones."""
        for key in fields:
            if key not in known:
                self.at(key).wrong(f"{what} has no field {key!r}.", did_you_mean(key, known))

    def text(self, data: object, what: str) -> str | None:
        """``data`` if it is text that says something."""
        if isinstance(data, str) and data.strip():
            return data.strip()
        self.wrong(f"{what} must be text, but this is {describe(data)}.", trap_hint(data))
        return None


def describe(data: object) -> str:
    """What some plain data is, for a sentence.

    >>> describe([1])
    'a list'
    """
    if data is None:
        return "empty"
    if isinstance(data, bool):
        return str(data).lower()
    if isinstance(data, Mapping):
        return "a group of fields"
    if isinstance(data, list | tuple):
        return "a list"
    return repr(data) if isinstance(data, str) else str(data)


def trap_hint(data: object) -> str | None:
    """YAML 1.1 reads on, off, yes, no as booleans; whoever wrote one as a name meant text."""
    if isinstance(data, bool):
        return "YAML reads on, off, yes and no as true and false: put the word in quotes if text is meant."
    return None
