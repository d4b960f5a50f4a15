"""What clients say of traits besides setting them: set once, added to, appended, unset, deleted."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from tests.parity.timelines import Timelines, build_timelines, instant

from limner.collect.segment import PROFILE_EVENTS
from limner.errors import DataError
from limner.fold.encode import encode
from limner.fold.evidence import find_grounds
from limner.fold.fold import fold
from limner.fold.operations import OPERATIONS
from limner.fold.plan import Plan, build_plan, needs
from limner.fold.portrait import FoldedRow, draw_portrait
from limner.model import parse_given
from limner.model.parse import parse_tag

ZONE = "Asia/Shanghai"
AS_OF = instant("2026-02-01T00:00")
Said = tuple[str, dict[str, Any]]
SH, SZ = {"city": "上海"}, {"city": "Suzhou"}


def prepare(said: list[Said], **definitions: dict[str, Any]) -> tuple[Plan, Timelines]:
    """One customer's events, a day each from 1 January."""
    events = [
        {"name": name, "time": f"2026-01-{day:02}T08:00", "traits": traits, "source": "crm" if day == 1 else "web"}
        for day, (name, traits) in enumerate(said, 1)
    ]
    tags = [parse_tag(name, {"layer": "fact", "fold": definition}) for name, definition in definitions.items()]
    made = build_timelines(events, needs(tags, build_timelines(events, ()).seen))
    return build_plan(tags, made.vocabulary, made.seen), made


def read(plan: Plan, made: Timelines) -> dict[str, dict[str, Any]]:
    folded, grounds = fold(plan, made.slice, AS_OF), find_grounds(plan, made.slice, AS_OF)
    portrait = draw_portrait(FoldedRow(folded, 0, ZONE), list(plan.tags), [], ZONE, grounds=grounds)
    return portrait.as_dict()["tags"]  # type: ignore[no-any-return]


def told(said: list[Said], **definition: Any) -> dict[str, Any]:
    return read(*prepare(said, tag=definition))["tag"]


def days(evidence: dict[str, Any]) -> tuple[list[str], int, str | None, str | None]:
    """Its events, their count, the days of January of the first and the last."""
    first, last = (evidence[at] and evidence[at][8:10] for at in ("first", "last"))
    return evidence["events"], evidence["count"], first, last


SET, ONCE, UNSET, DELETE = "identify", "profile_set_once", "profile_unset", "profile_delete"
CITIES: list[tuple[list[Said], Any, Any]] = [
    ([(SET, SH), (ONCE, SZ)], "上海", ([SET], 1, "01", "01")),
    ([(ONCE, SZ), (ONCE, SH), (SET, SH)], "上海", ([SET, ONCE], 2, "01", "03")),
    ([(SET, SH), (UNSET, {"city": 1})], None, ([UNSET], 1, "02", "02")),
    ([(SET, SH), (UNSET, {"points": 1})], "上海", ([SET], 1, "01", "01")),
    ([(SET, SH), (UNSET, {"city": 1}), (UNSET, {"city": 1})], None, ([UNSET], 1, "02", "02")),
    ([(SET, SH), (DELETE, {}), (ONCE, SZ)], "Suzhou", ([ONCE], 1, "03", "03")),
    ([(SET, SH), (DELETE, {})], None, ([DELETE], 1, "02", "02")),
    ([(SET, SH), ("profile_append", {"city": ["x"]})], "上海", ([SET], 1, "01", "01")),
    ([(SET, SH), ("profile_append", {"city": "x"})], "上海", ([SET], 1, "01", "01")),
    ([(SET, SH), ("profile_increment", {"city": 5})], "上海", ([SET], 1, "01", "01")),
    ([("order", SH), (DELETE, {}), ("login", {})], None, ([DELETE], 1, "02", "02")),
    ([(UNSET, {"city": 1}), ("login", {})], None, ([], 0, None, None)),
]


@pytest.mark.parametrize(("said", "value", "evidence"), CITIES)
def test_a_text_trait(said: list[Said], value: Any, evidence: Any) -> None:
    found = told(said, trait="city")
    assert (found["value"], days(found["evidence"])) == (value, evidence)
    assert (found["since"] or "")[8:10] == (evidence[3] if value else "")


ADD = "profile_increment"
POINTS: list[tuple[list[Said], Any, Any]] = [
    ([(ADD, {"points": 5}), (ADD, {"points": -1.5})], 3.5, ([ADD], 2, "01", "02")),
    ([(SET, {"points": 100}), (ADD, {"points": 5}), (ADD, {"points": 5})], 110, ([SET, ADD], 3, "01", "03")),
    ([(SET, {"points": 1}), (UNSET, {"points": 1}), (ADD, {"points": 5})], 5, ([ADD], 1, "03", "03")),
    ([(ADD, {"points": 5}), (ONCE, {"points": 1})], 5, ([ADD], 1, "01", "01")),
]


@pytest.mark.parametrize(("said", "value", "evidence"), POINTS)
@pytest.mark.parametrize("resolve", ["latest", "trusted", "frequent"])
def test_a_number_that_is_added_to_is_one_value(said: list[Said], value: Any, evidence: Any, resolve: str) -> None:
    """Not rivals, of which each addition would make the others look less sure."""
    found = told(said, trait="points", resolve=resolve)
    assert (found["value"], days(found["evidence"])) == (value, evidence)
    if resolve != "trusted":
        assert found["confidence"] == 1.0
        return
    (candidate,) = found["evidence"]["candidates"]
    assert (candidate["value"], candidate["when"][8:10]) == (value, evidence[3])
    assert found["confidence"] == pytest.approx(0.8, abs=0.06), "one source that nobody knows, a month ago"


def test_what_was_unset_is_no_candidate_any_more() -> None:
    said = [(SET, SH), (SET, SH), (SET, SH), (UNSET, {"city": 1}), (SET, SZ)]
    for resolve in ("latest", "trusted", "frequent"):
        found = told(said, trait="city", resolve=resolve)
        assert found["value"] == "Suzhou"
        assert [one["value"] for one in found["evidence"].get("candidates", ())] == ["Suzhou"] * (resolve == "trusted")
    assert told(said, trait="city")["confidence"] == 1.0


def test_who_said_what_is_listed_the_chosen_first() -> None:
    said = [(SET, SH), (SET, SZ), (SET, {"city": "Wuxi"}), (SET, SZ), ("login", {})]
    found = {resolve: told(said, trait="city", resolve=resolve) for resolve in ("latest", "trusted", "frequent")}

    def listed(resolve: str) -> list[tuple[str, str, str]]:
        candidates = found[resolve]["evidence"]["candidates"]
        return [(one["value"], one["source"], one["when"][8:10]) for one in candidates]

    assert found["trusted"]["value"] == "Suzhou"
    assert listed("trusted") == [("Suzhou", "web", "04"), ("上海", "crm", "01")], "a source speaks with its last word"
    assert listed("latest") == [("Suzhou", "web", "04"), ("Wuxi", "web", "03"), ("上海", "crm", "01")]
    assert [one["weight"] for one in found["frequent"]["evidence"]["candidates"]] == [2, 1, 1]


def test_what_was_said_counts_half_after_the_half_life() -> None:
    weights = [
        told([(SET, SH)], trait="city", resolve="trusted", half_life=half_life)["evidence"]["candidates"][0]["weight"]
        for half_life in ("36500d", "30d", "1d")
    ]
    assert weights[0] == pytest.approx(math.log(10 * 0.8 / 0.2), abs=0.01)
    assert weights[1] == pytest.approx(weights[0] * 0.5 ** ((31 - 1 / 3) / 30), abs=0.01)
    assert weights[2] == pytest.approx(0, abs=1e-3)
    assert told([(SET, SH)], trait="city", resolve="trusted", half_life="1d")["confidence"] == pytest.approx(
        1 / 11, abs=1e-4
    )


def test_of_where_and_windows_choose_among_operations_as_among_all_events() -> None:
    plan, made = prepare(
        [(SET, SH), (SET, {"city": "Wuxi"}), (UNSET, {"city": 1}), (ONCE, SZ), (DELETE, {})],
        sets={"trait": "city", "of": SET},
        unset={"trait": "city", "of": [SET, UNSET]},
        january={"trait": "city", "between": ["2026-01-01", "2026-01-02"]},
        late={"trait": "city", "between": ["2026-01-02", "2026-01-04"]},
        deleted={"trait": "city", "within": "29d"},
        last={"last": "traits.city"},
        elsewhere={"trait": "city", "where": {"traits.city": {"is_null": False}}},
    )
    found = read(plan, made)
    values = {name: reading["value"] for name, reading in found.items()}
    assert values == {
        "sets": "Wuxi", "unset": None, "january": "Wuxi", "late": "Suzhou", "deleted": None, "last": "Suzhou",
        "elsewhere": "Suzhou",
    }  # fmt: skip
    assert days(found["late"]["evidence"]) == ([ONCE], 1, "04", "04")


def test_aliases_and_codes_newer_than_the_plan() -> None:
    """Several codes may have one name; an event nobody had met when the plan was made sets."""
    plan, made = prepare([(SET, SH), ("抹去", {}), (DELETE, {}), ("sign_in", SZ)], tag={"trait": "city"})
    assert read(plan, made)["tag"]["value"] == "Suzhou"
    names = tuple({"sign_in": DELETE, DELETE: SET}.get(name, name) for name in made.vocabulary.names)
    renamed = build_plan(plan.tags, replace(made.vocabulary, names=names), made.seen)
    assert read(renamed, made)["tag"]["value"] is None
    older = build_plan(plan.tags, replace(made.vocabulary, names=made.vocabulary.names[:3]), made.seen)
    assert fold(older, made.slice, AS_OF).columns["tag"].values.tolist() == [1]


def test_plans_without_such_events_know_nothing_of_them() -> None:
    plan, _ = prepare([(SET, SH), ("login", {})], tag={"trait": "city"}, last={"last": "traits.city"})
    program = encode(plan, plan.passes[0])
    assert len(program.series) == 1
    assert program.series[:, 5].tolist() == [0]
    plan, _ = prepare([(SET, SH), (DELETE, {})], tag={"trait": "city", "of": SET})
    assert encode(plan, plan.passes[0]).series[:, 5].tolist() == [0]


def test_a_list_of_what_was_appended() -> None:
    said = [(SET, {"hobbies": ["chess"]}), ("profile_append", {"hobbies": ["tea", "go"]}), (SET, SH)]
    assert told(said, list="traits.hobbies[]")["value"] == ["go", "tea", "chess"]


def test_a_number_that_leaves_its_range_is_an_error() -> None:
    plan, made = prepare([(ADD, {"points": 9e13})] * 12, tag={"trait": "points"})
    with pytest.raises(DataError, match="tag leaves the range"):
        fold(plan, made.slice, AS_OF)


def test_the_names_are_those_the_gateway_lets_through() -> None:
    entered_by_hand = {parse_given.UNSET}  # which clients may not send
    assert set(OPERATIONS) == {*PROFILE_EVENTS, *entered_by_hand}
