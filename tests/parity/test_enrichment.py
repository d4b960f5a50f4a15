"""Enrichment by the column, held against its twin, on JSON of every kind and on what is none."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.collect.tables import events_of
from tests.parity.enrichment import enrich_properties, enrich_traits

from limner.collect.enrich import PROPERTIES, TRAITS, enrich
from limner.collect.enrichment.told import LONGEST_KEPT

FIREFOX = '"Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"'
ADVERT = '"https://shop.cn/?utm_source=x&gclid=1"'
SEARCH = '"https://www.baidu.com/s?wd=%E8%8C%B6"'
USUAL = (
    *('""', '"a"', FIREFOX, ADVERT, SEARCH, '"商品😀"', '"135 1234 5678"', '"+8618612345678"', "13512345678"),
    *("null", "true", "0", "-1.5", "{}", "[]", '{"page":{"url":1},"browser":2}', '[{"phone":"x"},[]]'),
)
ODD = (
    *(
        '"\\u5546\\/\\n"',
        '"\\ud83d\\ude00"',
        '"\\ud800"',
        '"\\ude00\\ud83d"',
        '"\\x"',
        '"\\u12g4"',
        '"a\x01"',
        '"\x7f"',
    ),
    *('"page"', '"\\"page\\":"', '"browser"', '"phone_city"', f'"{"x" * LONGEST_KEPT}"', '"' + "é" * 9),
    *("NaN", "-Infinity", "1e5", "1e999", "1" * 310, "01", "1.", ".5", "-", "+1", "nul", "12345678901234567890123"),
    *("[" * 59 + "]" * 59, "[" * 61 + "]" * 61, '{"a":' * 70 + "1" + "}" * 70, "[1,]", '{"a"}', "]", ""),
)
NAMES = tuple(f'"{name}"' for name in (
    "userAgent", "page", "campaign", "phone", "url", "referrer", "search", "source", "name", "x", *PROPERTIES, *TRAITS,
))  # fmt: skip
ODD_NAMES = ('"p\\u0061ge"', '"brow\\u0073er"', '"\\ud800"', '"a\\"b"', '""', "page")
BLANK = st.sampled_from(["", "", "", " ", "\n\t\r ", "\u3000", "\x0b"])


def objects(names: st.SearchStrategy[str], values: st.SearchStrategy[str], most: int) -> st.SearchStrategy[str]:
    """Some with the same name twice, some with blanks."""
    member = st.builds("{}{}{}:{}{}".format, BLANK, names, BLANK, BLANK, values)
    return st.lists(member, max_size=most).map(lambda members: "{" + ",".join(members) + "}")


SCALARS = st.sampled_from(USUAL)
USUAL_NAMES = st.sampled_from(NAMES)
VALUES = SCALARS | objects(USUAL_NAMES, SCALARS, 3)
SENT = objects(USUAL_NAMES, VALUES, 6)
ODD_VALUES = st.recursive(
    st.sampled_from(USUAL + ODD), lambda inner: objects(st.sampled_from(NAMES + ODD_NAMES), inner, 3)
)
ODDLY_SENT = st.builds("{}{}{}".format, BLANK, objects(st.sampled_from(NAMES + ODD_NAMES), ODD_VALUES, 5), BLANK)
DAMAGED = st.builds(lambda text, place, by: text[:place] + by + text[place + 1 :], SENT, st.integers(0, 60), st.text())
TEXTS = st.none() | SENT | ODDLY_SENT | DAMAGED
ROWS = st.fixed_dictionaries(
    {"properties": TEXTS, "traits": TEXTS},
    optional={"id.phone": st.sampled_from(["13512345678", "+44 20 7946 0958", "x", ""])},
)


@given(st.lists(ROWS, min_size=1, max_size=12), st.integers(0, 2))
def test_columns_are_enriched_as_their_rows_are(rows: list[dict[str, Any]], skipped: int) -> None:
    enriched = enrich(events_of(*rows).slice(min(skipped, len(rows) - 1)))
    enriched.validate(full=True)
    kept = rows[min(skipped, len(rows) - 1) :]
    assert enriched["properties"].to_pylist() == [enrich_properties(row["properties"]) for row in kept]
    assert enriched["traits"].to_pylist() == [enrich_traits(row["traits"], row.get("id.phone")) for row in kept]


@pytest.mark.parametrize("value", USUAL + ODD, ids=lambda value: value[:20])
def test_one_odd_value_anywhere(value: str) -> None:
    good = f'"userAgent":{FIREFOX},"page":{{"url":{ADVERT},"referrer":{SEARCH}}}'
    texts = [
        *(f"{{{good},{name}:{value}}}" for name in (*NAMES, *ODD_NAMES)),
        f'{{"userAgent":{FIREFOX},"page":{value},"phone":"13512345678"}}',
        f'{{"userAgent":{value},"page":{{"url":{ADVERT}}}}}',
        f'{{"userAgent":5,"page":{{"url":{ADVERT},"x":{value}}}}}',
        f"{value}{{{good}}}",
        f"{{{good}}}{value}",
    ]
    enriched = enrich(events_of(*({"properties": text, "traits": text, "id.phone": "18612345678"} for text in texts)))
    assert enriched["properties"].to_pylist() == list(map(enrich_properties, texts))
    assert enriched["traits"].to_pylist() == [enrich_traits(text, "18612345678") for text in texts]


def test_many_rows_with_few_values() -> None:
    """Equal visits, agents and phones are told of once; what was sent differs from row to row."""
    rows = [
        {
            "properties": f'{{"page":{{"url":"https://shop{row % 7}.cn/?utm_source={row % 3}"}},"n":{row},'
            f'"userAgent":{FIREFOX if row % 2 else SEARCH}' + (',"utm_source":"mine"}' if row % 5 == 0 else "}"),
            "traits": f'{{"phone":"135{row % 11}2345678"}}' if row % 4 else None,
            "id.phone": f"186{row % 13}2345678" if row % 3 else None,
        }
        for row in range(2_000)
    ]
    enriched = enrich(events_of(*rows))
    assert enriched["properties"].to_pylist() == [enrich_properties(row["properties"]) for row in rows]
    assert enriched["traits"].to_pylist() == [enrich_traits(row["traits"], row["id.phone"]) for row in rows]
