from __future__ import annotations

import doctest

import pytest

from limner.errors import DefinitionError
from limner.identity import rules
from limner.identity.rules import DEFAULT_TYPES, Rules, TypeRule, parse_rules


def test_examples() -> None:
    assert doctest.testmod(rules).failed == 0


def test_an_undeclared_type_is_never_the_stronger_one_of_a_cap() -> None:
    """A cookie meets many session ids; that does not make it a family's."""
    assert Rules().cap("anonymous_id", "session_id") == DEFAULT_TYPES["anonymous_id"].fan_out
    assert Rules().cap("session_id", "user_id") == TypeRule().limit


@pytest.mark.parametrize("text", ["", "identifiers:", "identifiers: {}"])
def test_an_empty_file_changes_nothing(text: str) -> None:
    assert parse_rules(text) == Rules()


def test_a_file_changes_limits_and_keeps_the_rest() -> None:
    found = parse_rules("identifiers: {phone: {limit: 2, limits: {email: 9}}, device_id:}")
    assert found.types["phone"] == TypeRule(limit=2, fan_out=100, limits={"email": 9})
    assert found.types["device_id"] == DEFAULT_TYPES["device_id"]
    assert list(found.types) == list(DEFAULT_TYPES)


def test_the_order_written_is_the_priority() -> None:
    found = parse_rules("identifiers: {phone: {}, loyalty_card: {limit: 1}, user_id: {}}")
    assert found.rank("phone") < found.rank("loyalty_card") < found.rank("customer_no") < found.rank("user_id")
    assert found.cap("user_id", "phone") == DEFAULT_TYPES["user_id"].limit


def test_all_problems_at_once() -> None:
    text = "identifier: {}\nidentifiers: {phone: {limt: 5, fan_out: 0}, email: 3, 'a b': {}, openid: {limits: [1]}}"
    with pytest.raises(DefinitionError) as caught:
        parse_rules(text)
    assert [problem.field for problem in caught.value.problems] == [
        "identifier",
        "identifiers.a b",
        "identifiers.phone.limt",
        "identifiers.phone.fan_out",
        "identifiers.email",
        "identifiers.openid.limits",
    ]
    assert "Did you mean limit or limits?" in str(caught.value)


def test_a_key_written_twice_is_told() -> None:
    with pytest.raises(DefinitionError, match="phone"):
        parse_rules("identifiers: {phone: {limit: 2}, phone: {limit: 9}}")


@pytest.mark.parametrize("text", ["[1]", "identifiers: [phone]", "identifiers: {phone: {limit: true}}", "a: b: c"])
def test_what_is_no_rules_file(text: str) -> None:
    with pytest.raises(DefinitionError, match=r"identity\.yaml"):
        parse_rules(text)
