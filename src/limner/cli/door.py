"""One writer owns a workspace: through its server when one runs, else by opening it here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from limner.api.verbs import Progress, call_verb
from limner.cli.answer import Session
from limner.cli.progress import progress_on_stderr
from limner.errors import LimnerError


class Interrupted(LimnerError):
    """Somebody pressed Ctrl-C."""

    code = "interrupted"


class Door(Protocol):
    interrupted: str
    """What becomes of a verb when somebody presses Ctrl-C."""

    def call(self, verb: str, arguments: Mapping[str, Any], progress: Progress) -> Any:
        """One verb with plain arguments; its plain answer."""
        ...


class _Opened:
    """A workspace this process holds itself."""

    interrupted = "Interrupted. What was stored is kept: the same command goes on from there."

    def __init__(self, workspace: object) -> None:
        self._workspace = workspace

    def call(self, verb: str, arguments: Mapping[str, Any], progress: Progress) -> Any:
        return call_verb(self._workspace, verb, arguments, progress)


@contextmanager
def open_door(folder: Path) -> Iterator[Door]:
    """Whichever way in is open. Raises Conflict, naming the process, when another one holds the workspace unserved."""
    from limner.cli.served import connect

    with connect(folder) as served:
        if served is not None:
            yield served
            return
    import limner

    with limner.open(folder) as workspace:
        yield _Opened(workspace)


def ask(session: Session, verb: str, **arguments: Any) -> Any:
    """Call one verb of the session's workspace, with progress on stderr; its answer as plain values."""
    with progress_on_stderr() as progress, open_door(session.folder) as door:
        try:
            return door.call(verb, arguments, progress)
        except KeyboardInterrupt:
            raise Interrupted(session.say(door.interrupted)) from None


def whole(path: Path | None) -> str | None:
    """The path as any process would read it, since a server stands in another folder."""
    return None if path is None else str(path.absolute())
