"""Whom lines mention together, as arrays; and the lines of which compiled kernels can tell that.

That is a message which names no more than a user, a browser and a device, each in letters that normalisation leaves as
they are. What else it says may be written with escapes, as many clients write all that is not ASCII.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from limner.collect.enrichment.scan import BACKSLASH, COLON, LETTER_U, NINE, QUOTE, SPACE, ZERO
from limner.collect.enrichment.texts import Bytes, Spans
from limner.collect.usual.lot import are_there, scan_members
from limner.collect.usual.spans import Mask
from limner.compiled import kernel
from limner.identity.normalise import MAX_BYTES

Identifier = tuple[str, str]
"""Type and value, normalised."""
Places = npt.NDArray[np.int32]
MESSAGE = ("userId", "anonymousId", "context", "event", "traits", "externalIds", "previousId")
CONTEXT = ("device", "traits", "externalIds")
DEVICE = ("id",)
KINDS = ("user_id", "anonymous_id", "device_id")
NOBODY, PLAIN, ODD = 0, 1, 2
LOOSE = np.isin(np.arange(256), np.frombuffer(b"0123456789+-._:eE", np.uint8))
"""A value of these alone may be a number that a spreadsheet wrote, or nothing but zeros."""
LAST = ord("~")
DOLLAR = ord("$")


class Mentions(NamedTuple):
    people: Sequence[Identifier]
    """Each once."""
    sets: Places
    """Those that a line mentions, a row each: their places in ``people``, -1 = nobody else."""

    def of_several(self) -> Mentions:
        """Without the sets of nobody or one."""
        return self._replace(sets=self.sets[(self.sets >= 0).sum(axis=1) > 1])


NONE = Mentions((), np.empty((0, 1), np.int32))


def list_sets(mentions: Mentions, rows: Sequence[int] | None = None) -> list[frozenset[Identifier]]:
    """The sets in these rows; None = in all."""
    sets = mentions.sets if rows is None else mentions.sets[rows]
    return [frozenset(mentions.people[place] for place in row if place >= 0) for row in sets.tolist()]


def join_mentions(first: Mentions, sets: Iterable[Collection[Identifier]]) -> Mentions:
    """With these sets, too."""
    places = {one: place for place, one in enumerate(first.people)}
    more = [[places.setdefault(one, len(places)) for one in together] for together in sets]
    width = max(first.sets.shape[1], *map(len, more), 1)
    joined = np.full((len(first.sets) + len(more), width), -1, np.int32)
    joined[: len(first.sets), : first.sets.shape[1]] = first.sets
    for row, together in enumerate(more, len(first.sets)):
        joined[row, : len(together)] = together
    return Mentions(tuple(places), joined)


def read_mentions(lines: Sequence[bytes]) -> tuple[Mentions, Sequence[int], Sequence[int]]:
    """Whom those lines mention of which that can be told; the places of those of them that have names of members
    written with escapes; and the places of the other lines."""
    ends = np.cumsum([len(line) for line in lines], dtype=np.int32)
    data = np.frombuffer(bytearray().join(lines), np.uint8)
    whole = np.stack([ends - [len(line) for line in lines], ends], axis=1).astype(np.int32)
    message, fine = scan_members(data, whole, MESSAGE)
    found = dict(zip(MESSAGE, message, strict=True))
    context, sound = scan_members(data, found["context"], CONTEXT)
    device, told = scan_members(data, context[0], DEVICE)
    named = np.stack([found["userId"], found["anonymousId"], device[0]])
    looks = judge_values(data, named)
    fine &= are_there(whole) & sound & told & (looks != ODD).all(axis=0) & ~may_bind(data, found["event"])
    for unusual in (found["traits"], found["externalIds"], found["previousId"], *context[1:]):
        fine &= ~are_there(unusual)
    named[(looks != PLAIN) | ~fine] = 0
    escaped = np.flatnonzero(fine & has_escaped_name(data, whole))
    return gather(data, named[:, fine]), escaped.tolist(), np.flatnonzero(~fine).tolist()


def gather(data: Bytes, named: Spans) -> Mentions:
    """``named``: kinds × lines × 2, where the values are."""
    places: dict[Identifier, int] = {}
    sets = np.full(named.shape[:2], -1, np.int32)
    text = data.tobytes().decode("latin-1")  # what is cut out of it is ASCII
    for kind, spans, row in zip(KINDS, named.tolist(), sets, strict=True):
        row[:] = [
            places.setdefault((kind, text[begin + 1 : end - 1]), len(places)) if end else -1 for begin, end in spans
        ]
    return Mentions(tuple(places), np.ascontiguousarray(sets.T))


@kernel
def judge_values(data: Bytes, values: Spans) -> npt.NDArray[np.uint8]:
    """Does each name NOBODY, or somebody by the very letters that stand there (PLAIN)? Else it is ODD. See
    `limner.identity.normalise`: what has a digit is no placeholder."""
    looks = np.full(values.shape[:2], NOBODY, np.uint8)
    for kind in range(values.shape[0]):
        for row in range(values.shape[1]):
            begin, end = values[kind, row, 0], values[kind, row, 1]
            if begin == end or (data[begin] == QUOTE and end - begin == 2):
                continue
            fine = data[begin] == QUOTE and end - begin - 2 <= MAX_BYTES
            digits, letters, nonzero = 0, False, False
            for place in range(begin + 1, end - 1):
                letter = data[place]
                fine &= SPACE < letter <= LAST and letter != BACKSLASH
                digits += ZERO <= letter <= NINE
                nonzero |= ZERO < letter <= NINE
                letters |= not LOOSE[letter]
            whole = digits == end - begin - 2 and nonzero
            looks[kind, row] = PLAIN if fine and (whole or (letters and digits > 0)) else ODD
    return looks


@kernel
def may_bind(data: Bytes, events: Spans) -> Mask:
    """May the event's name be ``$BindID`` or ``$UnbindID``, whatever escapes it is written with?"""
    found = np.zeros(len(events), np.bool_)
    for row in range(len(events)):
        begin, end = events[row, 0] + 1, events[row, 1] - 1
        if end - begin < 2:
            continue
        first, second = data[begin], data[begin + 1]
        sign = first == DOLLAR and (second == ord("B") or second == ord("U") or second == BACKSLASH)
        found[row] = sign or (first == BACKSLASH and second == LETTER_U and data[begin + 2] == ZERO)
    return found


@kernel
def has_escaped_name(data: Bytes, lines: Spans) -> Mask:
    """Is the name of any member, of whatever object, written with escapes? Of lines that are JSON."""
    found = np.zeros(len(lines), np.bool_)
    for row in range(len(lines)):
        at, end = lines[row, 0], lines[row, 1]
        while at < end:
            if data[at] != QUOTE:
                at += 1
                continue
            at += 1
            escaped = False
            while at < end and data[at] != QUOTE:
                escaped |= data[at] == BACKSLASH
                at += 2 if data[at] == BACKSLASH else 1
            at += 1
            while escaped and at < end and data[at] <= SPACE:
                at += 1
            if escaped and at < end and data[at] == COLON:
                found[row] = True
                break
    return found
