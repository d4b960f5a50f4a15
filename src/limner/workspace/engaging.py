"""Verbs about those who are told of changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from limner.engage.courier import Courier, Desk
from limner.engage.dead import ShownDeadLetter, show_dead_letter
from limner.engage.destinations import DestinationRing, ShownDestination
from limner.engage.letters import Identifiers
from limner.engage.replaying import ReplayPreview
from limner.engage.trying import Tried, try_out
from limner.engage.wishes import Change, Wish
from limner.errors import NotFound
from limner.govern.seal import Seal
from limner.model.clock import now, read_instant
from limner.parts import Parts
from limner.ports.catalog import AuditEntry
from limner.workspace.gathering import Gathering


class Engaging(Gathering):
    """Destinations, and the courier."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        seal = Seal(parts.folder / "webhooks.key")
        self.destinations = DestinationRing(parts.destinations, parts.deliveries, parts.feed, seal, parts.zone)
        desk = Desk(self.destinations, parts.outbox, parts.feed, parts.deliveries, self._identify, parts.zone)
        self.courier = Courier(desk, parts.open_post)

    def close(self) -> None:
        self.courier.stop()
        super().close()

    def _wanted_tags(self) -> Collection[str]:
        return self.destinations.wanted_tags()

    def _forget_derived(self) -> None:
        super()._forget_derived()
        self.courier.look()

    def _others_using(self, name: str) -> list[str]:
        hearing = [f"destination {each.name}" for each in self.destinations.enabled() if name in each.audiences]
        return [*super()._others_using(name), *hearing]

    def destinations_list(self) -> list[ShownDestination]:
        """All destinations, disabled ones too, with how far they have been told; never their secrets."""
        return self.destinations.list_destinations()

    def destinations_add(
        self,
        name: str,
        url: str,
        format: str = "standard",
        tags: Sequence[str] = (),
        audiences: Sequence[str] = (),
        write_key: str | None = None,
        allow_private: bool = False,
        author: str = "",
    ) -> ShownDestination:
        """Have a system told of changes of these tags and audiences, from now on. A secret is in this answer only."""
        wish = Wish(name, url, format, tags, audiences, write_key, allow_private)
        shown = self.destinations.add(wish, *self._known_to_destinations(), author)
        self.courier.look()
        return shown

    def destinations_change(
        self,
        name: str,
        url: str | None = None,
        tags: Sequence[str] | None = None,
        audiences: Sequence[str] | None = None,
        write_key: str | None = None,
        allow_private: bool | None = None,
        author: str = "",
        expected: str | None = None,
    ) -> ShownDestination:
        """Tell it elsewhere, or of other tags and audiences; what is not given stays, as do its secret and how far it
        has been told. A write key is given anew with another address. ``expected`` as for `destinations_disable`."""
        change = Change(url, tags, audiences, write_key, allow_private)
        shown = self.destinations.change(name, change, *self._known_to_destinations(), author, expected)
        self.courier.look()
        return shown

    def destinations_test(self, name: str, author: str = "") -> Tried:
        """Send it a letter that tells of nobody, once and at once, disabled or not; what was answered."""
        destination = self.destinations.get(name)
        secret = self.destinations.open_secret(destination)
        tried = try_out(destination, secret, self.parts.open_post, now(), self.parts.zone)
        self.parts.catalog.record(AuditEntry(now(), author, "destination.test", name, tried.reason))
        return tried

    def _known_to_destinations(self) -> tuple[list[str], list[str]]:
        """Names of the tags and the audiences there are."""
        return [tag.name for tag in self.tags()], [each.name for each in self.parts.audiences.audiences()]

    def destinations_disable(self, name: str, author: str = "", expected: str | None = None) -> ShownDestination:
        """Tell it nothing any more; its place in the outbox is remembered.

        ``expected``: its ``state`` as the caller saw it; `Stale` when it is another.
        """
        shown = self.destinations.disable(name, author, expected=expected)
        self.courier.look()
        return shown

    def destinations_enable(self, name: str, author: str = "", expected: str | None = None) -> ShownDestination:
        """Go on where it was disabled, as far back as entries are kept."""
        shown = self.destinations.enable(name, author, expected)
        self.courier.look()
        return shown

    def destinations_replay(
        self, name: str, position: int, author: str = "", expected: str | None = None
    ) -> ShownDestination:
        """Tell it once more of everything from a position on, under the same ids."""
        shown = self.destinations.replay(name, position, author, expected)
        self.courier.look()
        return shown

    def destinations_replay_preview(
        self, name: str, position: int | None = None, since: str | None = None
    ) -> ReplayPreview:
        """What `destinations_replay` from a position, or from an instant on, would tell it: how many letters."""
        instant = None if since is None else read_instant(since, self.parts.zone)
        return self.destinations.preview_replay(name, position, instant)

    def destinations_dead(
        self, name: str | None = None, limit: int = 100, before: tuple[int, int] | None = None
    ) -> list[ShownDeadLetter]:
        """Letters that were given up, newest first, of one destination or of all. ``before``: those after this one in
        that order, by when it died (µs UTC) and its id."""
        if name is not None:
            self.destinations.get(name)
        return [show_dead_letter(dead, self.parts.zone) for dead in self.parts.deliveries.dead(name, limit, before)]

    def destinations_retry(self, name: str | None = None, id: int | None = None, author: str = "") -> dict[str, Any]:
        """Try dead letters again: one of them, one destination's, or all."""
        if name is not None:
            self.destinations.get(name)
        revived = self.parts.deliveries.revive(name, id)
        if id is not None and not revived:
            raise NotFound(
                f"There is no dead letter {id}.", hint="`limner destinations dead list` shows those there are."
            )
        self.parts.catalog.record(AuditEntry(now(), author, "destination.retry", name or "all", f"{revived} letters"))
        self.courier.look()
        return {"letters": revived}

    def _identify(self, customers: Sequence[int]) -> Mapping[int, Identifiers]:
        """Identifiers as of the last refresh, strongest first, without those that are shared."""
        snapshot = self._one_id.snapshot
        root, rank = snapshot.graph.root, snapshot.graph.rules.rank
        members = {one: snapshot.members(int(root[one])) if one < len(root) else [] for one in customers}
        nodes = list({node for each in members.values() for node in each})
        found = [[one] for one in snapshot.observations.identifiers(nodes)]
        if len(found) != len(nodes):  # somebody was erased meanwhile
            found = [snapshot.observations.identifiers([node]) for node in nodes]
        named = dict(zip(nodes, found))
        return {
            one: sorted((known for node in each for known in named[node]), key=lambda known: (rank(known[0]), *known))
            for one, each in members.items()
        }
