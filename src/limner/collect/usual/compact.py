"""JSON without the space between its tokens, of lines that everybody writes alike: `limner.collect.plain.TOKENS` as a
kernel. It is stricter than the scan of members, and calls none of its parts: a kernel knows only those of its file."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from limner.collect.enrichment.scan import (
    BACKSLASH,
    DOT,
    FALSE,
    LAST_CONTROL,
    MINUS,
    NINE,
    NOWHERE,
    NULL,
    QUOTE,
    TRUE,
    ZERO,
)
from limner.collect.enrichment.texts import Bytes
from limner.compiled import inner, kernel

Places = npt.NDArray[np.int32]

MARKS = np.isin(np.arange(256), np.frombuffer(b"{}[],:", np.uint8))
SPACES = np.isin(np.arange(256), np.frombuffer(b" \t\r\n", np.uint8))


@kernel
def compact(data: Bytes, begins: Places, ends: Places) -> Places:
    """Take the space out of each text, in place; where it ends now. Where it began, when it is not that plain."""
    shorter = begins.copy()
    for row in range(len(begins)):
        at, end, to, after_value = begins[row], ends[row], begins[row], False
        while at < end:
            if SPACES[data[at]]:
                at += 1
                continue
            is_value = not MARKS[data[at]]
            # Two values side by side are no JSON, and would become one.
            behind = NOWHERE if is_value and after_value else skip_value(data, at, end) if is_value else at + 1
            if behind == NOWHERE:
                to = begins[row]
                break
            for place in range(at, behind):
                data[to] = data[place]
                to += 1
            at, after_value = behind, is_value
        shorter[row] = to
    return shorter


@inner
def skip_value(data: Bytes, at: int, end: int) -> int:
    """Behind a text, number or word."""
    if data[at] == QUOTE:
        at += 1
        while at < end and data[at] != QUOTE:
            if data[at] <= LAST_CONTROL or data[at] == BACKSLASH:
                return NOWHERE
            at += 1
        return at + 1 if at < end else NOWHERE
    if data[at] == MINUS or ZERO <= data[at] <= NINE:
        return skip_number(data, at, end)
    word = TRUE if data[at] == TRUE[0] else FALSE if data[at] == FALSE[0] else NULL
    for letter in word:
        if at == end or data[at] != letter:
            return NOWHERE
        at += 1
    return at


@inner
def skip_number(data: Bytes, at: int, end: int) -> int:
    """Numbers that every library writes alike."""
    negative = data[at] == MINUS
    first = at + 1 if negative else at
    at = skip_digits(data, first, end)
    whole, decimals = at - first, 0
    if at < end and data[at] == DOT:
        behind = skip_digits(data, at + 1, end)
        decimals = behind - at - 1
        if decimals == 0 or data[behind - 1] == ZERO:
            return NOWHERE
        at = behind
    if at < end and (data[at] == ord("e") or data[at] == ord("E") or data[at] == DOT):
        return NOWHERE
    if whole == 0:
        return NOWHERE
    if data[first] == ZERO:
        return at if whole == 1 and not negative and decimals <= 3 else NOWHERE
    return at if (whole <= 9 and decimals <= 5) or (whole <= 15 and decimals == 0) else NOWHERE


@inner
def skip_digits(data: Bytes, at: int, end: int) -> int:
    while at < end and ZERO <= data[at] <= NINE:
        at += 1
    return at
