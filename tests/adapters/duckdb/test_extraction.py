"""Documents that cannot have a property are told by their text: never one that has it, however its name is written."""

from __future__ import annotations

import json

import duckdb
from hypothesis import example, given, settings
from hypothesis import strategies as st

from limner.adapters.duckdb.extraction import may_hold, quote_path

KEYS = st.sampled_from(("amount", "金额", "a/b", 'say "hi"', "back\\slash", "é", "amont"))


def escape(text: str, wanted: list[bool]) -> str:
    """JSON of a text, some of its letters as escapes."""
    plain = zip(text, wanted, strict=False)
    return '"' + "".join(f"\\u{ord(sign):04x}" if hide else json.dumps(sign)[1:-1] for sign, hide in plain) + '"'


@settings(max_examples=100)
@given(written=KEYS, hidden=st.lists(st.booleans(), min_size=20, max_size=20), asked=KEYS)
@example("amount", [False] * 20, "amount")
@example("amount", [True] * 20, "amount")
@example("a/b", [False] * 20, "a/b")
def test_what_has_a_property_may_hold_it(written: str, hidden: list[bool], asked: str) -> None:
    documents = [f'{{"page": {{{escape(written, hidden)}: 1}}}}', json.dumps({"page": {written: 1}})]
    documents += [documents[0].replace("/", "\\/"), json.dumps({"page": {written: 1}}, ensure_ascii=False)]
    path = f"page.{asked}"
    for document in documents:
        query = f"SELECT json_extract(d, {quote_path(path)}) IS NOT NULL, {may_hold('d', path)} FROM (SELECT ? AS d)"
        ((there, likely),) = duckdb.execute(query, [document]).fetchall()
        assert there == (written == asked)
        assert likely or not there, document


def test_what_cannot_have_it_is_left_out() -> None:
    query = f"SELECT {may_hold('d', 'amonut')} FROM (SELECT ? AS d)"
    assert duckdb.execute(query, ['{"amount": 1, "note": "amonut"}']).fetchall() == [(True,)], "it might"
    assert duckdb.execute(query, ['{"amount": 1, "note": "an amonut"}']).fetchall() == [(False,)]
