"""Progress on stderr: a bar on a terminal, a line per stage elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from limner.api.verbs import Progress

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID


@contextmanager
def progress_on_stderr() -> Iterator[Progress]:
    """A `Progress` to hand to a verb. Nothing is drawn, and Rich is not loaded, until it is first told something."""
    with _Bars() if sys.stderr.isatty() else _Lines() as shown:
        yield shown.tell


class _Lines:
    """For logs and pipes: each stage once, when it begins."""

    def __init__(self) -> None:
        self._stage = ""

    def __enter__(self) -> _Lines:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def tell(self, what: str, done: int, total: int) -> None:
        if what != self._stage:
            self._stage = what
            print(f"limner: {what}", file=sys.stderr, flush=True)  # noqa: T201


class _Bars:
    """For people: a bar per stage, gone when all is done."""

    def __init__(self) -> None:
        self._progress: RichProgress | None = None
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> _Bars:
        return self

    def tell(self, what: str, done: int, total: int) -> None:
        if self._progress is None:
            self._progress = _start_bars()
        if what not in self._tasks:
            self._tasks[what] = self._progress.add_task(what, total=None)
        self._progress.update(self._tasks[what], completed=done, total=total or None)

    def __exit__(self, *_: object) -> None:
        if self._progress is not None:
            self._progress.stop()


def _start_bars() -> RichProgress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    bars = Progress(*columns, console=Console(stderr=True), transient=True)
    bars.start()
    return bars
