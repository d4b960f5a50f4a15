from __future__ import annotations

from collections import Counter
from hashlib import md5

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from limner.collect.event_ids import Occurrences, identify_rows


@given(st.lists(st.lists(st.integers(0, 20), max_size=30), max_size=8))
def test_occurrences_count_like_a_dictionary(chunks: list[list[int]]) -> None:
    occurrences, seen = Occurrences(), Counter[int]()
    for chunk in chunks:
        expected = []
        for key in chunk:
            seen[key] += 1
            expected.append(seen[key])
        assert occurrences.number(np.array(chunk, np.uint64)).tolist() == expected


def test_only_missing_ids_are_made() -> None:
    digests = [md5(text.encode()).hexdigest() for text in "aab"]
    ids = identify_rows(
        pa.chunked_array([["x", None], [None, None]]),
        pa.chunked_array([[None, digests[0]], [digests[1], digests[2]]], pa.string()),
        Occurrences(),
    )
    assert ids.to_pylist() == ["x", f"{digests[0]}-1", f"{digests[0]}-2", f"{digests[2]}-1"]
