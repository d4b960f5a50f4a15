"""Whatever is sent to the gateway: a known status, a sentence when it is an error, and no good event lost over it."""

from __future__ import annotations

import base64
import gzip
import json
import random
import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from threading import Event
from typing import Any
from urllib.parse import quote_plus

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import limner
from limner import pipeline
from limner.api.app import create_app
from limner.workspace import Workspace

TAGS = """
tags:
  views: {layer: fact, fold: {count: '*', of: view}}
  spend: {layer: fact, fold: {sum: amount}}
  city: {layer: fact, fold: {trait: city}}
  places: {layer: fact, fold: {list: 'place', last: 3}}
"""
EXPECTED = {200, 400, 401, 404, 405, 413, 422, 429, 503}
"""404 only where there is no such path or webhook."""
FUZZED = settings(
    max_examples=25, deadline=timedelta(seconds=20), suppress_health_check=list(HealthCheck), derandomize=True
)


class Shop:
    """A served workspace, a client and its key."""

    def __init__(self, workspace: Workspace, client: TestClient, keys: Any) -> None:
        self.workspace = workspace
        self.client = client
        self.key = keys.write_key
        self.api_key = keys.api_key
        self.auth = b"Basic " + base64.b64encode(f"{self.key}:".encode())

    def rejects(self) -> list[dict[str, Any]]:
        return self.workspace.rejects_list()

    def events(self) -> int:
        self.workspace.intake.settle()
        return self.workspace.parts.log.watermark()

    def holds(self, good: str) -> bool:
        """Whether the customer of a good event has it."""
        return any(event["event_id"] == good for event in self.workspace.timeline(f"user_id:{good}")["events"])


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("fuzz") / "shop"
    keys = limner.init(folder)
    (folder / "tags" / "a.yaml").write_text(TAGS)
    with limner.open(folder) as workspace:
        workspace.tags_apply()
        workspace.intake.start()
        with TestClient(create_app(workspace, Event()), base_url="http://localhost") as client:
            yield Shop(workspace, client, keys)


def check_answer(response: Any) -> None:
    assert response.status_code in EXPECTED, (response.status_code, response.content[:500])
    if response.status_code != 200 and response.request.method not in ("HEAD", "OPTIONS"):
        told = response.json()
        assert told["code"], told
        assert told["message"], told
        assert told["code"] != "unexpected"
    if response.status_code in (429, 503):
        assert int(response.headers["Retry-After"]) > 0


def write_json(value: Any, plain: bool) -> bytes:
    """With NaN and infinities as Python has them; lone surrogates escaped or, ``plain``, as bytes that are no UTF-8."""
    text = json.dumps(value, ensure_ascii=not plain)
    return DEEP.sub(lambda found: nest(int(found[1])), text).encode("utf-8", "surrogatepass")


DEEP = re.compile('"deep ([0-9]+)"')
"""Stands for a value nested so many levels, which Python could not hold."""


def nest(depth: int) -> str:
    return '[{"a":' * (depth // 2) + "1" + "}]" * (depth // 2)


TEXTS = st.one_of(
    st.text(max_size=8),
    st.text(st.characters(codec=None), max_size=6),
    st.sampled_from(
        ["", " ", "\0", "a\0b", "\ud800", "\udc00a", "张三", "x" * 10_000, "é" * 300, '"', "\\", "\n", "null"]
    ),
)
TIMES = st.sampled_from([
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59-14:00", "0000-00-00", "-5", "",
    "2026-02-30T00:00:00Z", "2026-11-22T10:00:00+99:99", "1969-12-31", "+292278994-08-17T07:12:55Z", "infinity",
    "epoch", "now", "2026-11-22", "294247-01-10", "2026-11-22T10:00:00.123456789Z", 0, -1, 1e308, 2**63, True, [], {},
])  # fmt: skip
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([2**63, -(2**63) - 1, 2**64, 10**400, 1e308, -0.0, 1e-320]),
    st.floats(),
    TEXTS,
    TIMES,
)
VALUES = st.one_of(
    st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
        max_leaves=8,
    ),
    st.sampled_from(["deep 90", "deep 200", "deep 990", "deep 50000"]),
)
NAMES = st.sampled_from(["amount", "place", "city", "traits", "page", "ip", "url", "referrer", "phone", "utm", "$ip"])
OBJECTS = st.one_of(st.dictionaries(st.one_of(NAMES, TEXTS), VALUES, max_size=5), VALUES)
TYPES = st.sampled_from(["track", "identify", "page", "screen", "group", "alias", "TRACK", "", None, 7])
CONTEXTS = st.one_of(
    st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(("page", "campaign", "device", "os", "app", "locale", "ip", "userAgent"), VALUES)
        | {"traits": OBJECTS, "externalIds": st.one_of(VALUES, st.lists(OBJECTS, max_size=3))},
    ),
    VALUES,
)
MESSAGES = st.one_of(
    st.fixed_dictionaries(
        {"type": TYPES},
        optional={
            "event": st.one_of(TEXTS, VALUES),
            "properties": OBJECTS,
            "traits": OBJECTS,
            "context": CONTEXTS,
            **dict.fromkeys(("userId", "anonymousId", "previousId", "groupId", "name", "category"), SCALARS | VALUES),
            **dict.fromkeys(("timestamp", "originalTimestamp", "sentAt", "receivedAt"), TIMES | VALUES),
            "messageId": st.one_of(st.sampled_from(["", None, "y" * 10_000]), VALUES),
        },
    ),
    VALUES,
)


def good_message(name: str) -> dict[str, Any]:
    return {"type": "track", "event": "view", "userId": name, "messageId": name, "properties": {"amount": 5}}


@FUZZED
@given(
    odd=st.lists(MESSAGES, min_size=1, max_size=5),
    place=st.integers(0, 5),
    sent_at=TIMES | VALUES,
    plain=st.booleans(),
    packed=st.booleans(),
)
def test_odd_messages_are_stored_or_refused_one_by_one(
    shop: Shop, odd: list[Any], place: int, sent_at: Any, plain: bool, packed: bool
) -> None:
    name = uuid.uuid4().hex
    messages = [*odd[:place], good_message(name), *odd[place:]]
    marked = [{**one, f"mark {name}": n} if isinstance(one, dict) else one for n, one in enumerate(messages)]
    events, rejects = shop.events(), len(shop.rejects())
    body = write_json({"batch": marked, "sentAt": sent_at}, plain)
    response = shop.client.post(
        "/v1/batch", content=gzip.compress(body) if packed else body, headers={"Authorization": shop.auth}
    )
    check_answer(response)
    assert response.status_code == 200
    assert shop.holds(name)
    added = shop.rejects()[rejects:]
    assert all(reject["reason"] for reject in added)
    assert shop.events() - events + len(added) <= len(messages)
    lost = sum(isinstance(one, dict) for one in messages) - (shop.events() - events) - len(added)
    assert lost <= sum("messageId" in one for one in odd if isinstance(one, dict)), "only an id seen before is no event"


@FUZZED
@given(message=MESSAGES, path=st.sampled_from(["track", "identify", "alias", "t", "p", "g"]), plain=st.booleans())
def test_odd_single_messages(shop: Shop, message: Any, path: str, plain: bool) -> None:
    headers = {"Authorization": shop.auth, "User-Agent": b"Mozilla/5.0 \xff\x80"}
    check_answer(shop.client.post(f"/v1/{path}", content=write_json(message, plain), headers=headers))


IDENTITIES = st.sampled_from(["$identity_login_id", "$identity_mobile", "$identity_cookie_id", "a", ""])
ITEMS = st.one_of(
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(
                ["track", "track_signup", "track_id_bind", "track_id_unbind", "item_set", "item_delete", "profile_set",
                 "profile_set_once", "profile_increment", "profile_append", "profile_unset", "profile_delete", "", None]
            )
        },
        optional={
            "event": st.one_of(TEXTS, VALUES),
            "properties": OBJECTS,
            "identities": st.one_of(st.dictionaries(IDENTITIES, VALUES), VALUES),
            "lib": OBJECTS,
            **dict.fromkeys(("distinct_id", "login_id", "anonymous_id", "original_id", "item_type", "item_id"), VALUES),
            **dict.fromkeys(("time", "_flush_time"), st.one_of(TIMES, VALUES, st.sampled_from([1_795_300_000_000]))),
            "_track_id": SCALARS,
        },
    ),
    VALUES,
)  # fmt: skip


@FUZZED
@given(odd=st.lists(ITEMS, min_size=1, max_size=5), place=st.integers(0, 5), plain=st.booleans(), packed=st.booleans())
def test_odd_items_are_stored_or_refused_one_by_one(
    shop: Shop, odd: list[Any], place: int, plain: bool, packed: bool
) -> None:
    name = uuid.uuid4().hex
    good = {"type": "track", "event": "view", "distinct_id": name, "time": 1_795_300_000_000, "_track_id": 1}
    good["properties"] = {"$is_login_id": True, "amount": 5}
    rejects = len(shop.rejects())
    text = write_json([*odd[:place], good, *odd[place:]], plain)
    data = quote_plus(base64.b64encode(gzip.compress(text) if packed else text))
    response = shop.client.post(f"/sa?token={shop.key}", content=f"data_list={data}")
    assert response.status_code == 200
    assert [event["event_id"] for event in shop.workspace.timeline(f"user_id:{name}")["events"]]
    assert all(reject["reason"] for reject in shop.rejects()[rejects:])
    told = shop.client.post(f"/debug?token={shop.key}", content=f"data_list={data}", headers={"Dry-Run": "true"})
    check_answer(told)


def damage(body: bytes, chance: random.Random, how: str) -> bytes:
    """A whole body, spoilt in one of the ways networks and clients have."""
    if how == "cut":
        return body[: chance.randrange(len(body))]
    if how == "flip":
        spoilt = bytearray(body)
        for _ in range(chance.randrange(1, 4)):
            spoilt[chance.randrange(len(spoilt))] ^= 1 << chance.randrange(8)
        return bytes(spoilt)
    if how == "twice":
        return body + body
    return chance.randbytes(chance.randrange(200))


WHOLE = json.dumps({"batch": [good_message("whole")], "sentAt": "2026-11-22T10:00:00Z"}).encode()
FORM = (
    b"data_list=" + quote_plus(base64.b64encode(gzip.compress(b'[{"type":"track"}]'))).encode() + b"&gzip=1&ext=crc%3D7"
)
BODIES = (
    WHOLE,
    gzip.compress(WHOLE),
    FORM,
    b'{"type":"track","event":"a","userId":"u"}',
    b"data=eyJ9&data=%%%&data=YQ",
)
PATHS = ("/v1/batch", "/v1/b", "/v1/import", "/v1/track", "/v1/t", "/v1/identify", "/v1/projects/KEY/settings",
         "/v1/projects/%FF%00/settings", "/v1/webhooks/shop", "/v1/webhooks/%2e%2e", "/sa", "/sa.gif", "/debug",
         "/v1/nothing")  # fmt: skip
QUERIES = ("", "?", "?token=KEY", "?token=KEY&data=%", "?token=%FF%00", "?data_list&&=&token==", "?token=KEY&data=YQ==")
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "Authorization": st.one_of(
            st.sampled_from([b"Basic", b"Basic ", b"Basic \xe9\xff", b"Basic !!!", b"Basic OjE6", b"Bearer x", b"\xff",
                             b"Basic /////w==", b"Digest a"]),
            st.binary(max_size=20).map(base64.b64encode).map(b"Basic ".__add__),
        ),
        "Content-Type": st.sampled_from([b"", b"text/plain", b"multipart/form-data; boundary=x", b"\xff", b"a/b;;;="]),
        "Content-Encoding": st.sampled_from([b"gzip", b"br", b"deflate, gzip", b"zstd", b"\xff", b""]),
        "Host": st.sampled_from([b"[", b"a b", b"", b"\xff", b"x" * 3_000, b"[::1]:8300", b"h:99999", b"h:port"]),
        "User-Agent": st.sampled_from([b"", b"Mozilla/5.0", b"Mozilla/\xff", b"x" * 20_000]),
        "Origin": st.sampled_from([b"null", b"\xff", b"https://shop.example"]),
        "Dry-Run": st.sampled_from([b"true", b"\xff"]),
        "webhook-id": st.sampled_from([b"", b"1", b"\xff"]),
        "webhook-timestamp": st.sampled_from([b"", b"1e400", b"9" * 5_000, b"-1", b"\xb2"]),
        "webhook-signature": st.sampled_from([b"", b"v1,\xff", b"v1,", b",,, ,"]),
    },
)  # fmt: skip


@settings(parent=FUZZED, max_examples=150)
@given(
    method=st.sampled_from(["POST", "POST", "POST", "GET", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"]),
    path=st.sampled_from(PATHS),
    body=st.sampled_from(BODIES),
    how=st.sampled_from(["cut", "flip", "twice", "random", "no"]),
    query=st.sampled_from(QUERIES),
    known=st.booleans(),
    headers=HEADERS,
    seed=st.integers(0, 2**32),
)  # fmt: skip
def test_any_request_is_answered(
    shop: Shop,
    method: str,
    path: str,
    body: bytes,
    how: str,
    query: str,
    known: bool,
    headers: dict[str, bytes],
    seed: int,
) -> None:
    spoilt = body if how == "no" else damage(body, random.Random(seed), how)
    given_headers = headers | ({"Authorization": shop.auth} if known else {})
    target = (path + query).replace("KEY", shop.key)
    check_answer(shop.client.request(method, target, content=spoilt, headers=given_headers))


@pytest.mark.parametrize("value", [b"", b"Basic", b"Basic ", b"Basic \xe9\xff", b"Basic !", b"Basic /w==", b"Bearer x"])
def test_an_odd_authorization_is_none(shop: Shop, value: bytes) -> None:
    for path in ("/v1/batch", "/v1/t", "/sa", "/debug"):
        response = shop.client.post(path, content=WHOLE, headers={"Authorization": value})
        assert response.status_code == 401
        check_answer(response)


@pytest.mark.parametrize("host", [b"[", b"[::1", b"a b", b"", b"\xff", b"h:port", b"h:99999", b"x" * 3_000])
@pytest.mark.parametrize("path", ["/v1/projects/KEY/settings", "/v1/nothing"])
def test_an_odd_host_is_no_mistake_of_ours(shop: Shop, host: bytes, path: str) -> None:
    check_answer(shop.client.get(path.replace("KEY", shop.key), headers={"Host": host}))


@pytest.mark.parametrize("path", ["/v1/batch", "/sa", pytest.param("/debug", marks=pytest.mark.slow)])
def test_large_bodies(shop: Shop, path: str) -> None:
    """10 MB of nothing, of one value, of brackets, of events, and a bomb."""
    name = uuid.uuid4().hex
    messages = [
        {**good_message(name), "messageId": f"{name}-{n}", "properties": {"note": "x" * 900}} for n in range(9_000)
    ]
    bodies = [
        random.Random(1).randbytes(10 << 20),
        b'{"batch": [{"type": "track", "event": "a", "userId": "u", "traits": {"a": "%s"}}]}' % (b"x" * (10 << 20)),
        b"[" * (10 << 20),
        b"data=" + b"A" * (10 << 20),
        gzip.compress(b"0" * (200 << 20), 1),
        b"{" + b'"' * (17 << 20),
        gzip.compress(json.dumps({"batch": messages}).encode(), 1),
    ]  # fmt: skip
    for body in bodies:
        target = f"{path}?token={shop.key}" if path in ("/sa", "/sa.gif", "/debug") else path
        check_answer(shop.client.post(target, content=body, headers={"Authorization": shop.auth}))
    shop.workspace.intake.settle(60)
    if path == "/v1/batch":
        assert shop.workspace.profile(f"user_id:{name}").as_dict()["tags"]["views"]["value"] == 9_000


@pytest.mark.parametrize("names", [20_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_a_million_property_names_are_survived(shop: Shop, names: int) -> None:
    name = uuid.uuid4().hex
    each = 100
    for begin in range(0, names // each, 1_000):
        batch = [
            {**good_message(name), "messageId": f"{name}-{begin + n}",
             "properties": {f"{name}-{(begin + n) * each + i}": i for i in range(each)}}
            for n in range(min(1_000, names // each - begin))
        ]  # fmt: skip
        body = gzip.compress(json.dumps({"batch": batch}).encode(), 1)
        check_answer(shop.client.post("/v1/batch", content=body, headers={"Authorization": shop.auth}))
    shop.workspace.intake.settle(120)
    assert shop.workspace.profile(f"user_id:{name}").as_dict()["tags"]["views"]["value"] == names // each
    shop.workspace.tags_check()
    assert shop.workspace.fold().customers > 0


def test_what_breaks_the_intake_is_refused_and_the_rest_stored(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake of ours in reading, checking or enriching one event: it must not stop all that comes after it."""
    name, real = uuid.uuid4().hex, pipeline.clean

    def clean(chunk: Any, contract: Any) -> Any:
        if "poison" in chunk.events["name"].to_pylist():
            raise ValueError("nobody thought of this")
        return real(chunk, contract)

    monkeypatch.setattr(pipeline, "clean", clean)
    poison = {"type": "track", "event": "poison", "userId": name, "messageId": f"{name}-1"}
    goods = [f"{name}{n}" for n in range(4)]
    bodies = [
        {"batch": [good_message(goods[0])]},
        {"batch": [good_message(goods[1]), poison, good_message(goods[2])]},
        {"batch": [good_message(goods[3])]},
    ]
    for body in bodies:
        response = shop.client.post("/v1/batch", content=json.dumps(body), headers={"Authorization": shop.auth})
        assert response.status_code == 200
    assert all(map(shop.holds, goods))
    assert any(name in reject["row"] and "ValueError" in reject["reason"] for reject in shop.rejects())


def test_afterwards_everything_can_still_be_read(shop: Shop) -> None:
    workspace = shop.workspace
    assert workspace.intake.behind == 0
    assert workspace.doctor()["seq"] == workspace.parts.log.watermark()
    assert workspace.fold().customers > 0
    assert workspace.table().num_rows > 0
    assert workspace.events_recent().as_dict()["events"]
    assert shop.client.get("/metrics").status_code == 200
    header = {"Authorization": f"Bearer {shop.api_key}"}
    assert shop.client.get("/api/v1/events/recent", headers=header).status_code in (200, 404)
