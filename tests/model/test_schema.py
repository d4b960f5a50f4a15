"""The schema and the parser: what one refuses the other refuses, on definitions that were changed at random."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator, Sequence
from typing import Any

import jsonschema_rs
import pytest

from limner.errors import DefinitionError, Problem
from limner.model.dump import dump_tag
from limner.model.parse import parse_tag
from limner.model.schema import tag_schema
from limner.model.yaml_text import load_yaml
from limner.tags.starters import list_templates, read_template

FACT: dict[str, Any] = {"layer": "fact"}
TAGS: list[dict[str, Any]] = [
    {**FACT, "hand": "text", "values": ["a", {"value": "b", "title": {"zh": "乙"}}]},
    {**FACT, "imported": {"type": "truth", "expires": "3d"}},
    {**FACT, "sql": "select customer_id, 1 as value from tags"},
    {**FACT, "sql": {"query": "WITH a AS (SELECT 1) SELECT 1", "type": "text", "every": "1d"}},
    {"layer": "model", "quantiles": {"of": "a", "at": [0.5], "then": ["x", "y"]}},
    {**FACT, "if": {"did": "a", "sum": "x", "is": {"gte": 3}, "within": "30d", "before": "2d"}},
    {**FACT, "if": {"did": ["a", "b"], "days": "*", "is": 3, "after": {"first": "z"}}},
    {
        **FACT,
        "if": {"sequence": ["a", {"of": "b", "where": {"x": 1}}], "within": "2d", "same": "sku", "is": {"gte": 2}},
    },
    {**FACT, "if": {"minus": ["vips", {"a": 1}]}},
    {**FACT, "if": {"audience": "vips", "snapshot": 3}},
    {**FACT, "fold": {"share": {"a": 1}, "by": {"count": "*"}, "between": ["2026-01-01", "2026-02-01"]}},
    {**FACT, "fold": {"list": "sku", "last": 3}},
    {**FACT, "fold": {"since": "order", "where": {"a.b": {"contains": "x"}, "time": {"lt": "2026-01-01"}}}},
    {**FACT, "if": {"any": [{"not": {"a": {"is_null": True, "ne": 3}}}, {"b": [1, 2]}, {"d": {"within_last": "3h"}}]}},
]
PLANTED: list[Any] = ["x", 1, 0.5, True, None, [], {}, ["a"], {"gte": 5}, "30d", "*", "2026-01-01", ["a", {"b": 1}],
                      {"of": "a"}, -1, "", ["2026-01-01", "2026-01-05"], {"count": "*"}]  # fmt: skip
KEYS = ("fold", "if", "of", "where", "within", "before", "between", "after", "sum", "count", "top", "by", "evidence",
        "last", "list", "is", "did", "all", "any", "not", "gte", "eq", "zzz", "values", "title", "layer", "then",
        "else", "since", "trait", "resolve", "sequence", "same", "hand", "union", "audience")  # fmt: skip
MEANINGS = (
    "of one kind", "wrong way round", "until when", "cannot begin", "shares ascend", "parts, but there are",
    "there twice", "the same value", "of time has no meaning", "weigh its time", "over 100 years", "else comes last",
)  # fmt: skip
"""What only the parser can tell: whether a definition of the right shape means something."""


def spots(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    items = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for key, inside in items:
        yield from spots(inside, (*path, key))


def change(document: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """The document with something replaced, taken out, renamed or added somewhere."""
    document = copy.deepcopy(document)
    planted = copy.deepcopy(chance.choice(PLANTED))
    *way, last = chance.choice([path for path in spots(document) if path] or [("layer",)])
    place: Any = document
    for key in way:
        place = place[key]
    match chance.randrange(4):
        case 0 if last in place or isinstance(place, list):
            del place[last]
        case 1 if isinstance(place, dict) and last in place:
            place[chance.choice(KEYS)] = place.pop(last)
        case 2 if isinstance(place[last], dict):
            place[last][chance.choice(KEYS)] = planted
        case _:
            place[last] = planted
    return document


def published() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for name in list_templates():
        data = load_yaml(read_template(name), name)
        assert isinstance(data, dict)
        found += data["tags"].values()
    return found


def test_all_starters_and_what_is_written_back_fit() -> None:
    validator = jsonschema_rs.validator_for(tag_schema())
    for definition in [*TAGS, *published()]:
        assert validator.is_valid(definition), definition
        assert validator.is_valid(dump_tag(parse_tag("x", definition)))


@pytest.mark.parametrize("seed", range(4))
def test_parser_and_schema_refuse_the_same(seed: int) -> None:
    validator, chance = jsonschema_rs.validator_for(tag_schema()), random.Random(seed)
    pool, read = [*TAGS, *TAGS, *published()], 0
    for _ in range(700):
        definition = chance.choice(pool)
        for _ in range(chance.choice((1, 1, 2))):
            definition = change(definition, chance)
        problems = problems_of(definition)
        read += not problems
        told = json.dumps(definition, ensure_ascii=False)
        if not validator.is_valid(definition):
            assert problems, f"only the schema refuses {told}"
        for problem in problems if validator.is_valid(definition) else ():
            meant = problem.field == "expr" or any(word in problem.message for word in MEANINGS)
            assert meant, f"only the parser refuses {told}: {problem}"
    assert 50 < read < 650


def problems_of(definition: dict[str, Any]) -> Sequence[Problem]:
    try:
        parse_tag("x", definition)
    except DefinitionError as error:
        return error.problems
    return ()
