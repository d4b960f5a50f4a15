"""Destinations: made, disabled, enabled, told once more; and what they ask to hear of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, replace
from threading import Lock
from typing import Any

from limner.engage.replaying import ReplayPreview, check_position, preview_replay
from limner.engage.wishes import Change, Wish, check_wish
from limner.errors import Conflict, NotFound, did_you_mean
from limner.govern.expecting import expect
from limner.govern.seal import Seal
from limner.govern.signature import make_secret
from limner.model.clock import iso_time, now
from limner.model.dump import digest_state
from limner.ports.catalog import AuditEntry
from limner.ports.deliveries import Deliveries, Feed, Standing
from limner.ports.destinations import Destination, Destinations, Shape


@dataclass(frozen=True, slots=True)
class ShownDestination:
    """A destination as it is shown, with how far it has been told. The secret is there once, when it was made."""

    destination: Destination
    standing: Standing
    last: int
    """Position of the outbox's last entry."""
    late: int
    dead: int
    zone: str
    secret: str | None = None

    @property
    def state(self) -> str:
        """Another one with every change; how far it has been told is none."""
        return state_of(self.destination)

    def as_dict(self) -> dict[str, Any]:
        destination, standing = self.destination, self.standing
        document = {
            "name": destination.name,
            "url": destination.url,
            "format": destination.shape.value,
            "tags": list(destination.tags),
            "audiences": list(destination.audiences),
            "allow_private": destination.allow_private,
            "created_at": self._time(destination.created_at),
            "disabled_at": self._time(destination.disabled_at),
            "position": standing.position,
            "behind": max(self.last - standing.position, 0),
            "late": self.late,
            "dead": self.dead,
            "delivered": standing.delivered,
            "delivered_at": self._time(standing.delivered_at),
            "failing_since": self._time(standing.failing_since),
            "reason": standing.reason,
            "state": self.state,
        }
        return document if self.secret is None else {**document, "secret": self.secret}

    def _time(self, instant: int | None) -> str | None:
        return None if instant is None else iso_time(instant, self.zone)


def state_of(destination: Destination) -> str:
    return digest_state(asdict(destination))


def wanted_tags(destinations: Destinations) -> frozenset[str]:
    """Names of the tags any enabled destination asks for. It asks the catalog; `DestinationRing` knows by heart."""
    enabled = (each for each in destinations.destinations() if each.disabled_at is None)
    return frozenset(name for each in enabled for name in each.tags)


class DestinationRing:
    """The catalog's destinations, kept at hand. One per process, shared between threads."""

    def __init__(
        self,
        destinations: Destinations,
        deliveries: Deliveries,
        feed: Feed,
        seal: Seal,
        zone: str,
        clock: Callable[[], int] = now,
    ) -> None:
        self._destinations = destinations
        self._deliveries = deliveries
        self._feed = feed
        self._seal = seal
        self._zone = zone
        self._clock = clock
        self._changing = Lock()
        self._enabled: Sequence[Destination] | None = None

    def enabled(self) -> Sequence[Destination]:
        """Those that are told of changes. Asked at every tick: it costs nothing."""
        enabled = self._enabled
        if enabled is None:
            with self._changing:
                found = self._destinations.destinations()
                self._enabled = enabled = [each for each in found if each.disabled_at is None]
        return enabled

    def wanted_tags(self) -> frozenset[str]:
        """Names of the tags any enabled destination asks for."""
        return frozenset(name for destination in self.enabled() for name in destination.tags)

    def open_secret(self, destination: Destination) -> str:
        """What its letters are signed with, or its write key. Unavailable when the key of the seal is lost."""
        return self._seal.open(destination.secret)

    def list_destinations(self) -> list[ShownDestination]:
        """All, disabled ones too, in the order they were first made."""
        return [self._shown(destination) for destination in self._destinations.destinations()]

    def show(self, name: str) -> ShownDestination:
        """One of them. Raises NotFound."""
        return self._shown(self._get(name))

    def add(
        self, wish: Wish, known_tags: Collection[str], known_audiences: Collection[str], author: str = ""
    ) -> ShownDestination:
        """A destination that hears of everything from now on; a disabled one of that name is made anew, and what waited
        for it is not the new one's.

        Raises DefinitionError with everything that is wrong with the wish, Conflict when there is one already.
        """
        check_wish(wish, known_tags, known_audiences)
        shape = Shape(wish.shape)
        secret = make_secret() if wish.write_key is None else wish.write_key
        with self._changing:
            there = self._find(wish.name)
            if there is not None and there.disabled_at is None:
                raise Conflict(
                    f"There is a destination {wish.name} already.", hint="Disable it first, or name another."
                )
            destination = Destination(
                wish.name,
                wish.url,
                shape,
                self._seal.close(secret),
                tuple(dict.fromkeys(wish.tags)),
                tuple(dict.fromkeys(wish.audiences)),
                wish.allow_private,
                self._clock(),
            )
            self._deliveries.place(wish.name, self._feed.span()[1], anew=True)
            self._keep(destination, "destination.add", author)
        return replace(self._shown(destination), secret=secret if shape is Shape.STANDARD else None)

    def change(
        self,
        name: str,
        change: Change,
        known_tags: Collection[str],
        known_audiences: Collection[str],
        author: str = "",
        expected: str | None = None,
    ) -> ShownDestination:
        """The same destination, told elsewhere or of other things. How far it has been told stays, and its secret; but
        a write key goes out with every letter, so for another address it is given anew.

        Raises DefinitionError with everything that is wrong. ``expected``: its state as the caller saw it.
        """
        with self._changing:
            destination = self._expect(name, expected)
            wish = self._wish(destination, change)
            check_wish(wish, known_tags, known_audiences)
            changed = replace(
                destination,
                url=wish.url,
                secret=destination.secret if change.write_key is None else self._seal.close(change.write_key),
                tags=tuple(dict.fromkeys(wish.tags)),
                audiences=tuple(dict.fromkeys(wish.audiences)),
                allow_private=wish.allow_private,
            )
            if changed != destination:
                self._keep(changed, "destination.change", author)
        return self._shown(changed)

    def _wish(self, destination: Destination, change: Change) -> Wish:
        """As if it were asked for with all it would have."""
        asked = {field: value for field, value in asdict(change).items() if value is not None}
        kept: dict[str, Any] = {field: getattr(destination, field) for field in asdict(change) if field != "write_key"}
        same_place = asked.get("url", destination.url) == destination.url
        if destination.shape.is_segments and same_place:
            kept["write_key"] = self.open_secret(destination)
        return Wish(destination.name, shape=destination.shape, **{**kept, **asked})

    def disable(self, name: str, author: str = "", why: str = "", expected: str | None = None) -> ShownDestination:
        """Tell it nothing any more; its place is remembered. Once more changes nothing. ``expected``: its state as the
        caller saw it."""
        with self._changing:
            destination = self._expect(name, expected)
            if destination.disabled_at is None:
                destination = replace(destination, disabled_at=self._clock())
                self._keep(destination, "destination.disable", author, why)
        return self._shown(destination)

    def enable(self, name: str, author: str = "", expected: str | None = None) -> ShownDestination:
        """Go on where it was disabled, or with the oldest entry that is still kept."""
        with self._changing:
            destination = self._expect(name, expected)
            if destination.disabled_at is not None:
                first, _ = self._feed.span()
                standing = self._deliveries.standing(name)
                if standing is None or standing.position < first - 1:
                    self._deliveries.place(name, first - 1)
                destination = replace(destination, disabled_at=None)
                self._keep(destination, "destination.enable", author)
        return self._shown(destination)

    def replay(self, name: str, position: int, author: str = "", expected: str | None = None) -> ShownDestination:
        """Tell it once more of everything from a position on, under the same ids.

        Raises DataError for a position that is not kept any more, or not yet given.
        """
        with self._changing:
            destination = self._expect(name, expected)
            check_position(self._feed, position)
            self._deliveries.place(name, position - 1)
            self._destinations.put_destination(
                destination, [AuditEntry(self._clock(), author, "destination.replay", name, f"from {position}")]
            )
        return self._shown(destination)

    def preview_replay(self, name: str, position: int | None = None, since: int | None = None) -> ReplayPreview:
        """What `replay` from a position, or from an instant on, would tell it; from the first that is kept unless one
        of them is given."""
        destination = self._get(name)
        if position is None:
            first, _ = self._feed.span()
            position = first if since is None else self._feed.before(since) + 1
        return preview_replay(self._feed, destination, position, self._zone)

    def get(self, name: str) -> Destination:
        """Raises NotFound."""
        return self._get(name)

    def _expect(self, name: str, expected: str | None) -> Destination:
        """The destination, if it is as the caller saw it. Raises Stale."""
        destination = self._get(name)
        expect(f"The destination {name}", state_of(destination), expected)
        return destination

    def _shown(self, destination: Destination) -> ShownDestination:
        standing = self._deliveries.standing(destination.name) or Standing(0, 0)
        late, dead = self._deliveries.counts().get(destination.name, (0, 0))
        return ShownDestination(destination, standing, self._feed.span()[1], late, dead, self._zone)

    def _keep(self, destination: Destination, action: str, author: str, why: str = "") -> None:
        entry = AuditEntry(self._clock(), author, action, destination.name, why)
        self._destinations.put_destination(destination, [entry])
        self._enabled = None

    def _find(self, name: str) -> Destination | None:
        return next((each for each in self._destinations.destinations() if each.name == name), None)

    def _get(self, name: str) -> Destination:
        destination = self._find(name)
        if destination is None:
            known = [each.name for each in self._destinations.destinations()]
            raise NotFound(f"There is no destination {name[:100]!r}.", hint=did_you_mean(name, known))
        return destination
