"""Requests in, portraits out: what clients deliver to the gateway is who and what they said."""

from __future__ import annotations

import base64
import gzip
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import quote_plus

import pytest
from fastapi.testclient import TestClient

import limner
from limner.api.app import create_app
from limner.errors import NotFound
from limner.workspace import Workspace

TAGS = """
tags:
  views: {layer: fact, fold: {count: '*', of: view}}
  city: {layer: fact, fold: {trait: city}}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[tuple[Workspace, TestClient, str]]:
    """A served workspace, a client, and a write key."""
    keys = limner.init(tmp_path / "shop")
    (tmp_path / "shop" / "tags" / "shop.yaml").write_text(TAGS, encoding="utf-8")
    ready = Event()
    ready.set()
    with limner.open(tmp_path / "shop") as workspace:
        workspace.tags_apply()
        workspace.intake.start()
        with TestClient(create_app(workspace, ready), base_url="http://localhost") as client:
            yield workspace, client, keys.write_key


Shop = tuple[Workspace, TestClient, str]


def segment(shop: Shop, path: str, body: Any, **more: Any) -> Any:
    _, client, key = shop
    content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    return client.post(f"/v1/{path}", content=content, auth=(key, ""), **more)


def sensors(shop: Shop, *items: dict[str, Any], packed: bool = True) -> Any:
    _, client, key = shop
    text = json.dumps(list(items), ensure_ascii=False).encode()
    data = base64.b64encode(gzip.compress(text) if packed else text).decode()
    return client.post(f"/sa?token={key}&project=default", content=f"data_list={quote_plus(data)}&gzip={int(packed)}")


def view(user: str | None, **more: Any) -> dict[str, Any]:
    return {"type": "track", "event": "view", "userId": user, **more}


def test_a_read_sees_what_was_answered_before_it(shop: Shop) -> None:
    workspace, *_ = shop
    for count in range(1, 6):
        assert segment(shop, "track", view("u1", messageId=str(count))).status_code == 200
        portrait = workspace.profile("user_id:u1")
        assert portrait.as_dict()["tags"]["views"]["value"] == count


def send_at(shop: Shop, name: str, *, happened: float, sent: float, **more: Any) -> None:
    """An event that happened and was sent so many seconds from now, by its sender's clock."""
    iso = [datetime.fromtimestamp(time.time() + seconds, UTC).isoformat() for seconds in (happened, sent)]
    body = {"batch": [view("u1", messageId=name, timestamp=iso[0])], "sentAt": iso[1]}
    assert segment(shop, "batch", body, **more).status_code == 200


def test_a_request_that_was_kept_moves_no_event_and_a_clock_that_is_behind_does(shop: Shop) -> None:
    workspace, *_ = shop
    send_at(shop, "fresh", happened=-1, sent=0)
    send_at(shop, "kept", happened=-601, sent=-600)
    slow = {"headers": {"User-Agent": "slow"}}
    for name in ("slow", "slower"):
        send_at(shop, name, happened=-3602, sent=-3600, **slow)
    send_at(shop, "ahead", happened=3598, sent=3600, headers={"User-Agent": "ahead"})
    workspace.intake.settle()
    times = workspace.parts.log.tail(0, workspace.parts.log.watermark())
    ago = {key: time.time() - at / 1e6 for key, at in zip(times["event_id"].to_pylist(), times["time"].to_pylist())}
    expected = {"fresh": 1, "kept": 601, "slow": 2, "slower": 2, "ahead": 2}
    assert {key: seconds - expected[key] < 30 for key, seconds in ago.items()} == dict.fromkeys(expected, True)
    assert all(seconds >= expected[key] - 1 for key, seconds in ago.items())


def test_every_form_of_segments_protocol(shop: Shop) -> None:
    workspace, client, key = shop
    batch = {"batch": [view("张三", messageId="1"), view("张三", messageId="2")], "sentAt": "2026-11-22T10:00:00Z"}
    packed = gzip.compress(json.dumps(batch, ensure_ascii=False).encode())
    form = {"Content-Type": "application/x-www-form-urlencoded", "Content-Encoding": "gzip"}
    sent = [
        segment(shop, "batch", packed, headers=form),
        segment(shop, "batch", packed, headers=form),  # sent again
        segment(shop, "t", view("张三", messageId="3"), headers={"Content-Type": "text/plain"}),
        segment(shop, "identify", {"userId": "张三", "traits": {"city": "杭州"}, "messageId": "4"}),
        client.post("/v1/b", content=json.dumps({**batch, "batch": [view("张三", messageId="5")], "writeKey": key})),
    ]
    assert [(response.status_code, response.json()) for response in sent] == [(200, {"success": True})] * 5
    tags = workspace.profile("user_id:张三").as_dict()["tags"]
    assert (tags["views"]["value"], tags["city"]["value"]) == (4, "杭州")
    assert workspace.parts.log.watermark() == 5


def test_a_login_joins_what_was_done_before_it(shop: Shop) -> None:
    workspace, *_ = shop
    segment(shop, "batch", {"batch": [view(None, anonymousId="a1", messageId="1"), view("u1", messageId="2")]})
    assert workspace.profile("user_id:u1").as_dict()["tags"]["views"]["value"] == 1
    segment(shop, "identify", {"userId": "u1", "anonymousId": "a1", "messageId": "3"})
    assert workspace.profile("user_id:u1").as_dict()["tags"]["views"]["value"] == 2
    segment(shop, "alias", {"userId": "u2", "previousId": "u1", "messageId": "4"})
    assert workspace.profile("user_id:u2").as_dict()["tags"]["views"]["value"] == 2
    assert workspace.identity_explain("user_id:u2", "anonymous_id:a1")


@pytest.mark.parametrize("previous", ["u1", "a1"])
def test_an_alias_said_in_a_browser_keeps_what_was_done_there_before(previous: str, shop: Shop) -> None:
    workspace, *_ = shop
    browser = {"anonymousId": "a1"}
    segment(shop, "track", view(None, **browser, messageId="1"))
    if previous == "u1":
        segment(shop, "identify", {**browser, "userId": "u1", "messageId": "2"})
    segment(shop, "alias", {**browser, "userId": "u2", "previousId": previous, "messageId": "3"})
    assert workspace.profile("user_id:u2").as_dict()["tags"]["views"]["value"] == 1


def test_a_browser_used_under_the_old_and_the_new_user_id_is_nobody_elses(shop: Shop) -> None:
    workspace, *_ = shop
    browser = {"anonymousId": "a1"}
    segment(shop, "track", view(None, **browser, messageId="1"))
    segment(shop, "identify", {**browser, "userId": "u1", "messageId": "2"})
    segment(shop, "alias", {**browser, "userId": "u2", "previousId": "u1", "messageId": "3"})
    segment(shop, "identify", {**browser, "userId": "u2", "messageId": "4"})
    segment(shop, "track", view("u2", **browser, messageId="5"))
    assert workspace.profile("user_id:u1").as_dict()["tags"]["views"]["value"] == 2
    segment(shop, "identify", {**browser, "userId": "somebody else", "messageId": "6"})
    assert workspace.profile("user_id:u1").as_dict()["tags"]["views"]["value"] == 1


def test_sign_up_bind_and_unbind_change_the_graph_at_once(shop: Shop) -> None:
    workspace, *_ = shop
    time = 1_795_300_000_000

    def customers(*keys: str) -> list[str]:
        return [workspace.identity_show(key).customer_id for key in keys]

    item = {"type": "track", "event": "view", "time": time, "distinct_id": "anon-1", "properties": {}}
    assert sensors(shop, item).json() == {"code": 0, "message": "ok"}
    signed = {"type": "track_signup", "event": "$SignUp", "distinct_id": "login-1", "original_id": "anon-1"}
    sensors(shop, {**signed, "time": time + 1, "properties": {}})
    one, other = customers("user_id:login-1", "anonymous_id:anon-1")
    assert one == other
    phone = {"$identity_login_id": "login-1", "$identity_mobile": "13800000000"}
    bound = {"type": "track_id_bind", "event": "$BindID", "distinct_id": "login-1", "identities": phone}
    apart = {**bound, "type": "track_id_unbind", "event": "$UnbindID", "time": time + 3, "properties": {}}
    sensors(shop, {**bound, "time": time + 2, "properties": {}}, packed=False)
    one, other = customers("user_id:login-1", "phone:13800000000")
    assert one == other
    sensors(shop, apart)
    assert customers("user_id:login-1") == [one]
    with pytest.raises(NotFound, match="no events of its own"):
        customers("phone:13800000000")
    sensors(shop, {**bound, "time": time + 2, "properties": {}}, packed=False)  # the first one, sent again
    with pytest.raises(NotFound, match="no events of its own"):
        customers("phone:13800000000")
    sensors(shop, {**bound, "time": time + 4, "properties": {}})
    one, other = customers("user_id:login-1", "phone:13800000000")
    assert one == other, "bound again"


def test_what_is_wrong_is_told_and_kept(shop: Shop) -> None:
    workspace, client, key = shop
    refused = segment(shop, "batch", b'{"batch": [')
    assert refused.status_code == 400
    assert {"code", "message"} <= refused.json().keys()
    reading = workspace.keys_create("reader", role="viewer").secret
    for given, said in (("wrong", "Nobody knows"), ("", "No write key was given"), (reading, "sends no events")):
        answer = client.post("/v1/batch", content=b'{"batch":[]}', auth=(given or "", ""))
        assert (answer.status_code, said in answer.json()["message"]) == (401, True), answer.json()
    assert segment(shop, "batch", gzip.compress(b'{"batch":[]}')[:-4]).status_code == 400
    mixed = (
        b'{"batch":[{"type":"track","event":"view","userId":"u","messageId":"1"},{"type":"track","a":NaN},{"type":7}]}'
    )
    assert segment(shop, "batch", mixed).status_code == 200
    assert sensors(shop, {"type": "track", "event": "view"}, {"type": "dance", "distinct_id": "a"}).status_code == 200
    data = base64.b64encode(b'{"type":"track"}').decode()
    told = client.post(f"/debug?token={key}", content=f"data={quote_plus(data)}", headers={"Dry-Run": "true"})
    assert told.status_code == 400
    assert told.json()["problems"]
    reasons = [reject["reason"] for reject in workspace.rejects_list()]
    assert len(reasons) == 6
    assert workspace.profile("user_id:u").as_dict()["tags"]["views"]["value"] == 1


def test_a_key_that_sends_too_fast_is_told_when_to_come_back(shop: Shop) -> None:
    workspace, client, _ = shop
    slow = workspace.keys_create("slow", rate=2.0).secret
    answers = [client.post("/v1/track", content=b'{"event":"a","userId":"u"}', auth=(slow, "")) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
    assert answers[-1].headers["Retry-After"] == "1"
    assert answers[-1].json()["code"] == "too_many"


def test_a_browser_of_any_site_may_send(shop: Shop) -> None:
    _, client, key = shop
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}
    asked["Access-Control-Request-Headers"] = "authorization,x-retry-count"
    allowed = client.options("/v1/t", headers=asked)
    assert allowed.status_code == 200
    assert int(allowed.headers["access-control-max-age"]) >= 3600
    sent = segment(shop, "t", view("u", messageId="1"), headers={"Origin": "https://shop.example"})
    assert sent.headers["access-control-allow-origin"] == "*"
    assert "Retry-After" in sent.headers["access-control-expose-headers"]
    settings = client.get(f"/v1/projects/{key}/settings").json()
    assert settings["integrations"]["Segment.io"]["apiHost"] == "localhost/v1"
    assert client.get("/v1/projects/unknown/settings").status_code == 401
    pixel = client.get(f"/sa.gif?token={key}&data={quote_plus(base64.b64encode(b'{}').decode())}")
    assert (pixel.status_code, pixel.headers["content-type"]) == (200, "image/gif")
    assert "access-control-allow-origin" not in client.get("/healthz", headers=asked).headers


PLAN = """
events:
  order_paid: {mode: quarantine, properties: {amount: {type: number, required: true}}}
  view: {mode: observe, properties: {sku: {type: string, required: true}}}
"""


def test_the_tracking_plan_holds_events_back_until_it_or_they_are_mended(shop: Shop) -> None:
    workspace, *_ = shop
    (workspace.parts.folder / "events.yaml").write_text(PLAN, encoding="utf-8")
    shop = (limner_reopened(workspace), *shop[1:])
    workspace, folder = shop[0], workspace.parts.folder
    message = {"type": "track", "userId": "u1"}
    lines = [
        {**message, "event": "order_paid", "messageId": "1", "properties": {"amount": 5}},
        {**message, "event": "order_paid", "messageId": "2", "properties": {"amount": "five"}},
        {**message, "event": "view", "messageId": "3"},
    ]
    file = folder.parent / "events.jsonl"
    file.write_text("".join(json.dumps({**line, "timestamp": "2026-11-01"}) + "\n" for line in lines))
    report = workspace.import_files(file)
    assert (report.accepted, report.rejected, report.violating) == (2, 1, 1)
    broken = [(one.event, one.property, one.fault, one.events) for one in workspace.events_violations("segment")]
    assert sorted(broken) == [("order_paid", "amount", "type", 1), ("view", "sku", "missing", 1)]
    (reject,) = workspace.rejects_list()
    assert "amount" in reject["reason"]
    assert json.loads(reject["row"])["messageId"] == "2"
    assert workspace.rejects_retry().accepted == 0
    assert len(workspace.rejects_list()) == 1, "still held back"
    (folder / "events.yaml").write_text(PLAN.replace("number", "string"), encoding="utf-8")
    workspace = limner_reopened(workspace)
    assert workspace.rejects_retry().accepted == 1
    assert workspace.rejects_list() == []
    workspace.close()


def test_a_sender_hears_at_once_what_the_plan_rejects(tmp_path: Path) -> None:
    keys = limner.init(tmp_path / "shop")
    plan = PLAN.replace("mode: quarantine", "mode: reject")
    (tmp_path / "shop" / "events.yaml").write_text(plan, encoding="utf-8")
    with limner.open(tmp_path / "shop") as workspace:
        workspace.intake.start()
        with TestClient(create_app(workspace, Event()), base_url="http://localhost") as client:
            shop = (workspace, client, keys.write_key)
            order = {"type": "track", "event": "order_paid", "userId": "u1"}
            batch = [{**order, "messageId": str(n), "properties": {"amount": n or "none"}} for n in range(3)]
            told = segment(shop, "batch", {"batch": [*batch, view("u1", messageId="9")]})
            assert told.status_code == 200
            (rejected,) = told.json()["rejected"]
            assert (rejected["index"], "amount" in rejected["reason"]) == (0, True)
            (kept,) = workspace.rejects_list()
            assert rejected["reason"] in kept["reason"]
            assert workspace.parts.log.watermark() == 3


def limner_reopened(workspace: Workspace) -> Workspace:
    folder = workspace.parts.folder
    workspace.close()
    return limner.open(folder)


def test_what_a_browser_tells_becomes_properties(shop: Shop) -> None:
    workspace, *_ = shop
    agent = (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile Safari/604.1"
    )
    page = {"url": "https://shop.example/?utm_source=wx", "referrer": "https://www.baidu.com/s?wd=%E9%9D%A2%E8%86%9C"}
    segment(shop, "t", view("u1", messageId="1", context={"page": page}), headers={"User-Agent": agent})
    (event,) = workspace.timeline("user_id:u1")["events"]
    told = event["properties"]
    assert (told["search_engine"], told["utm_source"], told["device_type"]) == ("baidu", "wx", "phone")
