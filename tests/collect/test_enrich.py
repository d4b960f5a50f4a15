"""Enrichment of tables of events."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.collect.tables import events_of

from limner.collect.enrich import PROPERTIES, TRAITS, enrich
from limner.collect.enrichment.told import LONGEST_KEPT, _tell_visit_kept

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"
BROWSER = {"browser": "Firefox", "browser_version": "133.0", "os_name": "Linux", "device_type": "desktop"}
CHONGQING = {
    "phone_region": "重庆市",
    "phone_province": "重庆",
    "phone_city": "重庆",
    "phone_carrier": "中国移动",
}


def told(column: str, **row: Any) -> Any:
    table = enrich(events_of(row))
    text = table[column][0].as_py()
    return text if text is None else json.loads(text)


def test_everything_at_once() -> None:
    sent = {
        "sku": "S1",
        "userAgent": FIREFOX,
        "page": {"url": "https://shop.cn/p?utm_source=x&gclid=7", "referrer": "https://www.baidu.com/s?wd=茶"},
        "campaign": {"name": "双11"},
    }
    properties = told("properties", properties=sent)
    assert properties == BROWSER | sent | {
        "utm_source": "x",
        "utm_campaign": "双11",
        "ad_network": "google",
        "ad_click_id": "7",
        "referrer_domain": "baidu.com",
        "search_engine": "baidu",
        "search_keyword": "茶",
        "traffic_source": "ad",
    }
    assert set(properties) - set(sent) <= set(PROPERTIES)


def test_what_was_sent_stays() -> None:
    sent = {
        "browser": "mine",
        "os_name": None,
        "traffic_source": 5,
        "userAgent": FIREFOX,
        "page": {"url": "https://a.b/"},
    }
    properties = told("properties", properties=sent)
    assert properties == sent | {"browser_version": "133.0", "device_type": "desktop"}
    text = enrich(events_of({"properties": sent}))["properties"][0].as_py()
    assert text.count('"browser"') == text.count('"os_name"') == 1
    inner = {"page": {"url": "https://a.b/", "browser": "x"}}
    assert told("properties", properties=inner) == inner | {"traffic_source": "direct"}


def test_numbers_and_spaces_stay_as_they_are_written() -> None:
    text = ' { "n" : 1.50, "big":12345678901234567890123 ,"userAgent":"' + FIREFOX + '"}'
    changed = enrich(events_of({"properties": text}))["properties"][0].as_py()
    assert changed.endswith('"n" : 1.50, "big":12345678901234567890123 ,"userAgent":"' + FIREFOX + '"}')
    assert json.loads(changed) == BROWSER | json.loads(text)


@pytest.mark.parametrize(
    "page",
    [
        {"url": "https://shop.cn/", "search": "?utm_source=x"},
        {"url": "https://shop.cn/", "search": "utm_source=x"},
        {"url": "https://shop.cn/#/home?utm_source=x"},
    ],
)
def test_where_utm_may_stand(page: dict[str, str]) -> None:
    assert told("properties", properties={"page": page})["utm_source"] == "x"


def test_a_page_of_the_same_site() -> None:
    page = {"url": "https://shop.cn/b", "referrer": "https://shop.cn/a?q=1"}
    properties = told("properties", properties={"page": page})
    assert (properties["traffic_source"], properties["referrer_domain"]) == ("internal", "shop.cn")


def test_a_page_of_a_mini_program_has_no_host() -> None:
    page = {"url": "pages/index/index"}
    assert told("properties", properties={"page": page}) == {"page": page}


@pytest.mark.parametrize(
    "row",
    [
        {"traits": {"phone": "135 1234 5678"}},
        {"traits": {"phone": 13512345678}},
        {"traits": {"city": "北京"}, "id.phone": "+8613512345678"},
        {"traits": None, "id.phone": "13512345678"},
        {"traits": {}, "id.phone": "13512345678"},
        {"traits": {"phone": [1]}, "id.phone": "13512345678"},
        {"traits": {"phone": "13512345678"}, "id.phone": "18612345678"},
    ],
)
def test_phones(row: dict[str, Any]) -> None:
    assert told("traits", **row) == (row["traits"] or {}) | CHONGQING
    assert set(CHONGQING) == set(TRAITS)


def test_a_region_that_was_sent_stays() -> None:
    traits = {"phone": "13512345678", "phone_city": "成都"}
    assert told("traits", traits=traits) == CHONGQING | traits


def test_the_rest_of_the_table_stays() -> None:
    events = events_of({"properties": {"userAgent": FIREFOX}}, {"name": "b"}, {"id.phone": "x"}, {"properties": {}})
    chunked = pa.concat_tables([events.slice(0, 1), events.slice(1)])
    enriched = enrich(chunked)
    assert enriched.schema == events.schema
    assert enriched.drop_columns(["properties"]) == events.drop_columns(["properties"])
    assert enriched["properties"].to_pylist()[1:] == [None, None, "{}"]


def test_nothing_to_tell_is_nothing_done() -> None:
    events = events_of({"properties": {"a": 1}}, {"traits": {"b": 2}})
    assert enrich(events) is events
    assert enrich(events.slice(0, 0)).num_rows == 0


TELLING = {"userAgent": FIREFOX, "page": {"url": "https://a.b/?utm_source=wx"}, "campaign": {"name": "双11"}}


@pytest.mark.parametrize("names", [*([name] for name in TELLING), ["sku", "page"], ["sku"], []], ids=str)
def test_names_that_are_known_change_nothing(names: list[str]) -> None:
    sent = {"sku": "userAgent", "note": {"page": 1}} | {name: TELLING[name] for name in names if name in TELLING}
    events = events_of({"properties": sent}, {"traits": {"phone": "18612345678"}})
    assert enrich(events, names={*sent}).equals(enrich(events))


STRANGE = [
    '{"userAgent":"\\ud800"}',
    '{"userAgent":"a\\u0000b Firefox/133.0"}',
    '{"userAgent":5,"page":"x","campaign":[1]}',
    '{"userAgent":{"a":1},"page":{"url":["x"],"referrer":7}}',
    '{"page":[1]}',
    '["page"]',
    '"page"',
    'nonsense "page"',
    '{"page":' * 3000,
    '{"page":{"url":"https://a.b/?utm_source=%00%ff%ed%a0%80"}}',
    '{"page":{"url":"' + "http://a?" * 5000 + '"},"userAgent":"' + "Android " * 1300 + '"}',
]


@pytest.mark.parametrize("text", STRANGE, ids=range(len(STRANGE)))
def test_strange_input_never_stops_it(text: str) -> None:
    events = events_of({"properties": text, "traits": text.replace("page", "phone")}, {"id.phone": "\x00" * 999})
    enriched = enrich(events)
    enriched.validate(full=True)
    changed = enriched["properties"][0].as_py()
    if changed != text:
        assert json.loads(changed).items() >= json.loads(text).items()


def test_a_browser_of_another_type_still_tells_of_the_page() -> None:
    properties = told("properties", properties={"userAgent": 5, "page": {"url": "https://a.b/", "title": "x"}})
    assert properties["traffic_source"] == "direct"


TEXTS = st.text(max_size=40) | st.sampled_from([FIREFOX, "https://a.cn/?utm_source=x", "https://www.baidu.com/s?wd=x"])
ANYTHING = TEXTS | st.none() | st.integers() | st.dictionaries(TEXTS, TEXTS, max_size=2)
PAGES = st.dictionaries(st.sampled_from(["url", "referrer", "search", "x"]), ANYTHING)
SENT = st.fixed_dictionaries(
    {},
    optional={
        "userAgent": ANYTHING,
        "page": PAGES | ANYTHING,
        "campaign": st.dictionaries(st.sampled_from(["source", "name", "y"]), ANYTHING),
        "browser": ANYTHING,
        "utm_source": ANYTHING,
        "z": ANYTHING,
    },
)


@given(st.lists(SENT, min_size=1, max_size=5))
def test_each_event_is_enriched_as_if_it_were_alone(rows: list[dict[str, Any]]) -> None:
    together = enrich(events_of(*({"properties": row} for row in rows)))["properties"].to_pylist()
    alone = [enrich(events_of({"properties": row}))["properties"][0].as_py() for row in rows]
    assert together == alone
    for row, text in zip(rows, together):
        enriched = json.loads(text)
        assert {name: enriched[name] for name in row} == row
        assert set(enriched) - set(row) <= set(PROPERTIES)
    again = events_of(*({"properties": text} for text in together))
    assert enrich(again)["properties"].to_pylist() == together


def test_a_page_of_any_length_is_read_and_not_kept() -> None:
    """Who sends long pages, each once, may not fill the memory with them."""
    _tell_visit_kept.cache_clear()
    page = {"referrer": "https://www.baidu.com/", "title": "x" * LONGEST_KEPT}
    assert told("properties", properties={"page": page})["search_engine"] == "baidu"
    assert _tell_visit_kept.cache_info().currsize == 0
    told("properties", properties={"page": {"referrer": "https://www.baidu.com/s?wd=茶"}})
    assert _tell_visit_kept.cache_info().currsize == 1
