"""Dead letters as they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from limner.engage.letters import letter_id
from limner.model.clock import iso_time
from limner.ports.deliveries import DeadLetter


@dataclass(frozen=True, slots=True)
class ShownDeadLetter:
    """What was meant for whom, and why it was given up."""

    id: int
    destination: str
    letter_id: str
    """As the receiver saw it."""
    customer_id: str
    tries: int
    reason: str
    died_at: str
    message: Any
    """The body."""


def show_dead_letter(dead: DeadLetter, zone: str) -> ShownDeadLetter:
    letter = dead.letter
    return ShownDeadLetter(
        dead.id,
        dead.destination,
        letter_id(dead.destination, letter.position, letter.part),
        f"c{letter.customer}",
        letter.tries,
        letter.reason,
        iso_time(dead.died_at, zone),
        msgspec.json.decode(letter.body),
    )
