"""Tags together: references, circles, kinds, order, warnings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.errors import DefinitionError
from limner.model.check import check_condition, check_tags, order_tags, warn_tags
from limner.model.parse import parse_condition, parse_tag, parse_tags
from limner.model.references import tags_read
from limner.model.tag import Tag


def tags_of(**rules: dict) -> list[Tag]:
    tags, problems = parse_tags({name: {"layer": "fact", **rule} for name, rule in rules.items()}, "f")
    assert not problems
    return tags


SPEND = {"fold": {"sum": "amount", "of": "order_paid"}}
TIER = {"when": [{"if": {"spend": {"gte": 5}}, "then": "high"}, {"else": "low"}]}


def test_right_tags_have_no_problems() -> None:
    tags = tags_of(
        spend=SPEND,
        tier=TIER,
        ratio={"expr": "spend / orders"},
        orders={"fold": {"count": "*"}},
        vip={"if": {"all": [{"tier": ["high", "low"]}, {"ratio": {"between": [1, 2]}}]}},
        last={"fold": {"last": "time"}},
        recent={"if": {"last": {"within_last": "7d"}, "vip": True, "seen": {"contains": "x"}}},
        seen={"fold": {"list": "sku"}},
        city={"fold": {"trait": "city"}},
        local={"if": {"city": "上海", "risk": {"gt": 0.5}}},
        risk={"model": "churn"},
    )
    assert check_tags(tags) == []


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"expr": "spned + 1"}, "x: expr: there is no tag 'spned'. Did you mean spend?"),
        ({"if": {"not": {"teir": "high"}}}, "x: if: there is no tag 'teir'. Did you mean tier?"),
        ({"expr": "tier * 2"}, "x: expr: tier is text: one cannot calculate with it."),
        ({"expr": "hours * 2"}, "x: expr: hours is a row of counts: one cannot calculate with it."),
        ({"if": {"spend": "high"}}, "x: if: spend is a number: 'high' can never be compared with it."),
        (
            {"if": {"spend": {"gt": "2026-01-01"}}},
            "x: if: spend is a number: '2026-01-01' can never be compared with it.",
        ),
        ({"if": {"spend": True}}, "x: if: spend is a number: True can never be compared with it."),
        (
            {"if": {"spend": {"contains": "a"}}},
            "x: if: spend is a number: contains does not apply to it. Known: eq, ne,",
        ),
        ({"if": {"tier": {"gt": 5}}}, "x: if: tier is text: gt does not apply to it."),
        ({"if": {"tier": "hihg"}}, "x: if: tier is never 'hihg'. Did you mean high?"),
        ({"if": {"tier": ["high", "mid"]}}, "x: if: tier is never 'mid'. Known: high, low."),
        ({"if": {"vip": "yes"}}, "x: if: vip is true or false: 'yes' can never be compared with it."),
        ({"if": {"last": 5}}, "x: if: last is a time: 5 can never be compared with it."),
        ({"if": {"hours": 5}}, "x: if: hours is a row of counts: eq does not apply to it. Known: is_null."),
        (
            {"if": {"did": "a", "sum": "b", "is": "high"}},
            "x: if: sum is a number: 'high' can never be compared with it.",
        ),
    ],
)
def test_every_mistake_is_said(rule: dict, said: str) -> None:
    others = tags_of(
        spend=SPEND,
        tier=TIER,
        vip={"if": {"spend": {"gt": 1}}},
        last={"fold": {"last": "time"}},
        hours={"fold": {"hours": "*"}},
    )
    (problem,) = check_tags([*others, *tags_of(x=rule)])
    assert str(problem).startswith(said)


def test_circles_are_named_in_full() -> None:
    tags = tags_of(a={"expr": "b + 1"}, b={"if": {"c": 1}}, c={"expr": "a"}, d={"expr": "d"}, e={"expr": "a + b"})
    said = [str(problem) for problem in check_tags(tags, {"a": "tags/x.yaml"})]
    circles = [line for line in said if "depend on itself" in line]
    assert circles == [
        "tags/x.yaml: a: a tag cannot depend on itself: a → b → c → a.",
        "d: a tag cannot depend on itself: d → d.",
    ]
    with pytest.raises(DefinitionError, match="a → b → c → a"):
        order_tags(tags)


def test_tags_that_could_not_be_read_are_no_second_mistake() -> None:
    assert check_tags(tags_of(x={"expr": "broken * 2"}), unread={"broken"}) == []


def test_conditions_of_audiences_are_checked_alike() -> None:
    tags = tags_of(spend=SPEND, tier=TIER)
    assert check_condition(parse_condition({"tier": "high", "spend": {"gt": 5}}), tags) == []
    (unknown,) = check_condition(parse_condition({"any": [{"teir": "high"}]}), tags)
    (never,) = check_condition(parse_condition({"tier": "gold"}), tags, "rule")
    assert str(unknown) == "condition: there is no tag 'teir'. Did you mean tier?"
    assert str(never) == "rule: tier is never 'gold'. Known: high, low."


def test_order_keeps_the_order_given_where_it_can() -> None:
    tags = tags_of(z={"expr": "b + a"}, c=SPEND, a={"expr": "b"}, b=SPEND)
    assert [tag.name for tag in order_tags(tags)] == ["b", "a", "z", "c"]


@given(st.lists(st.sets(st.integers(0, 29)), min_size=1, max_size=30), st.randoms())
def test_every_tag_comes_after_those_it_reads(needs: list[set[int]], random: object) -> None:
    rules = {
        f"t{i}": {"expr": " + ".join(["outside", *(f"t{j}" for j in sorted(reads) if j < i)])}
        for i, reads in enumerate(needs)
    }
    tags = tags_of(**rules)
    random.shuffle(tags)
    ordered = order_tags(tags)
    assert sorted(tag.name for tag in ordered) == sorted(rules)
    place = {tag.name: i for i, tag in enumerate(ordered)}
    assert all(place[read] < place[tag.name] for tag in tags for read in tags_read(tag.definition) if read in place)


def test_warnings() -> None:
    tags = tags_of(
        a={
            "fold": {"sum": "amuont", "of": ["order_piad", "login"], "where": {"item.category": "x", "time": {"gt": 1}}}
        },
        b={"fold": {"count": "order_paid"}, "title": "B", "group": "g", "owner": "o"},
    )
    said = [str(problem) for problem in warn_tags(tags, ["order_paid", "login"], ["amount"], {"b": "tags/b.yaml"})]
    assert said == [
        "a: fold: no event 'order_piad' has been seen yet. Did you mean order_paid?",
        "a: fold: no property 'amuont' has been seen yet. Did you mean amount?",
        "a: title: no title: people will see the bare name.",
        "a: group: no group: the tag stands outside the catalogue's folders.",
        "a: owner: no owner: nobody to ask when it looks wrong.",
        "tags/b.yaml: b: fold: no property 'order_paid' has been seen yet. "
        "order_paid is an event: write {count: '*', of: order_paid}.",
    ]
    assert len(warn_tags(tags)) == 3


def test_nobody_is_told_that_nothing_was_entered_yet() -> None:
    tag = parse_tag("mood", {"layer": "fact", "title": "Mood", "group": "g", "owner": "o", "hand": "text"})
    assert warn_tags([tag], seen_events=["order_paid"], seen_properties=["amount"]) == []
