"""How a property leaves its JSON and becomes a typed value: the one place that spells it in SQL.

Used when events are appended, when a property is promoted later (back-fill), and for previews.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from limner.model.timeline import Column, Kind

ITEM_KEYS = ("item_id", "sku", "product_id")
"""Properties that name an item, in order: the first one present is looked up in the item table."""


def quote_text(text: str) -> str:
    """An SQL string literal. Only for JSON paths of definitions, which cannot be parameters in DDL-like statements."""
    return "'" + text.replace("'", "''") + "'"


def quote_path(path: str) -> str:
    """``page.path`` as a JSONPath literal with every key quoted, so no key is taken for syntax.

    >>> quote_path("page.path")
    '\\'$."page"."path"\\''
    """
    keys = [key.replace("\\", "\\\\").replace('"', '\\"') for key in path.split(".")]
    return quote_text("$" + "".join(f'."{key}"' for key in keys))


def split_document(path: str) -> tuple[str, str]:
    """The column of JSON a path lies in, and the path inside it.

    >>> split_document("amount"), split_document("traits.city"), split_document("item.category")
    (('properties', 'amount'), ('traits', 'city'), ('attributes', 'category'))
    """
    for prefix, document in (("traits.", "traits"), ("item.", "attributes")):
        if path.startswith(prefix):
            return document, path.removeprefix(prefix)
    return "properties", path


def may_hold(document: str, path: str) -> str:
    """SQL that is false of documents which cannot have the property: the name is looked for, no JSON is read. A name
    that is written otherwise has escapes in it: what has some may hold it.

    >>> print(may_hold("properties", "page.path"))
    (contains(properties, '"path"') OR contains(properties, '\\u00'))
    """
    key = path.replace("[]", "").rpartition(".")[2]
    signs = [json.dumps(key, ensure_ascii=False), "\\u00" if key.isascii() else "\\u"]
    signs += ["\\/"] if "/" in key else []
    return "(" + " OR ".join(f"contains({document}, {quote_text(sign)})" for sign in signs) + ")"


def read_number(json: str, scale: int) -> str:
    """SQL for a JSON scalar as int64 decimal: rounds half away from zero, null when it is no number or too large."""
    decimal = f"TRY_CAST({json} ->> '$' AS DECIMAL(18,{scale}))"
    return f"({decimal}::DECIMAL(38,{scale}) * {10**scale})::BIGINT"


def read_text(json: str) -> str:
    """SQL for a JSON scalar as text; objects and lists are no scalars and give null."""
    return f"CASE WHEN json_type({json}) IN ('OBJECT', 'ARRAY') THEN NULL ELSE {json} ->> '$' END"


def read_time(json: str) -> str:
    """SQL for a JSON scalar as microseconds UTC: ISO text, or null."""
    return f"epoch_us(TRY_CAST({json} ->> '$' AS TIMESTAMPTZ))"


def read_scalar(json: str, column: Column) -> str:
    match column.kind:
        case Kind.NUMBER:
            return read_number(json, column.scale)
        case Kind.TEXT:
            return read_text(json)
        case Kind.TIME:
            return read_time(json)


def extract(column: Column) -> str:
    """SQL over ``properties``, ``traits`` and ``attributes`` (the item's) for one column; a list for a list grain."""
    document, path = split_document(column.path)
    if not column.grain:
        return read_scalar(f"json_extract({document}, {quote_path(path)})", column)
    head, _, rest = path.partition("[]")
    elements = f"json_extract({document}, {quote_path(head)[:-1]}[*]')"
    element = f"json_extract(e, {quote_path(rest.removeprefix('.'))})" if rest else "e"
    return f"list_transform({elements}, lambda e: {read_scalar(element, column)})"


def names_items(columns: Sequence[Column]) -> bool:
    return any(column.path.startswith("item.") for column in columns)


def item_key() -> str:
    """SQL for the id of the item an event is about."""
    return "coalesce(" + ", ".join(f"properties ->> {quote_path(key)}" for key in ITEM_KEYS) + ")"


def select_extracted(columns: Sequence[Column], rows: str) -> str:
    """A query over the relation ``rows`` (n, time, properties, traits) that gives the columns' values by n."""
    values = ", ".join(f"{extract(column)} AS {column.name}" for column in columns)
    if not names_items(columns):
        return f"SELECT n, {values} FROM {rows} ORDER BY n"
    return (
        f"SELECT n, {values} FROM (SELECT r.*, i.attributes FROM (SELECT *, {item_key()} AS item_key FROM {rows}) r "
        "ASOF LEFT JOIN item i ON r.item_key = i.id AND r.time >= i.valid_from) ORDER BY n"
    )
