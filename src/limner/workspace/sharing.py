"""A lock that many may share, and that one may have alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition
from types import TracebackType

from limner.errors import Closed


class Shared:
    """As a context manager it is shared. Whoever wants it alone is let in before those who come later."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._sharing = 0
        self._alone = False
        self._shut = False

    def __enter__(self) -> None:
        with self._changed:
            self._wait_to_enter()
            self._sharing += 1

    def enter_now(self) -> bool:
        """Share it, and `leave` it afterwards. False: it would have to wait."""
        with self._changed:
            if self._alone or self._shut:
                return False
            self._sharing += 1
            return True

    @contextmanager
    def entered(self) -> Iterator[None]:
        """For whoever shares it already: left at the end."""
        try:
            yield
        finally:
            self.leave()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()

    def leave(self) -> None:
        with self._changed:
            self._sharing -= 1
            self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        with self._changed:
            self._wait_to_enter()
            self._alone = True
            self._changed.wait_for(lambda: not self._sharing)
        try:
            yield
        finally:
            with self._changed:
                self._alone = False
                self._changed.notify_all()

    def shut(self) -> None:
        """Let nobody in any more, and wait until all are out."""
        with self._changed:
            self._shut = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._alone and not self._sharing)

    def _wait_to_enter(self) -> None:
        self._changed.wait_for(lambda: self._shut or not self._alone)
        if self._shut:
            raise Closed
