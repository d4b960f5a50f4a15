"""Verbs about registered audiences: saved, looked at over time, compared with what they were."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from limner.audiences.registry import (
    ListedAudience,
    Wish,
    drop_audience,
    find_audience,
    find_problem,
    is_same,
    read_wish,
    rules_of,
    save_audience,
    show_audience,
    state_of,
)
from limner.audiences.schedule import next_time
from limner.audiences.sets import as_array, as_set, cut_page, diff, read_cursor, write_cursor
from limner.audiences.shelf import Snapshot
from limner.audiences.why import find_reasons
from limner.errors import LimnerError, NotFound
from limner.govern.expecting import expect
from limner.identity.snapshot import customer_id
from limner.live import count_members
from limner.model.algebra import list_users, write_out
from limner.model.audience import AUDIENCE, Audience
from limner.model.clock import iso_time, now
from limner.model.condition import Condition
from limner.model.dump import dump_condition
from limner.model.references import tags_read
from limner.model.words import say
from limner.pipeline import fold_some, prepare
from limner.state import State
from limner.workspace.crowding import list_behaviour, with_inputs
from limner.workspace.opened import Instant, silent
from limner.workspace.trending import Trending

EXAMPLES = 10
"""Customers of each side of a diff whose reasons are looked for."""
PRESENT = "now"

log = logging.getLogger(__name__)


class Gathering(Trending):
    """Audiences with a name, and their snapshots."""

    def audience_save(
        self,
        name: str,
        rule: object = None,
        title: object = None,
        live: bool | None = None,
        schedule: str | None = None,
        alarm: Mapping[str, float | None] | None = None,
        author: str = "",
        expected: str | None = None,
    ) -> ListedAudience:
        """Follow who meets a rule, under a name; one that has the name already keeps what is not given anew.

        ``expected``: its state as the caller saw it, or NEW; `Stale` or `Unseen` when it is another, unless what is
        asked for is what there is.
        """
        wish = Wish(name, rule, title, live, schedule, alarm)
        with self._lock:
            others = self.parts.audiences.audiences()
            there = next((each for each in others if each.name == name), None)
            wanted = read_wish(wish, self.tags(), others, self.parts.zone)
            if there is None or not is_same(there, wanted):
                expect(f"The audience {name}", state_of(there), expected)
            save_audience(wanted, self.parts.audiences, author, now())
        self.tick()
        return next(each for each in self.audience_list() if each.name == name)

    def audience_list(self) -> list[ListedAudience]:
        """All registered audiences, in the order they were first saved; with how many are in them now, where a live
        state is kept, else at their last snapshot."""
        with self._settled():
            counted = _count(self._state_of_all())
        return self._list(*counted)

    def audience_sizes(self) -> list[ListedAudience]:
        """The same as of the last tick, without waiting for another."""
        live = self._live
        with self._lock:
            return self._list(*_count(None if live is None else live.state))

    def _list(self, members: Mapping[str, int], as_of: int | None) -> list[ListedAudience]:
        audiences, tags = self.parts.audiences.audiences(), self.tags()
        rules = rules_of(audiences)
        return [
            self._show_audience(each, members.get(each.name), as_of, find_problem(each, rules, tags))
            for each in audiences
        ]

    def audience_show(self, name: str) -> dict[str, Any]:
        """One of them, with its rule in words, who needs it, the versions of its rule and its last snapshot."""
        audience, zone = find_audience(name, self.parts.audiences), self.parts.zone
        listed = next(each for each in self.audience_list() if each.name == name)
        shown = {field: getattr(listed, field) for field in ListedAudience.__slots__}
        versions = self.parts.audiences.audience_versions(name)
        last = self.shelf.last(name)
        return {
            **shown,
            "says": {language: say(audience.rule, language) for language in ("zh", "en")},
            "used_by": self._users_of(name),
            "versions": [
                {
                    "version": each.version,
                    "rule": dump_condition(each.rule),
                    "author": each.author,
                    "saved_at": iso_time(each.saved_at, zone),
                }
                for each in versions
            ],
            "snapshot": None if last is None else last.show(zone),
        }

    def audience_state(self, name: str) -> str:
        """Changes with everything about it that two editors could overwrite."""
        return str(state_of(find_audience(name, self.parts.audiences)))

    def audience_drop(self, name: str, author: str = "", expected: str | None = None) -> dict[str, Any]:
        """Follow an audience no more, and forget its snapshots. Conflict, with who is affected, while it is needed."""
        with self._lock:
            expect(f"The audience {name}", self.audience_state(name), expected)
            drop_audience(name, self.parts.audiences, author, now(), self._others_using(name))
            self.shelf.drop(name)
        self.tick()
        return {"name": name}

    def audience_snapshot(self, name: str, as_of: Instant = None) -> dict[str, Any]:
        """Keep who is in it now, or was at another instant by the rule as it stands."""
        audience = find_audience(name, self.parts.audiences)
        members, instant, seq = self._gather(audience, as_of)
        with self._lock:
            taken = self.shelf.put(name, members, instant, now(), seq, audience.version)
        return {"audience": name, **taken.show(self.parts.zone)}

    def audience_snapshots(self, name: str) -> dict[str, Any]:
        """Those there are, first taken first."""
        find_audience(name, self.parts.audiences)
        return {"audience": name, "snapshots": [each.show(self.parts.zone) for each in self.shelf.list(name)]}

    def audience_members(
        self,
        name: str,
        as_of: Instant = None,
        snapshot: int | None = None,
        limit: int = 1000,
        cursor: str | None = None,
    ) -> dict[str, Any]:
        """Who is in it now, was at another instant, or was in a snapshot, as the customers of today; ids, ascending.

        ``before``: how many come ahead of the page; ``previous``: the cursor of the page before it, None of the first.
        """
        audience = find_audience(name, self.parts.audiences)
        if snapshot is None:
            members, instant, _ = self._gather(audience, as_of)
        else:
            found = self.shelf.get(name, snapshot)
            members, instant = self._read_snapshot(found), found.as_of
        page = cut_page(members, read_cursor(cursor), max(1, limit))
        return {
            "audience": name,
            "as_of": iso_time(instant, self.parts.zone),
            "count": len(members),
            "before": page.before,
            "customers": list(map(customer_id, page.members)),
            "next": write_cursor(page.following),
            "previous": write_cursor(page.preceding),
        }

    def audience_diff(
        self, name: str, before: str | None = None, after: str | None = None, limit: int = 100
    ) -> dict[str, Any]:
        """Who entered, who left and how many stayed between two looks: snapshots by number or by time, or ``now``.

        Without them, between the last snapshot but one and the last. Customers who were merged since are compared as
        who they are today; of some who moved it is said which tests of the rule changed.
        """
        audience, zone = find_audience(name, self.parts.audiences), self.parts.zone
        looks = [self._look(audience, spec, place) for spec, place in ((before, -2), (after, -1))]
        (then, at, rule), (today, later, _) = looks
        change = diff(then, today)
        sides = {"entered": as_array(change.entered), "left": as_array(change.left)}
        shown = {side: [customer_id(number) for number in moved[:limit].tolist()] for side, moved in sides.items()}
        some = np.unique(np.concatenate([moved[:EXAMPLES] for moved in sides.values()]))
        return {
            "audience": name,
            "before": {"as_of": iso_time(at, zone), "size": len(then), "version": rule},
            "after": {"as_of": iso_time(later, zone), "size": len(today), "version": looks[1][2]},
            **{side: {"count": len(moved), "customers": shown[side]} for side, moved in sides.items()},
            "stayed": len(then & today),
            "reasons": self._reason(self._written(audience), some, at, later),
        }

    def audience_refresh(self) -> list[str]:
        """Take the snapshots that are due by their schedules, once however many were missed; names of the audiences."""
        refreshed = []
        for audience in self.parts.audiences.audiences():
            if audience.schedule is None:
                continue
            taken = [each.taken_at for each in self.shelf.list(audience.name)]
            due = next_time(audience.schedule, max([audience.saved_at, *taken]), self.parts.zone)
            if due is None or due > now():
                continue
            try:
                self.audience_snapshot(audience.name)
                refreshed.append(audience.name)
            except LimnerError as error:  # the others have their turn; this one is tried again at the next look
                log.warning("No snapshot of the audience %s: %s", audience.name, error)
        return refreshed

    def _show_audience(
        self, audience: Audience, members: int | None, as_of: int | None, problem: str | None
    ) -> ListedAudience:
        kept = list(self.shelf.list(audience.name))
        if members is None:
            last = kept.pop() if kept else None
            members, as_of = (None, None) if last is None else (last.size, last.as_of)
        at = None if as_of is None else iso_time(as_of, self.parts.zone)
        return show_audience(audience, members, at, kept[-1].size if kept else None, problem)

    def _users_of(self, name: str) -> list[str]:
        audiences = list_users(name, rules_of(self.parts.audiences.audiences()))
        return [*(f"audience {user}" for user in audiences), *self._others_using(name)]

    def _others_using(self, name: str) -> list[str]:
        """Who else needs an audience, as they are named to people."""
        return []

    def _written(self, audience: Audience) -> Condition:
        return write_out(audience.rule, rules_of(self.parts.audiences.audiences()), f"audience {audience.name}")

    def _gather(self, audience: Audience, as_of: Instant) -> tuple[BitMap, int, int]:
        """Members, as_of and the last row of the log that was known."""
        if as_of is None:
            with self._settled():
                state, column = self._state_of_all(), AUDIENCE + audience.name
                if state is not None and column in (folded := state.standing.folded).columns:
                    inside = folded.columns[column].values == 1
                    return as_set(folded.customers[inside]), state.mark.as_of, state.mark.seq
        condition = self._written(audience)
        crowd, moment = self._take(condition, [], as_of)
        return crowd.members(condition), crowd.folded.as_of, moment.seq

    def _read_snapshot(self, snapshot: Snapshot) -> BitMap:
        with self._settled():
            return self.shelf.read(snapshot, self._one_id.refresh().graph.root)

    def _look(self, audience: Audience, spec: str | None, place: int) -> tuple[BitMap, int, int]:
        """Members, as_of and the version of the rule of a look that somebody names; ``place`` = by default."""
        if spec == PRESENT:
            members, instant, _ = self._gather(audience, None)
            return members, instant, audience.version
        snapshot: Snapshot | None
        if spec is None:
            kept = self.shelf.list(audience.name)
            if len(kept) < -place:
                raise NotFound(
                    f"The audience {audience.name} has {len(kept)} snapshots: there is nothing to compare.",
                    hint="Take one with `limner audience snapshot`, or compare one with `now`.",
                )
            snapshot = kept[place]
        elif spec.isdecimal() and len(spec) < 8:  # 20261101 is a day
            snapshot = self.shelf.get(audience.name, int(spec))
        else:
            snapshot = self.shelf.last(audience.name, self._instant(spec))
            if snapshot is None:
                raise NotFound(f"The audience {audience.name} has no snapshot up to {spec}.")
        return self._read_snapshot(snapshot), snapshot.as_of, snapshot.version

    def _reason(
        self, condition: Condition, customers: npt.NDArray[np.int32], before: int, after: int
    ) -> list[dict[str, Any]]:
        if not len(customers):
            return []
        behaviour = list_behaviour([condition])
        with self._settled():
            tags = with_inputs(self.tags(), tags_read(condition))
            moment = prepare(self.parts, self._one_id, tags, silent, once=behaviour)
            folds = [fold_some(self.parts, moment, customers, instant) for instant in (before, after)]
        return find_reasons(condition, customers, folds[0], folds[1], self.parts.zone)


def _count(state: State | None) -> tuple[Mapping[str, int], int | None]:
    """How many are in each audience that is followed, and at which instant."""
    return ({}, None) if state is None else (count_members(state), state.mark.as_of)
