"""The live state of a workspace that is served: a tick whenever something came in or is due, and before every read."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import nullcontext
from threading import Thread
from typing import Any, Protocol

from limner.errors import Closed, LimnerError, Unavailable
from limner.jobs.errand import Errand
from limner.jobs.moment import hold_base, write_view
from limner.jobs.tasks import CompactTask
from limner.live import Live
from limner.model.clock import now
from limner.parts import Parts
from limner.ports.jobs import Kind
from limner.state import State
from limner.timeline.base import ShardFile, remove
from limner.timeline.compaction import Compaction
from limner.workspace.opened import silent
from limner.workspace.ticking import SLOW, Ticking
from limner.workspace.turning import Turn, begin_turn, end_turn, take_turn
from limner.workspace.working import answer_keys

GAP = 0.1
"""Seconds after which is looked whether anybody is due."""
AGAIN = 60.0
"""Seconds before a compaction that failed is tried again."""

log = logging.getLogger(__name__)


class Readers(Protocol):
    """Those who wait for the live state to have everything that was acknowledged before they asked."""

    def take(self) -> Sequence[Any]:
        """Who waits by now, each once."""
        ...

    def find_until(self, waiting: Sequence[Any]) -> int | None:
        """The position of the journal that has to be stored for those who wait, as far as is known; None = all."""
        ...

    def answer_some(self, waiting: Sequence[Any]) -> Sequence[Any]:
        """Answer those who need not wait any more; the others."""
        ...

    def answer(self, waiting: Sequence[Any], state: State | None) -> None:
        """Called with the lock held: the state stands still. None = there is none now."""
        ...


class Following(Ticking):
    """From `follow` on the columns stand ready."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.desk.learn(Kind.COMPACTION, self._compact)
        self._readers: Readers | None = None
        self._called = self._noticed = False
        self._compactor: Thread | None = None
        self._turning: Thread | None = None

    def follow(self) -> None:
        """Keep the columns in line with the log and the clock until the workspace is closed."""
        self._live, self.parts.timelines.patient = Live(self.parts, self._one_id), True
        self._follower = Thread(target=self._follow, name="live", daemon=True)
        self._follower.start()

    def stand(self) -> int | None:
        """Wait until everybody has been folded. The number of one of them; None = there is nobody, or no live state."""
        with self._settled():
            state = self._state_of_all()
            return int(state.standing.customers[0]) if state is not None and state.standing.size else None

    def close(self) -> None:
        if self._follower is not None:
            self._end()
            self._follower.join()
            if self._readers is not None:
                self._readers.answer(self._readers.take(), None)
            for beside in (self._compactor, self._turning):
                if beside is not None:
                    beside.join()
            with self._lock:
                if self._live is not None and self._live.state is not None:
                    self._told.keep(self._live.state, self._told_names)
        super().close()

    def attend(self, readers: Readers) -> None:
        """Answer these readers from now on."""
        self._readers = readers

    def look(self) -> None:
        """Somebody waits."""
        with self._wake:
            self._called = True
            self._wake.notify_all()

    def _notice(self) -> None:
        """So that a tick follows the round it came in with."""
        with self._wake:
            self._noticed = True
            self._wake.notify_all()

    def _turn_beside(self) -> None:
        """Fold a heavy customer whose turn it is while ticks and reads go on."""
        if self._turning is not None and self._turning.is_alive():
            return
        with self._lock:
            state = None if self._live is None else self._live.state
            turn = None if state is None else begin_turn(state, now())
        if turn is not None:
            self._turning = Thread(target=self._take_turn, args=(turn,), name="heavy", daemon=True)
            self._turning.start()

    def _take_turn(self, turn: Turn) -> None:
        turned = None
        try:
            with self._same_file:
                turned = take_turn(self.parts, turn)
        except LimnerError as error:
            log.warning("A heavy customer, c%s, is not folded: %s", turn.customer, error)
        finally:
            with self._lock, self._anew_if_it_fails():
                live = self._live
                with nullcontext() if live is None else live.still:
                    state = None if live is None else live.state
                    changes = end_turn(turn, turned, state, self._told_names, self.parts.zone)
                if changes:
                    self.parts.outbox.add(changes, turn.state.mark)

    def _follow(self) -> None:
        pause = 0.0
        while True:
            if not self._wait(pause):
                return
            pause, waiting = GAP, self._readers.take() if self._readers else []
            try:
                self._attend_to(waiting)
                self._compact_beside()
                self._turn_beside()
            except Exception as error:  # the next look may find it mended; readers are told the same
                if self._readers is not None:
                    self._readers.answer(waiting, None)
                if isinstance(error, Closed):
                    continue
                known = isinstance(error, LimnerError)
                log.log(
                    logging.WARNING if known else logging.ERROR,
                    "The live state is not brought up: %s",
                    error,
                    exc_info=not known,
                )
                pause = SLOW

    def _wait(self, pause: float) -> bool:
        """For somebody who waits, for more in the log (unless a tick just failed), or so long; False = it ends."""
        with self._wake:
            self._wake.wait_for(lambda: self._ending or self._called or (self._noticed and pause < SLOW), pause)
            self._called = self._noticed = False
            return not self._ending

    def _attend_to(self, waiting: Sequence[Any]) -> None:
        """A tick, if anything is new or somebody waits, and then those who wait: what they asked after is in it."""
        live = self._live
        assert live is not None, "there is a thread to follow it"
        if not waiting and not live.has_news(self._tags, now()):  # asked without the lock: others need it more
            return
        waiting = self._hurry(live, waiting)
        if waiting:
            self.intake.settle()
        with self._lock:
            self._tick_if_new(live)
            if waiting and self._readers is not None:
                self._readers.answer(waiting, self._state())

    def _hurry(self, live: Live, waiting: Sequence[Any]) -> Sequence[Any]:
        """Answer those who wait as soon as what names them is in the state; the others."""
        until = self._readers.find_until(waiting) if waiting and self._readers is not None else None
        if until is None or self._readers is None:
            return waiting
        self.intake.settle(until=until)
        with self._lock:
            self._tick_if_new(live)
        return self._readers.answer_some(waiting)

    def _tick_if_new(self, live: Live) -> None:
        if live is self._live and live.has_news(self.tags(), now()):
            self._tick()

    def _compact_beside(self) -> None:
        """Merge a long tail into the base while ticks and reads go on."""
        if self.parts.timelines.is_long() and (self._compactor is None or not self._compactor.is_alive()):
            self._compactor = Thread(target=self._have_compacted, name="compaction", daemon=True)
            self._compactor.start()

    def _have_compacted(self) -> None:
        """Where a desk is open, by a process beside."""
        beside = self.desk.is_open
        try:
            if beside:
                self._beside(Kind.COMPACTION, {}, "timelines", "", silent)
            else:
                self._compact(None)
        except LimnerError as error:
            if not self._ending and self.desk.is_open is beside:  # else it was stopped, as the server is
                log.warning("The timelines are not compacted: %s", error)
            with self._wake:
                self._wake.wait_for(lambda: self._ending, AGAIN)

    def _compact(self, errand: Errand | None) -> dict[str, Any]:
        timelines = self.parts.timelines

        def stop_when_ending(what: str, done: int, total: int) -> None:
            if self._ending:
                raise Unavailable("The workspace is being closed.")

        with self._same_file:
            with self._lock:
                if not timelines.is_long():  # somebody was erased meanwhile, and the timelines made anew
                    return {}
                compaction = timelines.begin_compaction(self._one_id.snapshot.graph.customer_of)
                if errand is not None:
                    hold_base(errand.folder, compaction.view)
            files = compaction.run(stop_when_ending) if errand is None else run_beside(compaction, errand)
            try:
                compacted = compaction.make_ready(files)
            except FileNotFoundError:  # all was made anew meanwhile
                return {}
            with self._lock:
                strays = timelines.adopt(compacted)
                self._drop_idle()
            remove(strays)
        return {"rows": compacted.base.until - compacted.before.until}

    def _drop_idle(self) -> None:
        """What keeps timelines of before for readers who come no more. The caller holds the lock."""


def run_beside(compaction: Compaction, errand: Errand) -> Sequence[ShardFile]:
    """`Compaction.run` by a process of its own."""
    view, writer = compaction.view, compaction.writer
    write_view(errand.folder, view)
    result = errand.run(CompactTask(writer.folder, writer.generation), answer_keys(view))
    return [ShardFile(**file) for file in result["files"]]
