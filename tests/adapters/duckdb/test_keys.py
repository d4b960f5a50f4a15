"""Keys of events, against a slow twin; and their values, which stand in logs."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from limner.adapters.duckdb.keys import key_of, key_rows

MASK = 2**64 - 1


def hash_slowly(text: str, seed: int) -> int:
    data = text.encode()
    mixed = seed ^ (len(data) * 0xC2B2AE3D27D4EB4F & MASK)
    for at in range(0, len(data), 8):
        word = int.from_bytes(data[at : at + 8], "little")
        mixed = (mixed ^ (word * 0x9E3779B97F4A7C15 & MASK)) * 0xC2B2AE3D27D4EB4F & MASK
        mixed ^= mixed >> 29
    mixed = mixed * 0x9E3779B97F4A7C15 & MASK
    return mixed ^ (mixed >> 32)


@given(st.lists(st.tuples(st.text(max_size=3), st.text(max_size=40)), min_size=1), st.integers(0, 3))
def test_every_row_has_the_key_of_its_bytes(rows: list[tuple[str, str]], skipped: int) -> None:
    sources, ids = (pa.chunked_array([pa.array(column, pa.string())]) for column in zip(*rows, strict=True))
    expected = [hash_slowly(event_id, hash_slowly(source, 0)) for source, event_id in rows[skipped:]]
    assert key_rows(sources[skipped:], ids[skipped:]).tolist() == expected


def test_keys_never_change() -> None:
    found = [f"{key_of('shop', text):016x}" for text in ("1", "order-000017", "订单")]
    assert found == ["0349b4a07ba14d04", "49fd00ea85b05e49", "90b6afb7607a579f"]
