"""Bodies of Segment's protocol: every message comes out as it went in, whatever is around it."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.collect.batches import cut_batch, cut_message
from limner.collect.unpacking import unpack
from limner.errors import DataError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats() | st.text(st.characters(), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)
"""Also NaN and infinities, and lone surrogates, as sloppy clients send them."""


@given(
    batch=st.lists(st.dictionaries(st.text(max_size=5), JSON, max_size=3), max_size=4),
    around=st.dictionaries(st.sampled_from(["sentAt", "writeKey", "context", "Batch", "a"]), JSON, max_size=3),
    indent=st.none() | st.just(1),
    first=st.booleans(),
)
def test_every_message_of_a_batch_comes_out(
    batch: list[Any], around: dict[str, Any], indent: int | None, first: bool
) -> None:
    document = {"batch": batch, **around} if first else {**around, "batch": batch}
    body = json.dumps(document, ensure_ascii=True, indent=indent).encode()
    lines = cut_batch(body).lines
    assert all(b"\n" not in line for line in lines)
    assert [str(json.loads(line)) for line in lines] == [str(message) for message in batch]


@given(st.binary(max_size=60) | st.text(alphabet='{}[]",:batch1 \n', max_size=40).map(str.encode))
def test_any_bytes_are_a_batch_or_a_sentence(body: bytes) -> None:
    for cut in (cut_batch, lambda body: cut_message(body, "track"), unpack):
        with suppress(DataError):
            cut(body)


@pytest.mark.parametrize(
    ("body", "said"),
    [(b"", "The body is empty."), (b"[]", "no JSON object: .*got `array`.$"), (b'{"batch"', "no JSON")],
)
def test_a_body_that_is_no_batch_is_a_sentence(body: bytes, said: str) -> None:
    with pytest.raises(DataError, match=said):
        cut_batch(body)


def test_frame_is_read() -> None:
    body = b'{"batch":[{"a":1}],"sentAt":"2026-11-22T16:21:42.5+00:00","writeKey":"K"}'
    batch = cut_batch(body)
    assert (batch.lines, batch.sent_at, batch.write_key) == ((b'{"a":1}',), 1_795_364_502_500_000, "K")
    assert cut_batch(b'{"batch":[],"sentAt":"soon","writeKey":7}').sent_at is None


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (b'{"userId":"a"}', b'{"type":"track","userId":"a"}'),
        (b" {} ", b'{"type":"track"}'),
        (b'{"type":"page"}', b'{"type":"page"}'),
        (b'{"amount":NaN}', b'{"type":"track","amount":NaN}'),
        (b'{\n"a":"\\ud800"}', b'{"type":"track","a":"\\ud800"}'),
    ],
)
def test_a_path_tells_the_type_a_message_lacks(body: bytes, line: bytes) -> None:
    assert cut_message(body, "track").lines == (line,)


def test_the_good_messages_beside_odd_ones_come_out() -> None:
    deep = "[" * 50_000 + "]" * 50_000
    body = '{"sentAt":"2026-11-22T00:00:00Z","batch":[{"a":1},{"b":NaN},{"c":DEEP},{"d" 1},{"e":"}"}]}'.replace(
        "DEEP", deep
    )
    batch = cut_batch(body.encode())
    assert batch.sent_at is not None
    assert [len(line) for line in batch.lines] == [7, 9, 100_006, 7, 9]


@pytest.mark.parametrize("body", [b"", b"[]", b'"a"', b'{"batch":{}}', b'{"batch":', b"[" * 100_000, b"\xff\xfe"])
def test_what_is_no_batch_is_refused_with_a_sentence(body: bytes) -> None:
    with pytest.raises(DataError, match=r"body"):
        cut_batch(body)


def test_gzip_is_known_by_its_bytes() -> None:
    assert unpack(gzip.compress(b'{"a":1}') + gzip.compress(b" ")) == b'{"a":1} '
    assert unpack(b'{"a":1}') == b'{"a":1}'
    for broken in (gzip.compress(b"a" * 999)[:-9], b"\x1f\x8bxx", gzip.compress(b"a")[:5]):
        with pytest.raises(DataError, match="gzip"):
            unpack(broken)


def test_a_gzip_bomb_is_refused_before_it_goes_off() -> None:
    bomb = gzip.compress(bytes(200 << 20), 9)
    tracemalloc.start()
    with pytest.raises(DataError, match="unpacks to more than"):
        unpack(bomb, most=1 << 20)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 << 20
