"""The live state of a workspace that is served, brought to an instant whenever somebody asks for it.

Everybody is folded beside, from a moment nobody changes: ticks go on with those who are touched, who asks about one
customer folds it, and who asks about all waits without keeping others waiting.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Condition, Thread

from limner.audiences.registry import followed_audiences
from limner.errors import Closed, LimnerError, Unavailable
from limner.full_fold import FullFold, Look
from limner.live import Live, Ticked
from limner.model.audience import AUDIENCE, Audience
from limner.model.clock import now
from limner.model.tag import Tag
from limner.parts import Parts
from limner.state import State
from limner.told import Told
from limner.workspace.opened import silent
from limner.workspace.working import Working, spare_threads

SLOW = 5.0
"""Seconds before a tick or a full fold that failed is tried again."""
FEW = 500
"""Customers that are folded while others wait, when everybody else has been."""
ROUNDS = 5
"""Those who were touched meanwhile are fewer after each; in the end all are taken."""

log = logging.getLogger(__name__)
Asked = tuple[list[Tag], list[Audience], list[str]]
"""Tags, audiences that can be followed, and the tags whose changes are told."""


class Ticking(Working):
    """Until there is a live state every question folds for itself; afterwards the columns stand ready."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self._live: Live | None = None
        self._told = Told(parts.folder / "told", parts.outbox, parts.feed, parts.zone)
        self._told_names: list[str] = []
        self._follower: Thread | None = None
        self._full_folds: Thread | None = None
        self._stands = Condition(self._lock)
        """Told when everybody has been folded, or cannot be."""
        self._wake = Condition()
        self._ending = False

    def close(self) -> None:
        self._end()
        running = self._full_folds
        if running is not None:
            running.join()
        super().close()

    def _end(self) -> None:
        """Nobody is followed any more, and nobody waits for it."""
        with self._wake:
            self._ending = True
            self._wake.notify_all()
        with self._lock:
            self._stands.notify_all()

    def tick(self) -> Ticked | None:
        """Bring the live state to this instant, and put what became different into the outbox; None where no live state
        is kept. Waits for everybody to be folded, where they have to be."""
        with self._lock:
            while self._live is not None:
                live, ticked = self._live, self._tick()
                full = live.full
                if full is None:
                    return ticked
                self._wait_for(live, full)
            return None

    def _wait_for(self, live: Live, full: FullFold) -> None:
        """Until it is over; others may have the lock meanwhile."""

        def is_over() -> bool:
            return self._live is not live or live.full is not full or full.error is not None

        self._stands.wait_for(lambda: self._ending or is_over())
        if full.error is not None:
            raise full.error
        if not is_over():
            raise Closed

    @contextmanager
    def _anew_if_it_fails(self) -> Iterator[None]:
        """What a live state had taken in is lost with it: the next tick folds everybody, looks again at what was told,
        and tells the rest."""
        try:
            yield
        except BaseException:
            self._live = Live(self.parts, self._one_id)
            raise

    def _tick(self) -> Ticked | None:
        """The same without waiting: None where nobody can be followed until everybody has been folded. The caller holds
        the lock."""
        if self._ending:
            raise Closed
        live = self._live
        assert live is not None, "a live state is kept"
        with self._anew_if_it_fails():
            first, asked = live.state is None, self._asked()
            if not self.is_followed:
                ticked: Ticked | None = live.tick(*asked, now(), silent)
            else:
                ticked = live.tick_beside(*asked, now())
                if live.full is not None and not self._runs_beside():
                    ticked = self._fold_all_here(live)
            if ticked is not None:
                self._moment = None  # of before: it would keep the timelines as they were then, too
                self._tell(live, ticked, first, asked)
        return ticked

    def _asked(self) -> Asked:
        tags = self.tags()
        sound = followed_audiences(self.parts.audiences.audiences(), tags)
        wanted = self._wanted_tags()
        return tags, sound, [tag.name for tag in tags if tag.name in wanted]

    def _tell(self, live: Live, ticked: Ticked, first: bool, asked: Asked) -> None:
        assert live.state is not None, "a tick leaves a state"
        self.pending.forget(ticked.mark.seq)
        _, sound, wanted = asked
        names = [*wanted, *(AUDIENCE + audience.name for audience in sound)]
        changes = self._told.find_missed(live.state, names) if first else ticked.changes
        if changes:
            self.parts.outbox.add(changes, ticked.mark)
        self.pending.note_told()
        self._told.keep(live.state, names, at_once=ticked.everybody or names != self._told_names)
        self._told_names = names

    def _wanted_tags(self) -> Collection[str]:
        """Tags whose changes somebody wants to hear of."""
        return ()

    def _state(self) -> State | None:
        """The live state with everything that was acknowledged, due at this instant or decided; None where none is
        kept, or everybody is being folded: whoever asks about one customer folds it. The caller holds the lock."""
        live = self._live
        if live is None or live.full is not None:
            return None
        if live.is_behind(self.tags(), now()):
            self._tick()
        return live.state if live.full is None else None

    def _state_of_all(self) -> State | None:
        """The same for whoever asks about many: waits, and others may have the lock meanwhile."""
        if self._live is not None and self._live.is_behind(self.tags(), now()):
            self.tick()
        return None if self._live is None else self._live.state

    def _forget_derived(self) -> None:
        super()._forget_derived()
        self._told.forget()  # dictionaries were made anew
        if self._live is not None:
            self._live = Live(self.parts, self._one_id)

    @property
    def is_followed(self) -> bool:
        """Does somebody tick all the time, and attend to readers? Only then may everybody be folded beside."""
        return self._follower is not None and not self._ending

    def _runs_beside(self) -> bool:
        """Have the full fold that is begun run by a thread; not while an erasure waits to be alone with the files."""
        if self._full_folds is None and self._same_file.enter_now():
            self._full_folds = Thread(target=self._run_full_folds, name="full fold", daemon=True)
            self._full_folds.start()
        return self._full_folds is not None

    def _fold_all_here(self, live: Live) -> Ticked | None:
        ticked = None
        while live.full is not None:
            live.full.run(self.parts, silent)
            ticked = live.adopt(live.full, live.look_again(*self._asked(), now()))
        return ticked

    def _run_full_folds(self) -> None:
        """One after the other, while any is begun."""
        with self._same_file.entered():
            while True:
                with self._lock:
                    live = self._live
                    full = None if live is None or self._ending else live.full
                    if live is None or full is None:
                        self._full_folds = None
                        self._stands.notify_all()
                        return
                    threads = self.parts.threads if live.state is None else spare_threads(self.parts.threads)
                try:
                    full.run(replace(self.parts, threads=threads), self._unless_ending)
                    self._hand_over(live, full)
                except Exception as error:  # those who wait are told; the next tick begins another
                    self._give_up(live, full, error)

    def _hand_over(self, live: Live, full: FullFold) -> None:
        """Take in what came meanwhile, most of it while others go on."""
        for round in range(ROUNDS):
            with self._lock:
                if live is not self._live:
                    return
                asked = self._asked()
                look = live.look_again(*asked, now())
                if not full.fits(look) or full.count_touched() <= FEW or round == ROUNDS - 1:
                    self._adopt(live, full, look, asked)
                    return
                touched = full.take_touched()
            live.catch_up(full, look, touched)

    def _adopt(self, live: Live, full: FullFold, look: Look, asked: Asked) -> None:
        with self._anew_if_it_fails():
            first, ticked = live.state is None, live.adopt(full, look)
            if ticked is not None:
                self._tell(live, ticked, first, asked)
        self._stands.notify_all()

    def _give_up(self, live: Live, full: FullFold, error: Exception) -> None:
        if not isinstance(error, LimnerError):
            log.exception("Not everybody could be folded.")
        elif not self._ending:
            log.warning("Not everybody could be folded: %s", error)
        with self._lock:
            full.error = error
            self._stands.notify_all()
        with self._wake:
            self._wake.wait_for(lambda: self._ending, SLOW)
        with self._lock:
            if live is self._live:
                self._live = Live(self.parts, self._one_id)

    def _unless_ending(self, what: str, done: int, total: int) -> None:
        if self._ending:
            raise Unavailable("The workspace is being closed.")
