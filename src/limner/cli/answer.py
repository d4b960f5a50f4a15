"""What a command answers with, and the session it was given in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from limner.cli.language import Language, say

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from typer import Context

View = Callable[["Console"], None]
"""Draws an answer for a person."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One JSON document, and how it looks to a person."""

    document: Mapping[str, Any]
    view: View
    status: int = 0
    """Exit status: 1 when the data or a definition was wrong though the command did its work."""
    serve: Callable[[Callable[[], None]], None] | None = None
    """What goes on until somebody stops it, and shows this answer (by calling what it is given) once it listens."""
    following: Iterable[Answer] | None = None
    """Answers to show instead of this one, each as it comes, until somebody stops it."""


@dataclass(frozen=True, slots=True)
class Session:
    """What the words before the command said."""

    folder: Path
    language: Language

    def say(self, text: str, **values: object) -> str:
        return say(self.language, text, **values)


def session_of(context: Context) -> Session:
    """The session every command is given in."""
    session = context.find_root().obj
    assert isinstance(session, Session)
    return session


def lines(*texts: RenderableType) -> View:
    """A view of plain lines."""

    def view(console: Console) -> None:
        for text in texts:
            console.print(text, markup=False, highlight=False, soft_wrap=True)

    return view


def counts(session: Session, document: Mapping[str, Any], names: Iterable[str]) -> View:
    """A view of named numbers, a line each, numbers aligned."""
    shown = [(session.say(name), _number(document[name])) for name in names if document.get(name) is not None]
    return grid([], shown)


def stacked(*views: View) -> View:
    """One view under the other."""

    def view(console: Console) -> None:
        for each in views:
            each(console)

    return view


def grid(heads: Sequence[str], rows: Sequence[Sequence[object]], title: str | None = None) -> View:
    """A view of a table without borders; numbers to the right."""

    def view(console: Console) -> None:
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, show_header=bool(heads), title=title, title_justify="left", pad_edge=False)
        for index in range(max(map(len, [heads, *rows]), default=0)):
            numeric = bool(rows) and all(isinstance(row[index], int | float | _Number) for row in rows)
            head = heads[index] if index < len(heads) else ""
            table.add_column(head, justify="right" if numeric else "left", overflow="fold")
        for row in rows:
            table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
        console.print(table)

    return view


def as_yaml(document: object) -> str:
    """A document as people read it."""
    from limner.model.yaml_text import dump_yaml

    return dump_yaml(document).rstrip()


def as_text(value: object) -> str:
    """A value of a definition, on one line."""
    return json.dumps(value, ensure_ascii=False)


class _Number(str):
    """A number already written out; still set to the right."""

    __slots__ = ()


def _number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return _Number(f"{value:,}" if isinstance(value, int) else f"{value:,.3f}".rstrip("0").rstrip("."))
