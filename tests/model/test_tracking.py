"""events.yaml: aliases and titles."""

import pytest

from limner.errors import DefinitionError
from limner.model.labels import labels_of
from limner.model.tracking import TrackedEvent, Tracking, parse_tracking


def test_what_is_read() -> None:
    tracking = parse_tracking(
        {
            "events": {
                "order_paid": {
                    "aliases": ["Order Completed", "订单完成"],
                    "title": {"zh": "付款"},
                    "properties": {"amount": {"zh": "实付金额"}, "note": None},
                },
                "login": None,
            }
        }
    )
    assert tracking.events == (
        TrackedEvent("order_paid", ("Order Completed", "订单完成"), {"zh": "付款"}, {"amount": {"zh": "实付金额"}}),
        TrackedEvent("login"),
    )
    assert tracking.aliases() == {"Order Completed": "order_paid", "订单完成": "order_paid"}
    labels = labels_of(tracking)
    assert (labels.event("order_paid", "zh"), labels.property("amount", "zh")) == ("付款", "实付金额")
    assert (labels.event("login", "zh"), labels.property("products[].category", "en")) == ("登录", "category")


@pytest.mark.parametrize("empty", [None, {}, {"events": None}])
def test_an_empty_file_is_no_events(empty: object) -> None:
    assert parse_tracking(empty) == Tracking()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ([], "events.yaml: the file is written as fields, but this is a list."),
        ({"evnets": {}}, "events.yaml: evnets: the file has no field 'evnets'. Did you mean events?"),
        (
            {"events": {"a": {"alias": ["b"]}}},
            "events.yaml: events.a.alias: an event has no field 'alias'. Did you mean",
        ),
        (
            {"events": {"a": {"aliases": ["b"]}, "b": {}}},
            "events.yaml: events.a.aliases: 'b' is an event itself already.",
        ),
        (
            {"events": {"a": {"aliases": ["c"]}, "b": {"aliases": ["c"]}}},
            "events.yaml: events.b.aliases: 'c' is an alias of a already.",
        ),
        (
            {"events": {"a": {"properties": {"p": {"fr": "x"}}}}},
            "events.yaml: events.a.properties.p.fr: a title has no field",
        ),
    ],
)
def test_every_mistake_is_said(written: object, said: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        parse_tracking(written)
    assert str(caught.value).startswith(said)
