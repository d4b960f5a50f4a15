"""The tree of errors. It knows no framework: doors map it to exit codes and HTTP statuses.

LimnerError
├── DefinitionError     a tag, condition, mapping or setting is wrong; carries every problem at once
├── DataError           input that cannot be read or understood
├── NotFound            a key, tag or file nobody knows
├── Conflict            the request contradicts what is stored, or somebody else is at it
│   ├── Stale           what is to be changed is no longer what the caller saw
│   └── Unseen          it exists, and the caller did not say which state of it was seen
├── Unavailable         try again later: disk full, server busy, still starting
│   └── Closed          the workspace is closed, or was while somebody asked
└── MissingExtra        an optional dependency is not installed
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches


class LimnerError(Exception):
    """Root of all errors Limner raises on purpose. ``code`` is stable and shown by every door."""

    code = "error"

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        self.message = message
        self.hint = hint
        super().__init__(f"{message} {hint}" if hint else message)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a definition: where, what, and what was probably meant."""

    where: str
    """File and name, such as ``tags/spend.yaml: spend_90d``."""
    field: str
    """The field inside it, dotted, such as ``fold.within``; empty for the whole."""
    message: str
    hint: str | None = None

    def __str__(self) -> str:
        place = f"{self.where}: {self.field}" if self.field else self.where
        return f"{place}: {self.message}" + (f" {self.hint}" if self.hint else "")


class DefinitionError(LimnerError):
    """A definition is wrong. Shows all problems at once, in the order of the text."""

    code = "definition"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in problems))


class DataError(LimnerError):
    """Input that cannot be read or understood."""

    code = "data"


class NotFound(LimnerError):
    """A key, tag, audience or file nobody knows."""

    code = "not_found"


class Conflict(LimnerError):
    """The request contradicts what is stored, or another process is at it."""

    code = "conflict"


class Stale(Conflict):
    """What is to be changed is no longer what the caller saw."""

    code = "stale"


class Unseen(Conflict):
    """What is to be changed exists, and the caller did not say which state of it was seen."""

    code = "unseen"


class Unavailable(LimnerError):
    """Nothing is wrong with the request: try again later."""

    code = "unavailable"


class Closed(Unavailable):
    """Of a workspace: whoever asks comes too late, or was broken off."""

    def __init__(self) -> None:
        super().__init__("The workspace is closed.", hint="Ask again in some seconds.")


class MissingExtra(LimnerError):
    """An optional dependency is not installed."""

    code = "missing_extra"

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} needs the extra {extra!r}.", hint=f"Install it with: pip install 'limner[{extra}]'")


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """A hint with the nearest known words, or the list of them when it is short.

    >>> did_you_mean("conut", ["count", "sum"])
    'Did you mean count?'
    """
    known = list(dict.fromkeys(known))
    near = get_close_matches(word, known, n=3, cutoff=0.6)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    return f"Known: {', '.join(sorted(known))}." if 0 < len(known) <= 30 else None
