"""The courier: one thread that follows the outbox and tells every enabled destination, each at its own pace.

It can be killed at any moment. What it has told since the last step it remembers, it tells again, under the same ids.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Thread

from limner.engage.destinations import DestinationRing, state_of
from limner.engage.lane import Lane
from limner.engage.letters import Identifiers, address_of, headers_of, letter_id, pick, write_letters
from limner.engage.patience import SECOND, Patience
from limner.errors import LimnerError, Stale
from limner.model.clock import now
from limner.ports.deliveries import Deliveries, Feed, Letter, Standing
from limner.ports.destinations import Destination
from limner.ports.outbox import Outbox
from limner.ports.post import Answer, Post

log = logging.getLogger(__name__)
ENTRIES_AT_ONCE = 500
GRACE = 5.0
"""Seconds that letters under way are given when a lane ends."""
PAUSE = 5.0
"""Seconds before a lane that broke is opened again."""
ROUND = 60.0
"""Seconds between two looks at what may be forgotten."""
KEPT = 24 * 3600 * SECOND
"""How long an entry stays after everybody has been told: so far back can be replayed."""
MOST_KEPT = 5_000_000
"""Entries, at most, that stay for that."""
HOPELESS = 5 * 24 * 3600 * SECOND
"""A destination that takes nothing for so long is disabled: entries wait for it on the disk."""

Identify = Callable[[Sequence[int]], Mapping[int, Identifiers]]
"""The identifiers of customers, by number, as they are known now."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the courier works with."""

    ring: DestinationRing
    outbox: Outbox
    feed: Feed
    deliveries: Deliveries
    identify: Identify
    zone: str
    clock: Callable[[], int] = now


class Courier:
    """Until `start` it does nothing. Safe to use from many threads."""

    def __init__(self, desk: Desk, open_post: Callable[[], Post], patience: Patience | None = None) -> None:
        self._desk = desk
        self._open_post = open_post
        self._patience = patience or Patience()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed = asyncio.Event()
        self._stopping = False
        self._thread: Thread | None = None

    def start(self) -> None:
        self._thread = Thread(target=lambda: asyncio.run(self._work()), name="courier", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End every lane; letters under way are waited for a little."""
        self._stopping = True
        self.look()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def look(self) -> None:
        """Something about destinations has changed."""
        if self._loop is not None:
            with suppress(RuntimeError):  # it has ended meanwhile
                self._loop.call_soon_threadsafe(self._changed.set)

    async def _work(self) -> None:
        self._loop = asyncio.get_running_loop()
        post = self._open_post()
        runs: dict[str, _Run] = {}
        try:
            while not self._stopping:
                self._changed.clear()
                try:
                    await self._open_lanes(runs, post)
                    self._tidy()
                except LimnerError as error:  # a full disk, a locked file: it is there again some time
                    log.warning("Destinations are not looked after now: %s", error)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), ROUND)
        finally:
            await asyncio.gather(*(run.end() for run in runs.values()))
            await post.close()
            self._loop = None

    async def _open_lanes(self, runs: dict[str, _Run], post: Post) -> None:
        """A lane for each enabled destination as it now stands; others end."""
        wanted: dict[str, tuple[Destination, Standing]] = {}
        for destination in self._desk.ring.enabled():
            standing = self._desk.deliveries.standing(destination.name)
            if standing is not None:
                wanted[destination.name] = destination, standing
        for name, run in list(runs.items()):
            if name not in wanted or not run.is_for(*wanted[name]):
                await runs.pop(name).end()
        for name, (destination, standing) in wanted.items():
            if name not in runs:
                runs[name] = _Run(self._desk, post, self._patience, destination, standing.revision)

    def _tidy(self) -> None:
        """Forget entries everybody has been told of, and destinations that are not there any more."""
        desk = self._desk
        first, last = desk.feed.span()
        old = desk.feed.before(desk.clock() - KEPT)
        passed = [last]
        for destination in desk.ring.enabled():
            standing = desk.deliveries.standing(destination.name)
            if standing is None:
                continue
            failing = standing.failing_since is not None and standing.failing_since < desk.clock() - HOPELESS
            if failing and standing.position < old:
                log.warning("%s takes nothing for days (%s): it is disabled.", destination.name, standing.reason)
                desk.ring.disable(destination.name, author="courier", why=standing.reason or "")
                self._changed.set()
            else:
                passed.append(standing.position)
        until = min(*passed, max(old, last - MOST_KEPT))
        if until >= first:
            desk.outbox.trim(until)


class _Run:
    """One destination's lane at work."""

    def __init__(self, desk: Desk, post: Post, patience: Patience, destination: Destination, revision: int) -> None:
        self.destination = destination
        self.revision = revision
        self._desk = desk
        self._post = post
        self._patience = patience
        self._woken = asyncio.Event()
        self._ending = False
        self._task = asyncio.create_task(self._go_on(), name=f"lane {destination.name}")

    def is_for(self, destination: Destination, standing: Standing) -> bool:
        """Does it go on with this destination as it now stands?"""
        return not self._ending and (self.destination, self.revision) == (destination, standing.revision)

    async def end(self) -> None:
        self._ending = True
        self._woken.set()
        await self._task

    async def _go_on(self) -> None:
        while not self._ending:
            try:
                await self._follow()
            except Exception as error:  # the boundary of a lane: others go on, and so will this one
                log.log(
                    logging.WARNING if isinstance(error, LimnerError) else logging.ERROR,
                    "The lane to %s broke: %s",
                    self.destination.name,
                    error,
                    exc_info=not isinstance(error, LimnerError),
                )
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._until_ending(), PAUSE)

    async def _until_ending(self) -> None:
        while not self._ending:
            self._woken.clear()
            await self._woken.wait()

    async def _follow(self) -> None:
        """Tell what there is to tell, until the lane ends or is another one."""
        desk, name = self._desk, self.destination.name
        standing = desk.deliveries.standing(name)
        if standing is None or standing.revision != self.revision:
            self._ending = True  # the courier opens it anew
            return
        lane = Lane(standing, desk.deliveries.late(name), self._patience)
        secret = desk.ring.open_secret(self.destination)
        loop = asyncio.get_running_loop()
        flights: dict[asyncio.Task[Answer], Letter] = {}

        def notice() -> None:
            with suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(self._woken.set)

        stop = desk.feed.listen(notice)
        try:
            while not self._ending:
                self._woken.clear()
                more = self._read(lane)
                while (letter := lane.next(desk.clock())) is not None:
                    flights[asyncio.create_task(self._send(letter, secret))] = letter
                self._remember(lane)
                await self._something(flights, 0.0 if more else lane.wait(desk.clock()))
                self._note(lane, flights)
                if lane.is_unwanted:
                    self._take_leave()
            if flights:
                await asyncio.wait(flights, timeout=GRACE)
                self._note(lane, flights)
            self._remember(lane)
        finally:
            stop()
            for flight in flights:
                flight.cancel()

    def _take_leave(self) -> None:
        """It said that it wants no more: it is told nothing until somebody enables it. One that has taken its name
        meanwhile said nothing."""
        self._ending, seen = True, state_of(self.destination)
        with suppress(Stale):
            self._desk.ring.disable(self.destination.name, author="courier", why="410 Gone", expected=seen)
            log.warning("%s answers 410 Gone: it is disabled.", self.destination.name)

    def _read(self, lane: Lane) -> bool:
        """Take entries while the lane has room for them; is there more?"""
        desk = self._desk
        room = min(lane.room(desk.clock()), ENTRIES_AT_ONCE)
        if not room:
            return False
        entries = desk.feed.read(lane.read_to, room)
        picked = {entry.position: pick(entry, self.destination) for entry in entries}
        known = desk.identify(list({one.changed.customer for one in picked.values() if one is not None}))
        for position, one in picked.items():
            letters = (
                [] if one is None else write_letters(one, self.destination, known[one.changed.customer], desk.zone)
            )
            lane.take(position, letters)
        return len(entries) == room

    async def _send(self, letter: Letter, secret: str) -> Answer:
        destination = self.destination
        id = letter_id(destination.name, letter.position, letter.part)
        headers = headers_of(id, letter.body, destination, secret, self._desk.clock() // SECOND)
        return await self._post.send(address_of(destination), headers, letter.body, destination.allow_private)

    async def _something(self, flights: Mapping[asyncio.Task[Answer], Letter], timeout: float | None) -> None:
        """An answer came, an entry did, or it is time."""
        waking = asyncio.create_task(self._woken.wait())
        await asyncio.wait({*flights, waking}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        waking.cancel()

    def _note(self, lane: Lane, flights: dict[asyncio.Task[Answer], Letter]) -> None:
        for flight in [flight for flight in flights if flight.done()]:
            lane.answered(flights.pop(flight), flight.result(), self._desk.clock())

    def _remember(self, lane: Lane) -> None:
        step = lane.step()
        if step is not None and not self._desk.deliveries.keep(self.destination.name, self.revision, step):
            self._ending = True
