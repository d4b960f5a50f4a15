from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from limner.errors import Conflict, DataError, NotFound
from limner.identity.one_id import OneId
from limner.identity.showing import list_identifiers
from limner.identity.snapshot import to_time

HOUR = 3_600_000_000


@pytest.fixture
def one_id(seen: Any) -> OneId:
    """Li Lei (c0): a cookie, then a login, then an order by phone. Han Meimei (c3): user id and e-mail."""
    seen.see("anonymous_id:a1")
    seen.see("user_id:lilei", "anonymous_id:a1", event="login")
    seen.see("user_id:lilei", "phone:13800000000", event="order_paid")
    seen.see("user_id:hanmeimei", "email:Han@Example.com")
    return OneId(seen)


def add_shop(seen: Any) -> None:
    """A shop's phone on everybody's orders."""
    for number in range(1, 21):
        seen.see("phone:02161312345", f"customer_no:{number}")
    seen.see("user_id:lilei", "phone:02161312345")
    seen.see("user_id:hanmeimei", "phone:02161312345")


@pytest.mark.parametrize("key", ["user_id:lilei", "phone:138 0000 0000", "anonymous_id:a1", "c0", "c1", "c2"])
def test_every_key_of_a_customer_resolves_to_it(one_id: OneId, key: str) -> None:
    assert one_id.resolve_key(key) == 0


@pytest.mark.parametrize(
    ("key", "error", "sentence"),
    [
        ("lilei", DataError, "type:value"),
        (":x", DataError, "is not a key"),
        ("usr_id:lilei", NotFound, "Did you mean user_id"),
        ("user_id:nobody", NotFound, "never seen"),
        ("phone:13911112222", NotFound, r"phone:139\*\*\*\*2222"),
        ("user_id:未知", NotFound, "identifies nobody"),
        ("c5", NotFound, "no customer c5"),
        ("c99999999999", DataError, "is not a key"),
    ],
)
def test_keys_nobody_has(one_id: OneId, key: str, error: type[Exception], sentence: str) -> None:
    with pytest.raises(error, match=sentence):
        one_id.resolve_key(key)


def test_a_shared_identifier_stands_for_nobody(one_id: OneId, seen: Any) -> None:
    add_shop(seen)
    one_id.refresh()
    with pytest.raises(NotFound, match="shared by many"):
        one_id.resolve_key("phone:02161312345")
    seen.see("phone:021-61312345")
    one_id.refresh()
    assert one_id.show("phone:02161312345").events == 1


def test_show(one_id: OneId, seen: Any) -> None:
    add_shop(seen)
    one_id.refresh()
    customer = one_id.show("phone:13800000000")
    assert (customer.customer_id, customer.events, customer.merged_by_hand) == ("c0", 4, False)
    assert customer.first_seen == to_time(HOUR)
    found = [(one.type, one.value, one.shared, one.events) for one in customer.identifiers]
    number = one_id.resolve_key(customer.customer_id)
    fragments = np.flatnonzero(one_id.graph.customer_of == number).tolist()
    assert list_identifiers(one_id.snapshot, number, fragments) == [(type, value) for type, value, *_ in found]
    assert found == [
        ("user_id", "lilei", False, 3),
        ("phone", "+8613800000000", False, 1),
        ("anonymous_id", "a1", False, 2),
        ("phone", "+862161312345", True, 1),
    ]
    assert [one.priority for one in customer.identifiers] == [1, 4, 9, 4]
    assert (customer.identifiers[0].first_seen, customer.identifiers[1].last_seen) == (
        to_time(2 * HOUR),
        to_time(3 * HOUR),
    )


def test_explain_chain(one_id: OneId, seen: Any) -> None:
    seen.see("user_id:lilei", "phone:13800000000", "anonymous_id:a1", event="order_paid")
    one_id.refresh()
    told = one_id.explain("anonymous_id:a1", "phone:13800000000")
    assert (told.linked, told.cause, len(told.chain)) == (True, "chain", 1)
    told = one_id.explain("user_id:lilei", "phone:13800000000")
    [step] = told.chain
    assert (step.left, step.right, step.by) == ("user_id:lilei", "phone:+8613800000000", "events")
    assert (step.event, step.source, step.events) == ("order_paid", "web", 2)
    assert (step.first_seen, step.last_seen) == (to_time(3 * HOUR), to_time(5 * HOUR))
    assert one_id.explain("user_id:lilei", "user_id:lilei").cause == "same"


def test_explain_chain_through_a_merge(one_id: OneId) -> None:
    one_id.merge("email:han@example.com", "phone:13800000000", author="wang", reason="called us")
    chain = one_id.explain("anonymous_id:a1", "user_id:hanmeimei").chain
    assert [step.by for step in chain] == ["events", "events", "merge", "events"]
    assert (chain[2].author, chain[2].reason, chain[2].seq) == ("wang", "called us", 5)
    assert [step.right for step in chain[:-1]] == [step.left for step in chain[1:]]


def test_explain_what_keeps_apart(one_id: OneId, seen: Any) -> None:
    assert one_id.explain("c0", "c3").cause == "unseen"
    add_shop(seen)
    one_id.refresh()
    bridge = one_id.explain("user_id:lilei", "user_id:hanmeimei")
    assert (bridge.linked, bridge.cause, bridge.customer_ids) == (False, "shared", ("c0", "c3"))
    assert "20 of type customer_no (at most 5)" in bridge.why
    assert one_id.explain("phone:02161312345", "user_id:lilei").cause == "shared"
    one_id.split("phone:13800000000", author="wang", reason="lent")
    told = one_id.explain("phone:13800000000", "anonymous_id:a1")
    assert told.cause == "split"
    assert told.why == "They were split by hand by wang (seq 27): lent."


def test_merge_then_split_restores_both(one_id: OneId) -> None:
    before = one_id.graph
    merged = one_id.merge("email:han@example.com", "phone:13800000000")
    assert (merged.customer_id, merged.absorbed) == ("c0", "c3")
    assert one_id.resolve_key("c3") == one_id.resolve_key("user_id:hanmeimei") == 0
    assert one_id.show("c0").merged_by_hand
    parted = one_id.split("user_id:hanmeimei")
    assert parted.undid_merge
    assert (parted.taken.customer_id, [part.customer_id for part in parted.rest]) == ("c3", ["c0"])
    assert parted.taken.identifiers == ("user_id:hanmeimei", "email:han@example.com")
    assert np.array_equal(one_id.graph.root, before.root)
    assert np.array_equal(one_id.graph.customer_of, before.customer_of)
    assert not one_id.show("c0").merged_by_hand


def test_split_takes_out_what_is_named(one_id: OneId) -> None:
    parted = one_id.split("phone:13800000000", author="wang", reason="not his")
    assert (parted.undid_merge, parted.taken.identifiers) == (False, ("phone:+8613800000000",))
    assert [part.identifiers for part in parted.rest] == [("anonymous_id:a1", "user_id:lilei")]
    assert one_id.graph.customer_of.tolist() == [0, 0, 0, 3]
    with pytest.raises(NotFound, match="no events of its own"):
        one_id.resolve_key("phone:13800000000")


def test_identifiers_split_together_stay_together(one_id: OneId, seen: Any) -> None:
    parted = one_id.split("phone:13800000000", ["anonymous_id:a1"])
    assert parted.taken.identifiers == ("phone:+8613800000000", "anonymous_id:a1")
    assert [part.identifiers for part in parted.rest] == [("user_id:lilei",)]
    assert one_id.resolve_key("anonymous_id:a1") == 0
    assert one_id.resolve_key("user_id:lilei") == 1


def test_a_merge_after_a_split_wins(one_id: OneId) -> None:
    one_id.split("phone:13800000000")
    one_id.merge("phone:13800000000", "user_id:lilei")
    assert one_id.graph.root.tolist() == [0, 0, 0, 3, 3]


def test_what_cannot_be_decided(one_id: OneId, seen: Any) -> None:
    seen.see("user_id:alone")
    with pytest.raises(Conflict, match="one customer already"):
        one_id.merge("user_id:lilei", "anonymous_id:a1")
    with pytest.raises(Conflict, match="only identifier"):
        one_id.split("user_id:alone")
    with pytest.raises(Conflict, match="not of the same customer"):
        one_id.split("user_id:lilei", ["user_id:hanmeimei"])
    with pytest.raises(Conflict, match="leave at least one out"):
        one_id.split("user_id:hanmeimei", ["email:han@example.com"])
    assert seen.decided == []


def test_known_at_sees_only_what_was_known(one_id: OneId) -> None:
    snapshot = one_id.snapshot_at(2 * HOUR)
    assert snapshot.graph.customer_of.tolist() == [0, 0, -1, -1]
    with pytest.raises(NotFound, match="no events of its own"):
        snapshot.resolve("email:han@example.com")


def test_report(one_id: OneId, seen: Any) -> None:
    add_shop(seen)
    one_id.refresh()
    report = one_id.report()
    assert (report.customers, dict(report.shared)) == (22, {"phone": 1})
    [shared] = report.most_shared
    assert shared.identifier == "phone:216****2345"
    assert shared.seen_with == {"user_id": 2, "customer_no": 20}
    assert (report.largest[0].customer_id, report.largest[0].identifiers) == ("c0", 3)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    events=st.lists(st.lists(st.sampled_from("uvwxyz"), min_size=1, max_size=3, unique=True), min_size=2, max_size=8),
    data=st.data(),
)
def test_any_merge_is_undone_by_a_split(
    make_observations: Callable[[], Any], events: list[list[str]], data: st.DataObject
) -> None:
    seen = make_observations()
    for letters in events:
        seen.see(*(f"{'user_id' if letter < 'w' else 'phone'}:{letter * 5}1{ord(letter)}00" for letter in letters))
    one_id = OneId(seen)
    keys = st.sampled_from(one_id.snapshot.keys(range(len(one_id.graph.root))))
    merged: set[int] = set()
    for _ in range(data.draw(st.integers(1, 3))):
        before, (left, right) = one_id.graph, (data.draw(keys), data.draw(keys))
        # A split undoes all merges that hold a key, so those of an earlier round must hold neither.
        held = any(before.root[node] in merged for node in map(one_id.snapshot.find, (left, right)))
        try:
            one_id.merge(left, right)
        except Conflict:
            continue
        if held or not data.draw(st.booleans()):
            merged |= {int(one_id.graph.root[one_id.snapshot.find(key)]) for key in (left, right)}
        else:
            one_id.split(data.draw(st.sampled_from([left, right])))
            assert one_id.graph.root.tolist() == before.root.tolist()
            assert one_id.graph.customer_of.tolist() == before.customer_of.tolist()
