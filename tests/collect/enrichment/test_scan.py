"""How far JSON values reach, held against msgspec."""

from __future__ import annotations

import json

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.collect.enrichment.scan import DEEPEST, NOWHERE, skip_value

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**30) | st.floats(0.01, 1e6) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner, max_size=4),
)


def reach(text: str) -> int:
    """Bytes of the value at the beginning; NOWHERE if it is none."""
    data = np.frombuffer(text.encode(), np.uint8)
    return int(skip_value(data, 0, len(data)))


@given(JSON, st.booleans(), st.sampled_from([None, 1]), st.sampled_from(["", " ", ",", "]", '"', "}x"]))
def test_what_is_json_is_passed_as_far_as_it_reaches(value: object, ascii: bool, indent: int | None, rest: str) -> None:
    text = json.dumps(value, ensure_ascii=ascii, indent=indent)
    assert reach(text + rest) == len(text.encode())


@given(st.text(st.sampled_from('{}[]:,"\\u0d8c1-.e+trunfalse \n\x01é'), max_size=30))
def test_what_is_passed_as_a_whole_can_be_decoded(text: str) -> None:
    if reach(text) == len(text.encode()):
        msgspec.json.decode(text)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("[" * DEEPEST + "]" * DEEPEST, 2 * DEEPEST),
        ("[" * (DEEPEST + 2) + "]" * (DEEPEST + 2), NOWHERE),
        ("9" * 300, 300),
        ("9" * 301, NOWHERE),
        ("1e5", NOWHERE),
        ('"\\ud83d\\ude00"', 14),
        ('"\\ud83d"', NOWHERE),
        ('"\\ude00\\ud83d"', NOWHERE),
        ('"\\ud83d\\ud83d"', NOWHERE),
        ('"\\u12', NOWHERE),
        ('"1234567\x1f"', NOWHERE),
        ('"1234567"8"', 9),
        ("truer", 4),
        ("tru", NOWHERE),
        ("", NOWHERE),
    ],
)
def test_edges(text: str, length: int) -> None:
    assert reach(text) == length
