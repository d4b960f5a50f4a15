"""Whatever is sent to the gateway: a known status, a sentence when it is an error, and no good event lost over it."""

from __future__ import annotations

import base64
import gzip
import json
import random
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
from tests.e2e.odd import ITEMS, MESSAGES, TIMES, VALUES, write_json

import limner
from limner import storing
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
    name, real = uuid.uuid4().hex, storing.clean

    def clean(chunk: Any, contract: Any) -> Any:
        if "poison" in chunk.events["name"].to_pylist():
            raise ValueError("nobody thought of this")
        return real(chunk, contract)

    monkeypatch.setattr(storing, "clean", clean)
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
