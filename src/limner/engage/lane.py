"""The lane to one destination: which letter goes next, and what an answer changes. It knows no network and no disk.

A customer's letters go one by one, in their order; one that must be tried again holds up the customer's later ones
and nobody else's. Where nothing gets through, the destination is left in peace for a while, and then one letter tries.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from heapq import heappop, heappush

from limner.engage.patience import GONE, SECOND, Patience, Verdict, concerns_all, judge
from limner.ports.deliveries import Letter, Standing, Step
from limner.ports.post import Answer

AT_ONCE = 8
"""Letters on their way to a destination."""
MOST_PENDING = 5_000
"""Letters a lane holds; beyond this it reads no further until some are gone."""
PLENTY = 100
"""Letters ready to go, beyond which no more are asked for yet: they are read many at a time."""
SEVERAL = 3
"""So many customers' letters failing, and none going well in between, is the destination's fault and not theirs."""


class Lane:
    """Instants are µs UTC."""

    def __init__(
        self,
        standing: Standing,
        late: Iterable[Letter] = (),
        patience: Patience | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.read_to = standing.position
        """Entries up to here were taken."""
        self.is_unwanted = False
        """Did the destination say that it wants no more?"""
        self._patience = patience or Patience()
        self._chance = chance
        self._queues: dict[int, deque[Letter]] = {}
        self._ready: deque[int] = deque()
        self._waiting: list[tuple[int, int]] = []
        self._flying: set[int] = set()
        self._pending = 0
        self._fresh: dict[int, int] = {}
        """How many of an entry's letters are neither settled nor known as late, by position, ascending."""
        self._known_late: set[tuple[int, int]] = set()
        self._late: dict[tuple[int, int], Letter] = {}
        self._done: list[tuple[int, int]] = []
        self._dead: list[Letter] = []
        self._failing: set[int] = set()
        self._rests = 0
        self._rest_until = 0
        self._failing_since, self._reason = standing.failing_since, standing.reason
        self._noted = standing.position
        self._troubled = False
        self._accepted = 0
        self._accepted_at: int | None = None
        for letter in late:
            self._known_late.add((letter.position, letter.part))
            self._queue(letter)

    def room(self, now: int) -> int:
        """How many more entries it may take."""
        enough = bool(self._ready or self._flying) if self._rests else len(self._ready) > PLENTY
        if enough or now < self._rest_until:
            return 0
        return max(MOST_PENDING - self._pending, 0)

    def take(self, position: int, letters: Sequence[Letter]) -> None:
        """The next entry of the outbox, and the letters that tell of it, if any."""
        self.read_to = position
        if letters:
            self._fresh[position] = len(letters)
        for letter in letters:
            self._queue(letter)
            if self._queues[letter.customer][0].tries:
                self._hold(letter)

    def next(self, now: int) -> Letter | None:
        """A letter to send now; it is on its way until `answered`."""
        if self.is_unwanted or now < self._rest_until or len(self._flying) >= (1 if self._rests else AT_ONCE):
            return None
        while self._waiting and self._waiting[0][0] <= now:
            self._ready.append(heappop(self._waiting)[1])
        if not self._ready:
            return None
        customer = self._ready.popleft()
        self._flying.add(customer)
        return self._queues[customer][0]

    def wait(self, now: int) -> float | None:
        """Seconds until `next` or `room` may say something else by itself; None = not before an answer or an entry."""
        if self._rest_until > now:
            return (self._rest_until - now) / SECOND
        return max(self._waiting[0][0] - now, 0) / SECOND if self._waiting else None

    def answered(self, letter: Letter, answer: Answer, now: int) -> None:
        """Note what became of a letter that was on its way."""
        self._flying.discard(letter.customer)
        self.is_unwanted |= answer.status == GONE
        verdict = judge(answer)
        if verdict is Verdict.LATER:
            self._note_failure(letter.customer, answer, now)
            letter = self._failed(letter, answer, now)
            if self._patience.is_over(letter, now):
                verdict = Verdict.NEVER
        else:
            self._note_contact()
            letter = replace(letter, tries=letter.tries + 1)
        if verdict is Verdict.ACCEPTED:
            self._accepted += 1
            self._accepted_at = now
        queue = self._queues[letter.customer]
        if verdict is Verdict.LATER:
            queue[0] = letter
            for each in queue:
                self._hold(each)
        else:
            queue.popleft()
            self._pending -= 1
            self._settle(letter, None if verdict is Verdict.ACCEPTED else answer.reason)
        self._line_up(letter.customer)

    def step(self) -> Step | None:
        """What to remember since the last step; None when nothing happened."""
        position = next(iter(self._fresh)) - 1 if self._fresh else self.read_to
        if position == self._noted and not (self._late or self._done or self._dead or self._troubled):
            return None
        late, done, dead = tuple(self._late.values()), tuple(self._done), tuple(self._dead)
        step = Step(position, late, done, dead, self._failing_since, self._reason, self._accepted, self._accepted_at)
        self._late, self._done, self._dead = {}, [], []
        self._noted, self._troubled = position, False
        self._accepted, self._accepted_at = 0, None
        return step

    def _queue(self, letter: Letter) -> None:
        self._pending += 1
        queue = self._queues.setdefault(letter.customer, deque())
        queue.append(letter)
        if len(queue) == 1:
            self._line_up(letter.customer)

    def _line_up(self, customer: int) -> None:
        """Where a customer stands whose first letter is another one now."""
        queue = self._queues[customer]
        if not queue:
            del self._queues[customer]
        elif queue[0].due:
            heappush(self._waiting, (queue[0].due, customer))
        else:
            self._ready.append(customer)

    def _failed(self, letter: Letter, answer: Answer, now: int) -> Letter:
        tries = letter.tries + 1
        delay = max(self._patience.delay(tries, self._chance), self._asked(answer))
        due = now + int(delay * SECOND)
        return replace(letter, tries=tries, since=letter.since or now, due=due, reason=answer.reason)

    def _asked(self, answer: Answer) -> float:
        """Seconds the receiver wants to be left alone; not longer than a letter may live."""
        return min(answer.retry_after or 0, self._patience.hours * 3600)

    def _hold(self, letter: Letter) -> None:
        """It may take long: have it kept, so that the position can go on."""
        key = letter.position, letter.part
        if key not in self._known_late:
            self._known_late.add(key)
            self._no_more_fresh(letter.position)
        elif not letter.tries:
            return  # it only stands behind another, as before
        self._late[key] = letter

    def _settle(self, letter: Letter, reason: str | None) -> None:
        """It was accepted, or, for that reason, never will be."""
        key = letter.position, letter.part
        self._late.pop(key, None)
        if key not in self._known_late:
            self._no_more_fresh(letter.position)
        if reason is not None:
            self._dead.append(replace(letter, reason=reason))
        elif key in self._known_late:
            self._done.append(key)
        self._known_late.discard(key)

    def _no_more_fresh(self, position: int) -> None:
        self._fresh[position] -= 1
        if not self._fresh[position]:
            del self._fresh[position]

    def _note_contact(self) -> None:
        """The destination answers: whatever was wrong with it is over."""
        self._failing.clear()
        self._rests = self._rest_until = 0
        self._troubled |= self._failing_since is not None
        self._failing_since = self._reason = None

    def _note_failure(self, customer: int, answer: Answer, now: int) -> None:
        self._failing.add(customer)
        self._troubled |= self._failing_since is None or self._reason != answer.reason
        self._failing_since, self._reason = self._failing_since or now, answer.reason
        if now >= self._rest_until and (concerns_all(answer) or len(self._failing) >= SEVERAL):
            self._rests += 1
            rest = max(self._patience.delay(self._rests, self._chance, self._patience.rest), self._asked(answer))
            self._rest_until = now + int(rest * SECOND)
