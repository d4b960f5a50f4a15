"""The live state of a workspace that is served: a tick whenever something came in or is due, and before every read."""

from __future__ import annotations

import logging
from collections.abc import Collection
from threading import Condition, Thread

from limner.errors import LimnerError
from limner.live import Live, State, Ticked
from limner.model.check import check_condition
from limner.model.clock import now
from limner.parts import Parts
from limner.workspace.opened import Opened, silent

GAP = 0.1
"""Seconds between two ticks nobody waits for: a tick has costs of its own, however few customers it folds."""
SLOW = 5.0
"""Seconds before a tick that failed is tried again."""

log = logging.getLogger(__name__)


class Following(Opened):
    """Until `follow` every question folds for itself; afterwards the columns stand ready."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self._live: Live | None = None
        self._wake = Condition()
        self._ending = False
        self._follower: Thread | None = None

    def follow(self) -> None:
        """Keep the columns in line with the log and the clock until the workspace is closed."""
        self._live = Live(self.parts, self._one_id)
        self._follower = Thread(target=self._follow, name="live", daemon=True)
        self._follower.start()

    def close(self) -> None:
        if self._follower is not None:
            with self._wake:
                self._ending = True
                self._wake.notify_all()
            self._follower.join()
        super().close()

    def tick(self) -> Ticked | None:
        """Bring the live state to this instant; None where none is kept."""
        if self._live is None:
            return None
        with self._lock:
            tags, audiences = self.tags(), self.parts.audiences.audiences()
            # One whose tag was retired has no members until it gets another rule; nobody else may suffer from it.
            sound = [audience for audience in audiences if not check_condition(audience.rule, tags, audience.name)]
            ticked = self._live.tick(tags, sound, self._wanted_tags(), now(), silent)
            if ticked.changes:
                self.parts.outbox.add(ticked.changes, ticked.mark)
            return ticked

    def _wanted_tags(self) -> Collection[str]:
        """Tags whose changes somebody wants to hear of."""
        return ()

    def _state(self) -> State | None:
        """The live state with everything that was acknowledged, due at this instant or decided; None where none is
        kept. The caller holds the lock."""
        if self._live is None:
            return None
        if self._live.is_behind(self.tags(), now()):
            self.tick()
        return self._live.state

    def _forget_derived(self) -> None:
        super()._forget_derived()
        if self._live is not None:
            self._live = Live(self.parts, self._one_id)

    def _follow(self) -> None:
        pause = 0.0
        while True:
            with self._wake:
                if self._wake.wait_for(lambda: self._ending, pause):
                    return
            pause = GAP
            try:
                with self._lock:
                    if self._live is not None and self._live.is_behind(self.tags(), now()):
                        self.tick()
            except LimnerError as error:  # the next look may find it mended; readers are told the same
                log.warning("The live state is not brought up: %s", error)
                pause = SLOW
            except Exception:
                log.exception("The live state is not brought up.")
                pause = SLOW
