"""events.yaml: aliases, titles, and the plan."""

import pytest

from limner.errors import DefinitionError
from limner.model.contract import Mode, PlannedProperty, PropertyType
from limner.model.labels import labels_of
from limner.model.tracking import TrackedEvent, Tracking, Unplanned, parse_tracking


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
        TrackedEvent(
            "order_paid",
            ("Order Completed", "订单完成"),
            {"zh": "付款"},
            (PlannedProperty("amount", {"zh": "实付金额"}), PlannedProperty("note")),
        ),
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


def test_a_plan_is_read() -> None:
    tracking = parse_tracking(
        {
            "unknown_events": "quarantine",
            "events": {
                "order_paid": {
                    "mode": "reject",
                    "unplanned_properties": "refused",
                    "properties": {
                        "amount": {"title": {"zh": "金额"}, "type": "number", "required": True, "min": 0, "max": 1e6},
                        "channel": {"enum": ["app", "web"]},
                        "order_id": {"pattern": r"^O\d+$"},
                        "products[].sku": {"required": True},
                        "quantity": {"min": 1},
                    },
                }
            },
        }
    )
    (event,) = tracking.events
    assert (tracking.unknown_events, event.mode, event.unplanned) == (
        Mode.QUARANTINE,
        Mode.REJECT,
        Unplanned.REFUSED,
    )
    assert event.properties == (
        PlannedProperty("amount", {"zh": "金额"}, PropertyType.NUMBER, True, (), 0, 1e6),
        PlannedProperty("channel", enum=("app", "web")),
        PlannedProperty("order_id", type=PropertyType.STRING, pattern=r"^O\d+$"),
        PlannedProperty("products[].sku", required=True),
        PlannedProperty("quantity", type=PropertyType.NUMBER, least=1),
    )
    assert tracking.property_titles() == {"amount": {"zh": "金额"}}


@pytest.mark.parametrize(
    ("property", "said"),
    [
        ({"type": "int"}, "events.a.properties.p.type: unknown type 'int'. Did you mean integer?"),
        ({"type": "strin"}, "events.a.properties.p.type: unknown type 'strin'. Did you mean string?"),
        ({"type": 1}, "events.a.properties.p.type: type is one of string, number,"),
        ({"requird": True}, "events.a.properties.p.requird: a property has no field 'requird'. Did you mean required?"),
        ({"titel": "x"}, "events.a.properties.p.titel: a property has no field 'titel'. Did you mean title?"),
        ({"required": "ja"}, "events.a.properties.p.required: true or false is wanted, but this is 'ja'."),
        ({"min": 3, "max": 2}, "events.a.properties.p.min: min 3 is above max 2."),
        ({"min": "3"}, "events.a.properties.p.min: a number is wanted, but this is '3'."),
        ({"type": "string", "min": 3}, "events.a.properties.p.min: min bounds numbers, but the type is string."),
        (
            {"type": "list", "pattern": "x"},
            "events.a.properties.p.pattern: a pattern is of text, but the type is list.",
        ),
        ({"type": "number", "enum": ["x"]}, "events.a.properties.p.enum: 'x' is not of type number."),
        ({"type": "string", "enum": [True]}, "events.a.properties.p.enum: true is not of type string. YAML reads on"),
        ({"enum": []}, "events.a.properties.p.enum: the list is empty"),
        ({"pattern": "("}, "events.a.properties.p.pattern: the pattern cannot be read: missing )"),
        ({"pattern": "(?=a)"}, "events.a.properties.p.pattern: the pattern cannot be read: invalid perl operator"),
        ({"pattern": "a" * 501}, "events.a.properties.p.pattern: the pattern has 501 characters; 500 is the most."),
        ({"pattern": "\ud800"}, "events.a.properties.p.pattern: the pattern cannot be read"),
    ],
)
def test_every_mistake_of_a_rule_is_said(property: object, said: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        parse_tracking({"events": {"a": {"properties": {"p": property}}}})
    assert str(caught.value).startswith(f"events.yaml: {said}")


def test_all_mistakes_are_said_at_once() -> None:
    with pytest.raises(DefinitionError) as caught:
        parse_tracking(
            {
                "unknown_events": "refuse",
                "events": {
                    "a": {"mode": "accept", "properties": {"time": {"type": "time"}, "b": {"type": "x", "min": "y"}}},
                    "b": {"mode": True, "unplanned_properties": "no"},
                },
            }
        )
    assert [problem.field for problem in caught.value.problems] == [
        "events.a.properties.time",
        "events.a.properties.b.min",
        "events.a.properties.b.type",
        "events.a.mode",
        "events.b.mode",
        "events.b.unplanned_properties",
        "unknown_events",
    ]
