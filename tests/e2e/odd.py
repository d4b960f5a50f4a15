"""What sloppy and hostile clients may send, as hypothesis draws it: messages and values no documentation knows."""

from __future__ import annotations

import json
import re
from typing import Any

from hypothesis import strategies as st


def write_json(value: Any, plain: bool) -> bytes:
    """With NaN and infinities as Python has them; lone surrogates escaped or, ``plain``, as bytes that are no UTF-8."""
    text = json.dumps(value, ensure_ascii=not plain)
    return DEEP.sub(lambda found: nest(int(found[1])), text).encode("utf-8", "surrogatepass")


DEEP = re.compile('"deep ([0-9]+)"')
"""Stands for a value nested so many levels, which Python could not hold."""


def nest(depth: int) -> str:
    return '[{"a":' * (depth // 2) + "1" + "}]" * (depth // 2)


TEXTS = st.one_of(
    st.text(max_size=8),
    st.text(st.characters(codec=None), max_size=6),
    st.sampled_from(
        ["", " ", "\0", "a\0b", "\ud800", "\udc00a", "张三", "x" * 10_000, "é" * 300, '"', "\\", "\n", "null"]
    ),
)
TIMES = st.sampled_from([
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59-14:00", "0000-00-00", "-5", "",
    "2026-02-30T00:00:00Z", "2026-11-22T10:00:00+99:99", "1969-12-31", "+292278994-08-17T07:12:55Z", "infinity",
    "epoch", "now", "2026-11-22", "294247-01-10", "2026-11-22T10:00:00.123456789Z", 0, -1, 1e308, 2**63, True, [], {},
])  # fmt: skip
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([2**63, -(2**63) - 1, 2**64, 10**400, 1e308, -0.0, 1e-320]),
    st.floats(),
    TEXTS,
    TIMES,
)
VALUES = st.one_of(
    st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
        max_leaves=8,
    ),
    st.sampled_from(["deep 90", "deep 200", "deep 990", "deep 50000"]),
)
NAMES = st.sampled_from(["amount", "place", "city", "traits", "page", "ip", "url", "referrer", "phone", "utm", "$ip"])
OBJECTS = st.one_of(st.dictionaries(st.one_of(NAMES, TEXTS), VALUES, max_size=5), VALUES)
TYPES = st.sampled_from(["track", "identify", "page", "screen", "group", "alias", "TRACK", "", None, 7])
CONTEXTS = st.one_of(
    st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(("page", "campaign", "device", "os", "app", "locale", "ip", "userAgent"), VALUES)
        | {"traits": OBJECTS, "externalIds": st.one_of(VALUES, st.lists(OBJECTS, max_size=3))},
    ),
    VALUES,
)
MESSAGES = st.one_of(
    st.fixed_dictionaries(
        {"type": TYPES},
        optional={
            "event": st.one_of(TEXTS, VALUES),
            "properties": OBJECTS,
            "traits": OBJECTS,
            "context": CONTEXTS,
            **dict.fromkeys(("userId", "anonymousId", "previousId", "groupId", "name", "category"), SCALARS | VALUES),
            **dict.fromkeys(("timestamp", "originalTimestamp", "sentAt", "receivedAt"), TIMES | VALUES),
            "messageId": st.one_of(st.sampled_from(["", None, "y" * 10_000]), VALUES),
        },
    ),
    VALUES,
)


IDENTITIES = st.sampled_from(["$identity_login_id", "$identity_mobile", "$identity_cookie_id", "a", ""])
ITEMS = st.one_of(
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(
                ["track", "track_signup", "track_id_bind", "track_id_unbind", "item_set", "item_delete", "profile_set",
                 "profile_set_once", "profile_increment", "profile_append", "profile_unset", "profile_delete", "", None]
            )
        },
        optional={
            "event": st.one_of(TEXTS, VALUES),
            "properties": OBJECTS,
            "identities": st.one_of(st.dictionaries(IDENTITIES, VALUES), VALUES),
            "lib": OBJECTS,
            **dict.fromkeys(("distinct_id", "login_id", "anonymous_id", "original_id", "item_type", "item_id"), VALUES),
            **dict.fromkeys(("time", "_flush_time"), st.one_of(TIMES, VALUES, st.sampled_from([1_795_300_000_000]))),
            "_track_id": SCALARS,
        },
    ),
    VALUES,
)  # fmt: skip
