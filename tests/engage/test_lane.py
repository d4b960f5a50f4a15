"""One lane: who goes next, what an answer changes, and that nothing is ever lost, whatever happens."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from limner.engage.lane import AT_ONCE, MOST_PENDING, Lane
from limner.engage.patience import SECOND, Patience
from limner.ports.deliveries import Letter, Standing, Step
from limner.ports.post import Answer

OK = Answer(200, "200 OK")
BROKEN = Answer(500, "500 Internal Server Error")
GONE = Answer(410, "410 Gone")
REFUSED = Answer(422, "422 Unprocessable Content")
NOBODY = Answer(None, "connection refused", unreachable=True)
NOW = 1_000 * SECOND


def letter(position: int, customer: int, part: int = 0) -> Letter:
    return Letter(position, part, customer, b"{}")


def lane_of(*letters: Letter, patience: Patience | None = None) -> Lane:
    lane = Lane(Standing(0, 1), patience=patience, chance=lambda: 1.0)
    for each in letters:
        lane.take(each.position, [each])
    return lane


def starting(lane: Lane, now: int = NOW) -> list[Letter]:
    found = []
    while (each := lane.next(now)) is not None:
        found.append(each)
    return found


def test_letters_of_many_customers_go_at_once_and_of_one_one_by_one() -> None:
    lane = lane_of(letter(1, 7), letter(2, 8), letter(3, 7))
    first, second = starting(lane)
    assert (first.position, second.position) == (1, 2)
    lane.answered(first, OK, NOW)
    assert [each.position for each in starting(lane)] == [3]
    assert lane.step() == Step(1, accepted=1, accepted_at=NOW)
    lane.answered(second, OK, NOW)
    assert lane.step() == Step(2, accepted=1, accepted_at=NOW)
    assert lane.step() is None


def test_no_more_are_under_way_than_allowed() -> None:
    lane = lane_of(*(letter(n, n) for n in range(1, 30)))
    assert len(starting(lane)) == AT_ONCE


def test_who_must_wait_holds_up_its_own_customer_only_and_not_the_position() -> None:
    lane = lane_of(letter(1, 7), letter(2, 8), letter(3, 7))
    first, second = starting(lane)
    lane.answered(first, BROKEN, NOW)
    lane.answered(second, OK, NOW)
    lane.take(4, [letter(4, 7)])
    lane.take(5, [])
    assert starting(lane) == []
    assert lane.wait(NOW) == 1.0
    step = lane.step()
    assert step is not None
    assert step.position == 5
    tried = replace(first, tries=1, since=NOW, due=NOW + SECOND, reason=BROKEN.reason)
    assert list(step.late) == [tried, letter(3, 7), letter(4, 7)]
    later = NOW + SECOND
    assert starting(lane, later) == [tried]
    lane.answered(tried, OK, later)
    assert lane.step() == Step(5, done=((1, 0),), accepted=1, accepted_at=later)
    assert [each.position for each in starting(lane, later)] == [3]


def test_delays_double_up_to_the_longest_and_then_it_is_dead() -> None:
    patience = Patience(first=1, longest=4, tries=5)
    lane, now, delays = lane_of(letter(1, 7), patience=patience), NOW, []
    for _ in range(5):
        [each] = starting(lane, now)
        lane.answered(each, BROKEN, now)
        wait = lane.wait(now)
        delays.append(wait)
        now += int((wait or 0) * SECOND)
    assert delays == [1, 2, 4, 4, None]
    step = lane.step()
    assert step is not None
    assert [(dead.tries, dead.reason) for dead in step.dead] == [(5, BROKEN.reason)]
    assert step.position == 1


def test_it_is_dead_a_day_after_its_first_try() -> None:
    lane, now, tries = lane_of(letter(1, 7), patience=Patience(tries=10**6)), NOW, 0
    while found := starting(lane, now):
        lane.answered(found[0], BROKEN, now)
        tries += 1
        now += int((lane.wait(now) or 0) * SECOND)
    assert 24 <= (now - NOW) / SECOND / 3600 <= 25
    assert 24 < tries < 50


def test_jitter_takes_up_to_half_away() -> None:
    patience = Patience()
    assert patience.delay(3, lambda: 0.0) == 2.0
    assert patience.delay(3, lambda: 1.0) == 4.0


def test_a_refusal_is_final_and_the_customers_next_goes() -> None:
    lane = lane_of(letter(1, 7), letter(2, 7))
    [first] = starting(lane)
    lane.answered(first, REFUSED, NOW)
    step = lane.step()
    assert step is not None
    assert (step.position, [(each.tries, each.reason) for each in step.dead]) == (1, [(1, "422 Unprocessable Content")])
    assert [each.position for each in starting(lane)] == [2]


def test_who_wants_no_more_is_told_no_more_and_its_letter_waits() -> None:
    lane = lane_of(letter(1, 7), letter(2, 8), letter(3, 9))
    first, second, third = starting(lane)
    lane.answered(first, OK, NOW)
    lane.answered(second, GONE, NOW)
    assert lane.is_unwanted
    lane.answered(third, OK, NOW)
    lane.take(4, [letter(4, 7)])
    assert starting(lane, NOW + 9 * SECOND) == []
    step = lane.step()
    assert step is not None
    assert ([each.position for each in step.late], step.dead, step.reason) == ([2], (), None)


def test_retry_after_is_honoured_by_the_whole_lane() -> None:
    lane = lane_of(letter(1, 7), letter(2, 8))
    first, _ = starting(lane)
    lane.answered(first, Answer(429, "429", retry_after=60), NOW)
    lane.take(3, [letter(3, 10)])
    assert starting(lane, NOW + 59 * SECOND) == []
    assert lane.room(NOW + 59 * SECOND) == 0
    assert lane.wait(NOW) == 60
    lane.answered(letter(2, 8), OK, NOW + 60 * SECOND)
    assert {each.position for each in starting(lane, NOW + 60 * SECOND)} == {1, 3}


def test_a_destination_nobody_reaches_is_left_in_peace_and_tried_by_one() -> None:
    lane = lane_of(*(letter(n, n) for n in range(1, 20)))
    for each in starting(lane):
        lane.answered(each, NOBODY, NOW)
    assert starting(lane) == []
    assert lane.room(NOW) == 0
    assert lane.wait(NOW) == 1.0
    now = NOW + SECOND
    [probe] = starting(lane, now)
    lane.answered(probe, NOBODY, now)
    assert lane.wait(now) == 2.0
    now += 2 * SECOND
    [probe] = starting(lane, now)
    lane.answered(probe, OK, now)
    assert len(starting(lane, now)) == AT_ONCE


def test_several_customers_failing_is_the_destinations_fault_and_one_is_not() -> None:
    lane = lane_of(*(letter(n, n) for n in range(1, 20)))
    under_way = starting(lane)
    lane.answered(under_way[0], BROKEN, NOW)
    lane.answered(under_way[1], BROKEN, NOW)
    assert len(starting(lane)) == 2
    lane.answered(under_way[2], BROKEN, NOW)
    assert starting(lane) == []


def test_where_all_that_is_left_waits_for_long_new_ones_probe() -> None:
    lane = lane_of(*(letter(n, n) for n in range(1, 4)), patience=Patience(first=1000, rest=1))
    for each in starting(lane):
        lane.answered(each, BROKEN, NOW)
    now = NOW + 2 * SECOND
    assert lane.room(now) > 0
    lane.take(4, [letter(4, 4)])
    assert lane.room(now) == 0
    assert [each.position for each in starting(lane, now)] == [4]


def test_it_takes_no_more_than_it_may_hold() -> None:
    lane = lane_of(letter(1, 7))
    [first] = starting(lane)
    lane.answered(first, BROKEN, NOW)
    lane.take(2, [letter(2, 7, part) for part in range(MOST_PENDING - 11)])
    assert lane.room(NOW) == 10


def test_trouble_is_told_and_so_is_its_end() -> None:
    lane = lane_of(letter(1, 7))
    [first] = starting(lane)
    lane.answered(first, BROKEN, NOW)
    step = lane.step()
    assert step is not None
    assert (step.failing_since, step.reason) == (NOW, BROKEN.reason)
    [again] = starting(lane, NOW + SECOND)
    lane.answered(again, OK, NOW + SECOND)
    step = lane.step()
    assert step is not None
    assert (step.failing_since, step.reason) == (None, None)


@dataclass
class Disk:
    """What is remembered of a lane, as an adapter would."""

    standing: Standing = field(default_factory=lambda: Standing(0, 1))
    late: dict[tuple[int, int], Letter] = field(default_factory=dict)
    dead: dict[tuple[int, int], Letter] = field(default_factory=dict)

    def keep(self, step: Step | None) -> None:
        if step is None:
            return
        assert step.position >= self.standing.position
        self.standing = Standing(step.position, 1, step.failing_since, step.reason)
        for each in step.late:
            self.late[each.position, each.part] = each
        for key in step.done:
            self.late.pop(key, None)  # what failed and went well since the last step was never there
        for each in step.dead:
            self.late.pop((each.position, each.part), None)
            self.dead[each.position, each.part] = each

    def open(self) -> Lane:
        late = [self.late[key] for key in sorted(self.late)]
        return Lane(self.standing, late, Patience(tries=4), chance=lambda: 1.0)


ANSWERS = st.sampled_from([OK, OK, OK, BROKEN, REFUSED, NOBODY, Answer(429, "429", retry_after=3)])
DEEDS = st.lists(st.one_of(ANSWERS, st.sampled_from(["take", "take", "wait", "save", "die"])), max_size=200)


@settings(max_examples=300)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=30), DEEDS, st.randoms(use_true_random=False))
def test_whatever_happens_each_letter_arrives_or_is_dead_and_in_its_customers_order(world, deeds, chance) -> None:  # type: ignore[no-untyped-def]
    entries = {n + 1: [letter(n + 1, who, part) for part in range(parts)] for n, (who, parts) in enumerate(world)}
    disk = Disk()
    lane, flying, now = disk.open(), [], NOW
    arrived: list[tuple[int, int]] = []

    def take() -> None:
        for position in range(lane.read_to + 1, min(lane.read_to + lane.room(now), len(entries), lane.read_to + 4) + 1):
            lane.take(position, entries[position])

    def start() -> None:
        flying.extend(starting(lane, now))
        customers = [each.customer for each in flying]
        assert len(customers) == len(set(customers)), "two of a customer at once"

    def answer(given: Answer) -> None:
        each = flying.pop(chance.randrange(len(flying)))
        if given is OK:
            key = each.position, each.part
            earlier = [one for one in entries_of(entries, each.customer) if one < key]
            assert all(one in arrived or one in disk.dead or one in given_up for one in earlier), "out of order"
            arrived.append(key)
        if given is REFUSED:
            given_up.add((each.position, each.part))
        if given not in (OK, REFUSED) and each.tries == 3:
            given_up.add((each.position, each.part))
        lane.answered(each, given, now)

    given_up: set[tuple[int, int]] = set()
    for deed in deeds:
        if deed == "take":
            take()
            start()
        elif deed == "wait":
            now += 2 * SECOND
        elif deed == "save":
            disk.keep(lane.step())
        elif deed == "die":
            lane, flying = disk.open(), []
            given_up = set()
        elif isinstance(deed, Answer) and flying:
            answer(deed)
            start()
    for _ in range(2_000):  # and then all goes well
        take()
        start()
        disk.keep(lane.step())
        if not flying and lane.read_to == len(entries) and lane.wait(now) is None:
            break
        while flying:
            answer(OK)
            start()
        now += SECOND
    disk.keep(lane.step())
    assert disk.standing.position == len(entries)
    assert disk.late == {}
    letters = {(each.position, each.part) for several in entries.values() for each in several}
    assert set(arrived) | set(disk.dead) == letters


def entries_of(entries: dict[int, list[Letter]], customer: int) -> list[tuple[int, int]]:
    return [(each.position, each.part) for several in entries.values() for each in several if each.customer == customer]
