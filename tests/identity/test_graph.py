"""What a shop meets: shared phones, family browsers, heavy users."""

from __future__ import annotations

from typing import Any

from limner.identity.graph import build_graph
from limner.identity.one_id import OneId
from limner.identity.rules import Rules


def customers(seen: Any) -> set[int]:
    return set(OneId(seen).graph.customer_of.tolist())


def test_nothing_seen(seen: Any) -> None:
    graph = build_graph(seen.observed(), [], Rules())
    assert (len(graph.root), len(graph.customer_of)) == (0, 0)


def test_a_shop_phone_welds_no_customer_numbers(seen: Any) -> None:
    for number in range(500):
        seen.see("phone:13800000000", f"customer_no:{number}")
    seen.see("phone:13800000000")
    assert len(customers(seen)) == 501


def test_a_shop_phone_welds_no_cookies(seen: Any) -> None:
    for number in range(500):
        seen.see("phone:13800000000", f"anonymous_id:a{number}")
    assert len(customers(seen)) == 500


def test_a_phone_within_its_limit_links(seen: Any) -> None:
    for number in range(1, 6):
        seen.see("phone:13800000000", f"customer_no:{number}")
    assert len(customers(seen)) == 1


def test_sixty_cookies_are_one_person(seen: Any) -> None:
    for number in range(60):
        seen.see("user_id:u1", f"anonymous_id:a{number}")
        seen.see(f"anonymous_id:a{number}")
    assert len(customers(seen)) == 1


def test_a_family_browser_welds_no_family(seen: Any) -> None:
    for person in ("mother", "father", "child"):
        seen.see("anonymous_id:browser", "device_id:tablet", f"user_id:{person}")
    seen.see("anonymous_id:browser")
    assert len(customers(seen)) == 4


def test_a_browser_of_one_person_with_two_names_is_not_shared(seen: Any) -> None:
    seen.see("anonymous_id:browser")
    seen.see("anonymous_id:browser", "user_id:old")
    seen.see("anonymous_id:browser", "user_id:new")
    assert len(customers(seen)) == 3
    seen.see("user_id:new", "user_id:old")
    assert len(customers(seen)) == 1


def test_a_shop_phone_beside_everybodys_makes_them_not_one(seen: Any) -> None:
    for number in range(150):
        seen.see("phone:13800000000", f"phone:139{number:08}")
        seen.see("user_id:clerk", f"phone:139{number:08}")
    assert OneId(seen).graph.shared.sum() == 1  # the shop's
    for number in range(1000, 1901):
        seen.see("user_id:clerk", f"phone:139{number:08}")
    assert OneId(seen).graph.shared.sum() == 2


def test_a_browser_of_one_person_follows_the_login(seen: Any) -> None:
    seen.see("anonymous_id:browser")
    seen.see("anonymous_id:browser", "user_id:mother")
    assert len(customers(seen)) == 1


def test_an_event_with_a_shared_identifier_goes_with_the_other_one(seen: Any) -> None:
    for number in range(1, 21):
        seen.see("phone:13800000000", f"customer_no:{number}")
    seen.see("customer_no:7")
    graph = OneId(seen).graph
    assert graph.shared.sum() == 1
    assert graph.customer_of[-1] == graph.customer_of[6]
