from __future__ import annotations

from pathlib import Path

import pytest

from limner.collect.mapping import Join, Time, parse_mapping, read_mapping
from limner.errors import DataError, DefinitionError

WHOLE = """
source: shop
event: {column: kind}
event_id: [order, line]
time: {column: paid, timezone: Europe/London, format: "%d.%m.%Y"}
identify: {customer_no: id, phone: [mobile, landline]}
properties: {amount: quantity * price, one: 1}
traits: {city: 城市}
items: {id: sku, title: name}
join: {file: goods.csv, on: sku}
where: quantity > 0
fill: order
encoding: GBK
delimiter: ";"
"""


def test_every_field(tmp_path: Path) -> None:
    mapping = parse_mapping(WHOLE, "m.yaml", tmp_path)
    assert (mapping.source, mapping.event, mapping.event_column) == ("shop", None, "kind")
    assert mapping.event_id == ("order", "line")
    assert mapping.time == Time("paid", None, "Europe/London", "%d.%m.%Y")
    assert mapping.identify == (("customer_no", "id"), ("phone", "mobile"), ("phone", "landline"))
    assert mapping.properties == {"amount": "quantity * price", "one": "1"}
    assert mapping.traits == {"city": "城市"}
    assert mapping.items == {"id": "sku", "title": "name"}
    assert mapping.joins == (Join(tmp_path / "goods.csv", ("sku",)),)
    assert (mapping.where, mapping.fill, mapping.encoding, mapping.delimiter) == (
        "quantity > 0",
        ("order",),
        "gbk",
        ";",
    )


def test_its_text_reads_the_same_from_anywhere(tmp_path: Path) -> None:
    mapping = parse_mapping(WHOLE, "m.yaml", tmp_path)
    again = parse_mapping(mapping.text, "m.yaml", tmp_path / "elsewhere")
    assert again == mapping


def test_short_forms() -> None:
    mapping = parse_mapping("event: e\ntime: at", "orders.yaml")
    assert (mapping.source, mapping.event, mapping.time) == ("orders", "e", Time("at"))
    assert parse_mapping("traits: {a: b}\ntime: at").event == "identify"
    items = parse_mapping("items: {id: a}")
    assert not items.gives_events
    assert parse_mapping("event: e\ntime: at\njoin: [{file: g.csv, on: [a, b]}]").joins[0].on == ("a", "b")


def test_all_problems_at_once() -> None:
    text = """
sourc: shop
event: [a]
time: {colum: paid, timezone: Asia/Shangai, format: Y}
identify: {Phone: p}
properties: {a: [], b: ""}
items: {title: t}
join: [{file: x.csv, nr: y}]
encoding: utf-9
delimiter: "::"
"""
    with pytest.raises(DefinitionError) as raised:
        parse_mapping(text, "m.yaml")
    told = str(raised.value)
    for piece in (
        "m.yaml: sourc: a mapping has no field 'sourc'. Did you mean source?",
        "m.yaml: event: an event's name must be text",
        "m.yaml: time.colum: time has no field 'colum'. Did you mean column?",
        "m.yaml: time.column: a column must be text",
        "there is no time zone 'Asia/Shangai'. Give an IANA name",
        "'Y' is no strptime format.",
        "m.yaml: identify.Phone: an identifier type is a word",
        "m.yaml: properties.a: an SQL expression must be text",
        "m.yaml: properties.b: an SQL expression must be text",
        "m.yaml: items: the item's id is missing.",
        "m.yaml: join[0].nr: a join has no field 'nr'.",
        "m.yaml: join[0].on: a column must be text",
        "there is no encoding 'utf-9'.",
        "a delimiter is one character.",
    ):
        assert piece in told


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a mapping is written as fields"),
        ("- a", "a mapping is written as fields"),
        ("a: [", "this is not YAML"),
        ("source: a", "it makes neither events nor items"),
        ("event: e", "an event needs a time"),
        ("event: e\nevent: f\ntime: t", "'event' is given twice"),
    ],
)
def test_what_is_no_mapping(text: str, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        parse_mapping(text)


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be opened: No such file"):
        read_mapping(tmp_path / "m.yaml")
