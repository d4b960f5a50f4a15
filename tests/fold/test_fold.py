"""The fold beyond its twin: the unseen, the impossible, the population, derived and predicted tags."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.parity.timelines import Timelines, build_timelines, instant

from limner.errors import DataError
from limner.fold.dated import DatedColumn
from limner.fold.fold import fold, weigh
from limner.fold.plan import Plan, build_plan, needs
from limner.fold.population import Population
from limner.fold.trust import Learned, Trust
from limner.model.column import NULL_CODE, NULL_NUMBER, Folded, TagColumn, ValueType
from limner.model.parse import parse_tag
from limner.model.reliability import Reliabilities, Trusted
from limner.model.run import Run
from limner.model.timeline import Column, Kind, Vocabulary

AS_OF = instant("2026-11-10T12:00")


def order(customer: int, **properties: Any) -> dict[str, Any]:
    return {"name": "order", "time": "2026-11-05T10:00", "customer": customer, "properties": properties}


def prepare(events: list[dict[str, Any]], **definitions: dict[str, Any]) -> tuple[Plan, Timelines]:
    tags = [parse_tag(name, {"layer": "fact", **definition}) for name, definition in definitions.items()]
    made = build_timelines(events, needs(tags, build_timelines(events, ()).seen))
    return build_plan(tags, made.vocabulary, made.seen), made


def fold_of(events: list[dict[str, Any]], **definitions: dict[str, Any]) -> Folded:
    plan, made = prepare(events, **definitions)
    return fold(plan, made.slice, AS_OF)


def test_what_nobody_has_seen_is_no_match() -> None:
    made = build_timelines([order(1, amount=5)], ())
    tags = {
        "total": {"sum": "amount"},
        "never": {"count": "*", "of": "dance"},
        "app": {"count": "*", "where": {"channel": "app"}},
        "no_channel": {"count": "*", "where": {"channel": {"is_null": True}}},
        "city": {"last": "city"},
        "list": {"list": "products[].sku"},
        "average": {"avg": "amount"},
        "steps": {"sequence": ["order", "dance"], "same": "sku"},
    }
    read = [parse_tag(name, {"layer": "fact", "fold": item}) for name, item in tags.items()]
    folded = fold(build_plan(read, made.vocabulary, made.seen), made.slice, AS_OF)
    values = {name: column.values.tolist() for name, column in folded.columns.items()}
    assert values["total"] == [0]
    assert values["never"] == values["app"] == [0]
    assert values["no_channel"] == [1]
    assert values["city"] == [NULL_CODE]
    assert values["list"] == []
    assert np.isnan(values["average"]).all()
    assert values["steps"] == [NULL_NUMBER]


def test_codes_the_plan_does_not_know_are_missing() -> None:
    """Events that came after the plan was made: a new name, a new word."""
    plan, made = prepare(
        [order(1, city="Suzhou"), order(1, city="Wuxi"), {"name": "view", "time": "2026-11-06", "customer": 1}],
        orders={"fold": {"count": "*", "of": "order"}},
        everything={"fold": {"count": "*"}},
        cities={"fold": {"distinct": "city"}},
        not_suzhou={"fold": {"count": "*", "where": {"city": {"ne": "Suzhou"}}}},
        top={"fold": {"top": "city"}},
    )
    older = replace(made.vocabulary, names=("order",), dictionaries={"p1": ("Suzhou",)})
    folded = fold(build_plan(plan.tags, older, made.seen), made.slice, AS_OF)
    assert {name: column.values.tolist() for name, column in folded.columns.items()} == {
        "orders": [2],
        "everything": [3],
        "cities": [1],
        "not_suzhou": [0],
        "top": [0],
    }


def test_a_slice_without_a_column_has_nothing_in_it() -> None:
    plan, made = prepare([order(1, amount=5)], total={"fold": {"sum": "amount"}})
    bare = replace(made.slice, columns={k: v for k, v in made.slice.columns.items() if not k.startswith("p")})
    assert fold(plan, bare, AS_OF).columns["total"].values.tolist() == [0]


def test_a_column_cut_short_is_refused() -> None:
    plan, made = prepare([order(1, amount=5)], total={"fold": {"sum": "amount"}})
    short = replace(made.slice, columns={**made.slice.columns, "p1": np.empty(0, np.int64)})
    with pytest.raises(DataError, match="has 0 rows, not 1"):
        fold(plan, short, AS_OF)


def test_read_only_memory_is_read() -> None:
    plan, made = prepare([order(1, amount=5)], total={"fold": {"sum": "amount"}})
    for column in made.slice.columns.values():
        column.setflags(write=False)
    assert fold(plan, made.slice, AS_OF).columns["total"].values.tolist() == [50_000]


@pytest.mark.parametrize("fold_", [{"sum": "amount"}, {"top": "city", "by": {"sum": "amount"}}])
def test_a_sum_beyond_int64_names_its_tag(fold_: dict[str, Any]) -> None:
    huge = 9 * 10**14
    with pytest.raises(DataError, match="total"):
        fold_of([order(1, amount=huge, city="a"), order(1, amount=huge, city="a")], total={"fold": fold_})


def test_only_the_sum_decides_not_its_parts() -> None:
    huge = 9 * 10**14
    events = [order(1, amount=huge), order(1, amount=huge), order(1, amount=-huge), order(1, amount=-huge + 1)]
    assert fold_of(events, total={"fold": {"sum": "amount"}}).columns["total"].values.tolist() == [10_000]


LIFT = {"fold": {"top": "category", "evidence": {"times": 1, "lift": 1.2}}}


def test_sums_are_right_where_few_of_many_numbers_are_large() -> None:
    """Sums are looked up in notes of whole batches unless a number is large: beside one, and far from one."""
    amounts = {1: [5, 7], 2: [], 3: [9e14, -9e14, 3], 4: [1], 5: [9e14, 9e14, -9e14, -9e14], 6: [2, -2, 8.5]}
    days = {"2026-09-01T10:00": -1, "2026-11-05T10:00": 1}
    events = [
        order(customer, amount=sign * amount) | {"time": time}
        for customer, some in amounts.items()
        for amount in some
        for time, sign in days.items()
    ]
    within = {"sum": "amount", "of": "order", "within": "30d"}
    ever = {"sum": "amount", "of": "order"}
    gaps = {"sum": "amount", "of": "order", "where": {"amount": {"gt": -1e15}}, "within": "30d"}
    folded = fold_of(
        [*events, {**order(2), "name": "view"}], month={"fold": within}, total={"fold": ever}, some={"fold": gaps}
    )
    sums = [round(sum(some) * 10_000) for some in amounts.values()]
    assert folded.columns["month"].values.tolist() == sums
    assert folded.columns["some"].values.tolist() == sums
    assert folded.columns["total"].values.tolist() == [0] * len(amounts)


def test_lift_compares_with_the_population() -> None:
    events = [order(1, category="rice"), order(1, category="rice"), order(1, category="tea")]
    events += [order(2, category="rice"), order(2, category="rice"), order(3, category="rice")]
    plan, made = prepare(events, favourite=LIFT)
    population = weigh(plan, [made.slice], AS_OF)
    words = plan.shapes["favourite"].dictionary
    (weights,) = population.weights.values()
    assert {words[code]: weight for code, weight in zip(weights.values, weights.weights)} == {"rice": 5, "tea": 1}

    def favourites(known: Population | None) -> list[str | None]:
        codes = fold(plan, made.slice, AS_OF, population=known).columns["favourite"].values.tolist()
        return [None if code == NULL_CODE else words[code] for code in codes]

    assert favourites(None) == ["rice", "rice", "rice"]
    # rice: 2/3 against 5/6 of everybody's; tea: 1/3 against 1/6. Who buys only rice has 1 against 5/6: 1.2.
    assert favourites(population) == ["tea", "rice", "rice"]


def test_the_population_is_the_sum_of_its_slices() -> None:
    events = [order(number, category=word) for number, word in ((1, "rice"), (1, "tea"), (2, "tea"), (3, "soup"))]
    plan, made = prepare(events, favourite=LIFT)
    halves = [replace(made.slice, customers=made.slice.customers[part], offsets=made.slice.offsets[start:stop])
              for part, start, stop in ((slice(0, 2), 0, 3), (slice(2, 3), 2, 4))]  # fmt: skip
    (whole,), (joined,) = (weigh(plan, parts, AS_OF).weights.values() for parts in ([made.slice], halves))
    assert whole.values.tolist() == joined.values.tolist()
    assert whole.weights.tolist() == joined.weights.tolist()


def test_reliability_decides_between_sources() -> None:
    def told(city: str, source: str, time: str) -> dict[str, Any]:
        return {"name": "identify", "time": time, "source": source, "traits": {"city": city}}

    events = [told("Suzhou", "crm", "2026-11-01"), told("Wuxi", "chat", "2026-11-02")]
    plan, made = prepare(events, city={"fold": {"trait": "city", "resolve": "trusted"}})
    words = plan.shapes["city"].dictionary

    def city(population: Population | None) -> str:
        return words[fold(plan, made.slice, AS_OF, population=population).columns["city"].values[0]]

    assert city(None) == "Wuxi"
    assert city(Population(AS_OF, priors=Reliabilities({"chat": Trusted(0.2)}))) == "Suzhou"
    taught = {plan.keys["city"]: Trust(10, {"crm": Learned(0.9, 5, 0.5), "chat": Learned(0.95, 5, 0.5)})}
    assert city(Population(AS_OF, trust=taught, priors=Reliabilities({"chat": Trusted(0.2)}))) == "Wuxi"


def test_derived_tags() -> None:
    folded = fold_of(
        [order(1, amount=30), order(1, amount=50), {"name": "view", "time": "2026-11-05", "customer": 2}],
        spend={"fold": {"sum": "amount", "of": "order"}},
        orders={"fold": {"count": "*", "of": "order"}},
        since={"fold": {"since": "order"}},
        value={"expr": "spend / orders"},
        negative={"expr": "-(orders - 1) * 2 % 3"},
        days={"expr": "since + 0"},
        tier={"when": [{"if": {"spend": {"gte": 80}}, "then": "high"}, {"if": {"spend": {"gte": 0}}, "then": "low"}]},
        points={"when": [{"if": {"tier": "high"}, "then": 10}, {"else": 1}]},
        lapsed={"if": {"not": {"did": "order", "within": "30d"}}},
    )
    values = {name: column.values for name, column in folded.columns.items()}
    assert values["value"][0] == 40
    assert np.isnan(values["value"][1])
    assert values["negative"].tolist() == [-2, 2]
    assert values["days"][0] == 5
    assert np.isnan(values["days"][1])
    tier = folded.columns["tier"]
    assert [tier.dictionary[code] for code in tier.values] == ["high", "low"]
    assert values["points"].tolist() == [10, 1]
    assert values["lapsed"].tolist() == [0, 1]
    assert list(folded.columns)[:3] == ["spend", "orders", "since"]


def test_predictions_are_given_or_null() -> None:
    plan, made = prepare(
        [order(1), order(2)],
        churn={"model": "churn"},
        risky={"if": {"churn": {"gte": 0.5}}},
        score={"expr": "churn * 2"},
    )
    assert fold(plan, made.slice, AS_OF).columns["risky"].values.tolist() == [0, 0]
    given = TagColumn(ValueType.FLOAT, np.array([0.7]))
    run = Run(1, "churn", AS_OF, ValueType.FLOAT, 2, "", "churn")
    population = Population(AS_OF, dated={"churn": DatedColumn(run, made.slice.customers[:1], given)})
    folded = fold(plan, made.slice, AS_OF, population=population)
    assert folded.columns["risky"].values.tolist() == [1, 0]
    assert folded.columns["score"].values[0] == 1.4


def test_elements_of_a_list_are_rows_of_their_own() -> None:
    goods = [{"sku": "a", "price": 3}, {"sku": "b", "price": 4}, {"sku": "a"}]
    folded = fold_of(
        [order(1, channel="app", products=goods), order(1, channel="web", products=goods[:1]), order(2)],
        items={"fold": {"count": "products[].sku"}},
        worth={"fold": {"sum": "products[].price", "where": {"channel": "app"}}},
        favourite={"fold": {"top": "products[].sku", "by": {"sum": "products[].price"}}},
        orders={"fold": {"count": "*"}},
    )
    values = {name: column.values.tolist() for name, column in folded.columns.items()}
    assert values["items"] == [4, 0]
    assert values["worth"] == [70_000, 0]
    assert [folded.columns["favourite"].dictionary[code] for code in values["favourite"][:1]] == ["a"]
    assert values["orders"] == [2, 1]


def test_nobody_is_folded_too() -> None:
    plan, _ = prepare([order(1, amount=5)], total={"fold": {"sum": "amount"}}, list={"fold": {"list": "amount"}})
    nobody = build_timelines([], [("amount", Kind.NUMBER)]).slice
    folded = fold(plan, nobody, AS_OF, threads=2)
    assert len(folded.customers) == 0
    assert {name: len(column.values) for name, column in folded.columns.items()} == {"total": 0, "list": 0}


def test_ties_go_to_the_smaller_word_whatever_its_code() -> None:
    vocabulary = Vocabulary(
        ("order",), ("web",), {("w", Kind.TEXT): Column("p1", "w", Kind.TEXT)}, {"p1": ("b", "ab", "a")}
    )
    _, made = prepare([order(1, w="b"), order(1, w="ab"), order(1, w="a")], top={"fold": {"top": "w"}})
    tags = [parse_tag(name, {"layer": "fact", "fold": {name: "w"}}) for name in ("top", "min", "max")]
    plan = build_plan(tags, vocabulary, made.seen)
    folded = fold(plan, made.slice, AS_OF)
    assert {name: vocabulary.dictionaries["p1"][column.values[0]] for name, column in folded.columns.items()} == {
        "top": "a",
        "min": "a",
        "max": "b",
    }
