"""What the verbs of One-ID answer. Keys are ``type:value``, customer ids ``c`` and a number, times UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Identifier:
    """One identifier as a customer's events carry it."""

    type: str
    value: str
    priority: int
    """1 is the strongest type."""
    shared: bool
    """Over its cap: seen on this customer's events, but no proof of who they are."""
    events: int
    """This customer's events that carry it."""
    first_seen: datetime | None
    last_seen: datetime | None


@dataclass(frozen=True, slots=True)
class Customer:
    """Who a key is: all identifiers, strongest first."""

    customer_id: str
    events: int
    first_seen: datetime
    last_seen: datetime
    identifiers: tuple[Identifier, ...]
    merged_by_hand: bool
    """Is it held together by at least one merge by hand?"""


@dataclass(frozen=True, slots=True)
class Step:
    """Why two identifiers belong together: events that carried both, or a merge by hand."""

    left: str
    right: str
    by: Literal["events", "merge"]
    events: int = 0
    event: str | None = None
    """Name of one of them, and its source."""
    source: str | None = None
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    seq: int | None = None
    author: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why two keys are, or are not, one customer."""

    linked: bool
    customer_ids: tuple[str, str]
    cause: Literal["same", "chain", "shared", "split", "unseen"]
    """same: one identifier; chain: ``chain`` links them; the others say why nothing does."""
    why: str
    """The cause as a sentence."""
    chain: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Merged:
    seq: int
    """Of the decision in the log."""
    customer_id: str
    absorbed: str
    """The id that from now on resolves to ``customer_id``."""


@dataclass(frozen=True, slots=True)
class Part:
    customer_id: str
    identifiers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parted:
    """What a split made of one customer."""

    seq: int
    undid_merge: bool
    """True: the customers are again those that were merged by hand."""
    taken: Part
    rest: tuple[Part, ...]
    """More than one when only what was taken out held them together."""


@dataclass(frozen=True, slots=True)
class SharedIdentifier:
    identifier: str
    """Masked."""
    seen_with: Mapping[str, int]
    """Type to number of distinct identifiers."""


@dataclass(frozen=True, slots=True)
class LargeCustomer:
    customer_id: str
    identifiers: int


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody should look at."""

    customers: int
    shared: Mapping[str, int]
    """Type to number of shared identifiers."""
    most_shared: tuple[SharedIdentifier, ...]
    largest: tuple[LargeCustomer, ...]
