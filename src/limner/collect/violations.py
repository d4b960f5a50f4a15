"""What is wrong with an event, in sentences its sender may read.

They never show what could identify somebody: a value is shown only when it is a short word or number, is none of the
event's identifiers, and does not stand in a property named like one.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

SHOWN_REASONS = 5
LONGEST_WORD = 40
MOST_DIGITS = 4
"""Of a text or number that is shown; dates, phones and most customer numbers have more."""

_PERSONAL = re.compile(
    r"phone|mobile|tel$|email|mail$|(^|[_.$])id(_?card)?$|_id$|[a-z]Id$|unionid|openid|customer_no|passport|identity|"
    r"password|token|secret|name$|address|card|birth",
    re.IGNORECASE,
)
"""Names of properties whose values stay unseen."""


class Fault(StrEnum):
    """What kind of thing is wrong: a closed list, fit for counting."""

    MISSING = "missing"
    TYPE = "type"
    ENUM = "enum"
    RANGE = "range"
    PATTERN = "pattern"
    UNPLANNED = "unplanned"
    """A property the plan does not name, where such are refused; counted as property ``*``."""
    UNKNOWN = "unknown event"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Violation:
    property: str
    """Its path in the plan; ``*`` = the event as a whole, or a property the plan does not name."""
    fault: Fault
    what: str
    """The rest of the sentence, after the property and what was found."""
    found: object = None

    def sentence(self, hidden: Collection[str] = ()) -> str:
        """``hidden``: values that must not be shown, such as the event's identifiers.

        >>> Violation("amount", Fault.TYPE, "but a number is meant", "a lot").sentence()
        "amount is 'a lot', but a number is meant."
        """
        if self.property == "*":
            return f"{self.what}."
        if self.found is None:
            return f"{self.property} {self.what}."
        return f"{self.property} is {show(self.found, self.property, hidden)}, {self.what}."


def show(value: object, path: str = "", hidden: Collection[str] = ()) -> str:
    """A value as a sentence may show it.

    >>> [show(value) for value in ("app", 12.5, 13800000000, "li@example.com", "x" * 99, True, [1])]
    ["'app'", '12.5', 'a number of 11 digits', 'a text of 14 characters', 'a text of 99 characters', 'true', 'a list']
    """
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "a group of fields"
    if isinstance(value, bool):
        return str(value).lower()
    personal = _PERSONAL.search(path) is not None
    if isinstance(value, str):
        return "a text" if personal else repr(value) if is_word(value, hidden) else f"a text of {len(value)} characters"
    return "a number" if personal else _show_number(value, hidden)


def _show_number(value: object, hidden: Collection[str]) -> str:
    try:
        text = str(value)
    except ValueError:  # Python writes no number of more than 4,300 digits
        return "a huge number"
    digits = sum(character.isdigit() for character in text)
    if text in hidden:
        return "a number"
    return text if digits <= MOST_DIGITS + 2 else f"a number of {digits} digits"


def is_word(text: str, hidden: Collection[str] = ()) -> bool:
    """Is this short, printable and nobody's identifier?"""
    if len(text) > LONGEST_WORD or not text.isprintable() or "@" in text or text.strip() in hidden:
        return False
    return sum(character.isdigit() for character in text) <= MOST_DIGITS


def explain_violations(event: str, violations: list[Violation], hidden: Collection[str] = ()) -> str:
    """The reason of a reject.

    >>> explain_violations("order_paid", [Violation("amount", Fault.MISSING, "is missing")])
    'order_paid: amount is missing.'
    """
    told = [violation.sentence(hidden) for violation in violations[:SHOWN_REASONS]]
    more = len(violations) - len(told)
    return f"{event}: {' '.join(told)}" + (f" And {more} more." if more else "")
