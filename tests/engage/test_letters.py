"""What destinations are told, in either shape."""

from __future__ import annotations

import base64
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import limner
from limner.engage.letters import address_of, count_letters, headers_of, pick, write_letters
from limner.govern.signature import verify
from limner.model.change import Changed, Mark
from limner.ports.destinations import Destination, Shape
from limner.ports.outbox import Entry

ZONE = "Asia/Shanghai"
CRM = Destination("crm", "https://crm.example.com/hook?a=b", Shape.STANDARD, "", ("spend", "城市"), ("vip",), False, 0)
ADS = Destination("ads", "https://ads.example.com/", Shape.SEGMENT, "", ("spend",), ("vip", "new"), False, 0)
CHANGED = Changed(7, {"spend": (1.5, 20), "城市": (None, "上海"), "n": (1, 2)}, ("vip", "old"), ("new",))
ENTRY = Entry(12, Mark(5, 1_793_548_800_000_000), CHANGED)
KNOWN = [("user_id", "u7"), ("phone", "+8613800000000"), ("user_id", "u8"), ("anonymous_id", "a1")]


def bodies(entry: Entry, destination: Destination, known: Any = KNOWN) -> list[Any]:
    picked = pick(entry, destination)
    assert picked is not None
    return [json.loads(letter.body) for letter in write_letters(picked, destination, known, ZONE)]


def test_only_what_was_asked_for_is_told() -> None:
    picked = pick(ENTRY, CRM)
    assert picked is not None
    assert picked.changed == Changed(7, {"spend": (1.5, 20), "城市": (None, "上海")}, ("vip",), ())
    assert pick(Entry(13, Mark(5, 0), Changed(7, {"n": (1, 2)}, ("old",))), CRM) is None


def test_standard_messages() -> None:
    customer = {
        "customer_id": "c7",
        "identifiers": [{"type": type, "value": value} for type, value in KNOWN],
        "as_of": "2026-11-02T00:00:00+08:00",
    }
    tags = {"spend": {"before": 1.5, "after": 20}, "城市": {"before": None, "after": "上海"}}
    at = "2026-11-02T00:00:00+08:00"
    assert bodies(ENTRY, CRM) == [
        {"type": "tag.changed", "timestamp": at, "data": {**customer, "tags": tags}},
        {"type": "audience.entered", "timestamp": at, "data": {**customer, "audience": "vip"}},
    ]
    out = Entry(12, Mark(5, 0), Changed(7, {}, (), ("vip",)))
    assert [body["type"] for body in bodies(out, CRM)] == ["audience.exited"]


def test_letters_are_counted_without_writing_them() -> None:
    out = Changed(7, {}, ("vip",), ("new",))
    for destination in (CRM, ADS):
        for changed in (CHANGED, out, Changed(7, {"spend": (1, 2)})):
            picked = pick(Entry(1, Mark(5, 0), changed), destination)
            assert picked is not None
            assert count_letters(picked, destination) == len(write_letters(picked, destination, KNOWN, ZONE))


def test_segment_messages_are_one_batch() -> None:
    (body,) = bodies(ENTRY, ADS)
    identify, exited, entered = body["batch"]
    assert (identify["type"], identify["traits"]) == ("identify", {"spend": 20})
    assert (exited["event"], exited["properties"]) == (
        "Audience Exited",
        {"audience_key": "new", "audience_name": "new", "new": False},
    )
    assert (entered["event"], entered["properties"]["vip"]) == ("Audience Entered", True)
    assert {(each["userId"], each["anonymousId"]) for each in body["batch"]} == {("u7", "a1")}
    assert [each["messageId"] for each in body["batch"]] == ["ads.12.0.0", "ads.12.0.1", "ads.12.0.2"]
    assert identify["context"]["externalIds"][1]["id"] == "+8613800000000"


def test_a_customer_nobody_logged_in_as_has_an_anonymous_id() -> None:
    (body,) = bodies(ENTRY, ADS, [("phone", "+8613800000000")])
    assert body["batch"][0]["anonymousId"] == "c7"
    assert "userId" not in body["batch"][0]


def test_limner_itself_understands_the_segment_messages(tmp_path: Path) -> None:
    (body,) = bodies(ENTRY, ADS)
    limner.init(tmp_path / "shop")
    (tmp_path / "messages.jsonl").write_text("\n".join(map(json.dumps, body["batch"])), encoding="utf-8")
    with limner.open(tmp_path / "shop") as workspace:
        assert workspace.import_files(tmp_path / "messages.jsonl").accepted == 3
        events = workspace.timeline("user_id:u7")["events"]
    assert {event["name"] for event in events} == {"identify", "Audience Exited", "Audience Entered"}


def test_letters_are_signed_and_their_ids_stay() -> None:
    picked = pick(ENTRY, CRM)
    assert picked is not None
    _, letter = write_letters(picked, CRM, KNOWN, ZONE)
    secret = "whsec_" + base64.b64encode(b"k" * 32).decode()
    now = int(time.time())
    first, second = (headers_of("crm.12.1", letter.body, CRM, secret, at) for at in (now, now + 60))
    assert first["webhook-id"] == second["webhook-id"] == "crm.12.1"
    assert first["webhook-signature"] != second["webhook-signature"]
    assert verify([secret], first, letter.body).second == now
    assert address_of(CRM) == CRM.url


def test_segments_audiences_and_traits_are_told_by_identify() -> None:
    """As Segment Engage sends them: https://www.twilio.com/docs/segment/engage/using-engage-data"""
    (body,) = bodies(ENTRY, replace(ADS, shape=Shape.SEGMENT_IDENTIFY), [*KNOWN, ("email", "li@example.com")])
    told = [(each["type"], each["traits"], each["context"]["personas"]) for each in body["batch"]]

    def personas(kind: str, id: str, key: str) -> dict[str, str]:
        named = {"computation_class": kind, "computation_id": id, "computation_key": key}
        return {**named, "namespace": "limner", "space_id": "limner"}

    mail = {"email": "li@example.com"}
    assert told == [
        ("identify", {**mail, "spend": 20}, personas("computed_trait", "tra_spend", "spend")),
        ("identify", {**mail, "new": False}, personas("audience", "aud_new", "new")),
        ("identify", {**mail, "vip": True}, personas("audience", "aud_vip", "vip")),
    ]
    assert [each["messageId"] for each in body["batch"]] == ["ads.12.0.0", "ads.12.0.1", "ads.12.0.2"]
    assert {each["userId"] for each in body["batch"]} == {"u7"}
    assert all(each["integrations"] == {"All": True} for each in body["batch"])
    assert all(each["context"]["integrations"] == {"personas": False} for each in body["batch"])


def test_receivers_of_audiences_find_the_key_of_an_event_in_its_context() -> None:
    (body,) = bodies(ENTRY, ADS)
    identify, *events = body["batch"]
    assert "personas" not in identify["context"], "its traits are several"
    for event in events:
        key = event["context"]["personas"]["computation_key"]
        assert event["properties"][key] is (event["event"] == "Audience Entered")


def test_segments_receivers_get_the_write_key() -> None:
    picked = pick(ENTRY, ADS)
    assert picked is not None
    [letter] = write_letters(picked, ADS, KNOWN, ZONE)
    headers = headers_of("ads.12.0", letter.body, ADS, "KEY", 1)
    assert headers["Authorization"] == "Basic S0VZOg=="
    assert "webhook-id" not in headers
    assert address_of(ADS) == "https://ads.example.com/v1/batch"
