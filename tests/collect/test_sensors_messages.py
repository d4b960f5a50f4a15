"""What 神策's items become: small copies of everything the clients were seen to send."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.collect.chunk import Chunk
from limner.collect.sensors import Fault
from limner.collect.sensors_messages import Line, translate
from limner.ports.journal import Kind

COOKIE = "1a20418282b49b-05fd42cab168b7c"
TIME = 1795364573738
PYTHON = {"$lib": "python", "$lib_version": "1.11.0"}


def line(**item: Any) -> Line:
    """The translation of an item; ``time``, unless given, is `TIME`."""
    outcome = translate(json.dumps({"type": "track", "event": "E", "time": TIME, **item}).encode())
    assert isinstance(outcome, Line), outcome
    return outcome


def message(**item: Any) -> dict[str, Any]:
    outcome = line(**item)
    assert outcome.kind is Kind.MESSAGES
    written: dict[str, Any] = json.loads(outcome.text)
    return written


def who(**item: Any) -> tuple[str | None, str | None, list[tuple[str, str]]]:
    written = message(**item)
    external = written.get("context", {}).get("externalIds", [])
    return written.get("userId"), written.get("anonymousId"), [(entry["type"], entry["id"]) for entry in external]


def reason(text: bytes | str) -> str:
    raw = text if isinstance(text, bytes) else text.encode()
    outcome = translate(raw)
    assert isinstance(outcome, Fault)
    assert outcome.raw == raw
    return outcome.reason


def test_track_from_python() -> None:
    lib = PYTHON | {"$lib_method": "code", "$lib_detail": "sa##drv##/srv/app.py##71"}
    properties = PYTHON | {"$app_version": "1.3", "$ip": "203.0.113.7", "price": 149.5, "tags": ["轮胎", "促销"]}
    outcome = line(distinct_id="anon-1", event="ViewProduct", project="production", lib=lib, properties=properties)
    assert json.loads(outcome.text) == {
        "type": "track",
        "timestamp": "2026-11-22T16:22:53.738Z",
        "anonymousId": "anon-1",
        "context": {
            "ip": "203.0.113.7",
            "app": {"version": "1.3"},
            "library": {"name": "python", "version": "1.11.0"},
        },
        "event": "ViewProduct",
        "properties": {**PYTHON, "price": 149.5, "tags": ["轮胎", "促销"]},
    }
    assert "轮胎".encode() in outcome.text
    assert outcome.sent_at is None


def test_login_ids() -> None:
    assert who(distinct_id="user-1", properties={"$is_login_id": True}) == ("user-1", None, [])
    assert message(distinct_id="user-1", properties={"$is_login_id": True})["properties"] == {}
    assert who(distinct_id="user-1", properties={"$is_login_id": False}) == (None, "user-1", [])
    assert who(distinct_id="u", login_id="u", anonymous_id="a") == ("u", "a", [])
    assert who(distinct_id="u", anonymous_id="a") == ("u", "a", [])
    assert who(distinct_id="a", anonymous_id="a") == (None, "a", [])
    assert who(distinct_id=1380000, properties={"$is_login_id": True}) == ("1380000", None, [])
    assert who() == who(distinct_id=" ", identities=None) == (None, None, [])


def test_sign_up_links_the_new_id_with_the_old() -> None:
    item = {"type": "track_signup", "event": "$SignUp", "distinct_id": "user-1", "original_id": "anon-1"}
    assert who(**item) == ("user-1", "anon-1", [])
    browser = {"identities": {"$identity_login_id": "user-1", "$identity_anonymous_id": COOKIE},
               "login_id": "user-1", "anonymous_id": COOKIE, "original_id": COOKIE}  # fmt: skip
    assert who(**item | browser) == ("user-1", COOKIE, [])
    assert who(**item | {"anonymous_id": COOKIE}) == ("user-1", COOKIE, [("anonymous_id", "anon-1")])
    assert message(**item | {"event": None})["event"] == "$SignUp"


def test_identities_by_their_types() -> None:
    cookie = {"$identity_cookie_id": COOKIE, "$identity_anonymous_id": COOKIE}
    assert who(distinct_id=COOKIE, anonymous_id=COOKIE, identities=cookie) == (None, COOKIE, [])
    assert who(identities={"$identity_cookie_id": COOKIE}) == (None, COOKIE, [])
    own = cookie | {"$identity_anonymous_id": "mine"}
    assert who(identities=own, anonymous_id="mine") == (None, "mine", [("anonymous_id", COOKIE)])
    many = {"$identity_login_id": "u", "$identity_mobile": 13800000000, "$identity_email": "a@b.c",
            "$identity_mp_openid": "o1", "$identity_mp_wx1a_openid": "o2", "$identity_mp_unionid": "n",
            "$identity_idfv": "d", "vip_no": ["v1", "v2"], "Card-No": "c", "empty": ""}  # fmt: skip
    external = [("phone", "13800000000"), ("email", "a@b.c"), ("openid", "o1"), ("openid", "o2"), ("unionid", "n"),
                ("device_id", "d"), ("vip_no", "v1"), ("vip_no", "v2"), ("card_no", "c")]  # fmt: skip
    assert who(distinct_id="u", identities=many) == ("u", None, external)


def test_distinct_ids_may_name_their_identity() -> None:
    phone = [("phone", "138")]
    assert who(distinct_id="$identity_mobile+138") == (None, None, phone)
    assert who(distinct_id="$identity_mobile+138", identities={"$identity_mobile": "138"}) == (None, None, phone)
    assert who(distinct_id="vip_no+7", identities={"vip_no": "7"}) == (None, None, [("vip_no", "7")])
    login = {"distinct_id": "$identity_email+a+b@c", "login_id": "$identity_email+a+b@c", "anonymous_id": "x"}
    assert who(**login) == (None, "x", [("email", "a+b@c")])
    assert who(distinct_id="a+b@c") == (None, "a+b@c", [])
    assert who(distinct_id="x", identities={"$identity_mobile": "138"}) == (None, "x", phone)


def test_bind_carries_all() -> None:
    identities = {"$identity_login_id": "user-1", "$identity_mobile": "138"}
    item = {"type": "track_id_bind", "event": "$BindID", "distinct_id": "user-1", "identities": identities}
    assert who(**item, properties={"$is_login_id": True}) == ("user-1", None, [("phone", "138")])
    assert message(**item)["event"] == "$BindID"


def test_unbound_identities_are_no_identifiers() -> None:
    item = {"type": "track_id_unbind", "event": "$UnbindID", "distinct_id": "$identity_mobile+138"}
    phone, email = {"type": "phone", "value": "138"}, {"type": "email", "value": "a@b.c"}
    alone = item | {"identities": {"$identity_mobile": "138"}, "properties": {"k": 1}}
    assert who(**alone) == (None, None, [])
    assert message(**alone)["properties"] == {"k": 1, "unbind": [phone]}
    known = alone | {"login_id": "user-1"}
    assert (who(**known), message(**known)["properties"]["unbind"]) == (("user-1", None, []), [phone])
    several = item | {"identities": {"$identity_mobile": "138", "$identity_login_id": "u", "$identity_email": "a@b.c"}}
    assert (who(**several), message(**several)["properties"]["unbind"]) == (("u", None, []), [phone, email])
    login = item | {"distinct_id": "u", "identities": {"$identity_login_id": "u"}, "properties": {"$is_login_id": True}}
    assert who(**login) == (None, None, [])
    assert message(**login)["properties"] == {"unbind": [{"type": "user_id", "value": "u"}]}
    logins = item | {"identities": {"$identity_login_id": ["u", "w"]}}
    assert (who(**logins), len(message(**logins)["properties"]["unbind"])) == ((None, None, []), 2)
    browser = alone | {"distinct_id": COOKIE, "anonymous_id": COOKIE}
    assert who(**browser) == (None, None, [])
    assert "without identities" in reason(json.dumps(item | {"time": TIME}))


@pytest.mark.parametrize(
    ("type", "properties", "event", "traits"),
    [
        ("profile_set", {"$name": "张三", "Age": 34}, None, {"$name": "张三", "Age": 34}),
        ("profile_set_once", {"first": "2026-01-01"}, "profile_set_once", {"first": "2026-01-01"}),
        ("profile_increment", {"played": 1}, "profile_increment", {"played": 1}),
        (
            "profile_append",
            {"films": ["A", "B"], "bands": "C"},
            "profile_append",
            {"films": ["A", "B"], "bands": ["C"]},
        ),
        ("profile_unset", {"Age": True}, "profile_unset", {"Age": 1}),
        ("profile_delete", {}, "profile_delete", {}),
        ("profile_delete", None, "profile_delete", {}),
    ],
)
def test_profiles(type: str, properties: dict[str, Any] | None, event: str | None, traits: dict[str, Any]) -> None:
    flagged = None if properties is None else properties | {"$is_login_id": True}
    written = message(type=type, event=None, distinct_id="user-1", login_id="user-1", properties=flagged)
    assert (written["type"], written.get("event"), written["traits"]) == ("identify", event, traits)
    assert written["userId"] == "user-1"
    assert "properties" not in written


def test_failed_presets_are_missing() -> None:
    failed = {"$latest_search_keyword": "未取到值_直接打开", "$latest_referrer": "url的domain解析失败",
              "$latest_referrer_host": "取值异常", "$referrer": "取值异常_referrer异常_undefined"}  # fmt: skip
    kept = {"$latest_traffic_source_type": "付费广告流量", "$latest_utm_source": "baidu", "note": "未取到值", "$n": 0}
    assert message(properties=failed | kept)["properties"] == kept
    assert "context" not in message(properties=failed)
    assert message(type="profile_set_once", properties=failed | kept)["traits"] == kept


def test_presets_are_context() -> None:
    properties = {"$url": "http://a/b?utm_source=x", "$url_path": "/b", "$referrer": "", "$title": "商品页",
                  "$utm_source": "x", "$utm_campaign": "c", "$os": "iOS", "$os_version": "17", "$model": "i",
                  "$manufacturer": "Apple", "$device_id": "d", "$user_agent": "M/5", "$screen_width": 800}  # fmt: skip
    written = message(properties=properties)
    assert written["properties"] == {"$screen_width": 800}
    assert written["context"] == {
        "userAgent": "M/5",
        "page": {"url": "http://a/b?utm_source=x", "path": "/b", "title": "商品页"},
        "campaign": {"source": "x", "name": "c"},
        "os": {"name": "iOS", "version": "17"},
        "device": {"model": "i", "manufacturer": "Apple", "id": "d"},
    }
    own = {"page": 3, "$url": "http://a", "$title": "t"}
    assert message(properties=own)["properties"] == own
    assert "context" not in message(properties=own)


def test_the_same_item_sent_twice_is_the_same_line() -> None:
    item = {"distinct_id": "a", "_track_id": 866681762, "event": "$pageview"}
    first, again = line(**item, _flush_time=TIME + 24), line(**item, _flush_time=TIME + 6000)
    assert first.text == again.text
    assert (first.sent_at, again.sent_at) == ((TIME + 24) * 1000, (TIME + 6000) * 1000)
    assert json.loads(first.text)["messageId"] == f"866681762-a-{TIME}"
    assert line(_flush_time=1e307).sent_at is line(_flush_time="soon").sent_at is line(_flush_time=True).sent_at is None
    assert "messageId" not in message(distinct_id="a")
    long = message(distinct_id="客" * 170, _track_id=1)["messageId"]
    assert len(long) == 32
    assert message(distinct_id="客" * 169 + "人", _track_id=1)["messageId"] != long


def test_items_are_versions() -> None:
    properties = {"name": "轮胎", "price": 149.5}
    written = line(type="item_set", event=None, item_type="sku", item_id="SKU-1", properties=properties)
    assert written.kind is Kind.ITEMS
    assert json.loads(written.text) == {
        "id": "SKU-1",
        "attributes": '{"item_type":"sku","name":"轮胎","price":149.5}',
        "valid_from": TIME * 1000,
    }
    deleted = line(type="item_delete", item_type="sku", item_id=2, properties={})
    assert json.loads(deleted.text) == {"id": "2", "attributes": "{}", "valid_from": TIME * 1000}


@pytest.mark.parametrize(
    ("time", "written"),
    [
        (TIME, "2026-11-22T16:22:53.738Z"),
        (float(TIME), "2026-11-22T16:22:53.738Z"),
        (str(TIME), "2026-11-22T16:22:53.738Z"),
        (TIME // 1000, "2026-11-22T16:22:53.000Z"),
        (TIME + 0.5, "2026-11-22T16:22:53.738500Z"),
        (253402300799999, "9999-12-31T23:59:59.999Z"),
    ],
)
def test_times(time: object, written: str) -> None:
    assert message(time=time)["timestamp"] == written


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ('{"a":1}', "it has no type"),
        ('{"ekey":"k","payload":"p"}', "encrypted"),
        ("[]", "expected `object`, got `array`"),
        ('{"type":"trakc","time":1}', "unknown type 'trakc'. Did you mean track"),
        ('{"type":"track","time":1795364573738}', "without its event name"),
        ('{"type":"track","event":"E"}', "it has no time"),
        ('{"type":"track","event":"E","time":"soon"}', "no number of milliseconds"),
        ('{"type":"track","event":"E","time":-62135596800000}', "1970 to 9999"),
        ('{"type":"track","event":"E","time":1795364573738000}', "1970 to 9999"),
        ('{"type":"track","event":"E","time":1e307}', "1970 to 9999"),
        ('{"type":"track","event":"E","time":1,"properties":[1]}', "`properties`"),
        ('{"type":"track","event":"E","time":1,"properties":{"a":NaN}}', "NaN is not a JSON number"),
        ('{"type":"track","event":"E","time":1,"properties":{"a":"\\ud800"}}', "surrogate"),
        ('{"type":"track","event":"E","time":1,"properties":{"a":"\\u0000"}}', "null byte"),
        ('{"type":"track","event":"E\x00"}', "not JSON"),
        (b'{"type":"track","event":"\xff"}', "not UTF-8"),
        ('{"type":"track","event":"E","time":1,"distinct_id":{"a":1}}', "distinct_id is neither text"),
        ('{"type":"track","event":"E","time":1,"distinct_id":true}', "distinct_id is neither text"),
        ('{"type":"track","event":"E","time":1,"identities":{"会员":"1"}}', "no name of an identity"),
        ('{"type":"track","event":"E","time":1,"identities":{"a":1e30}}', "a is neither text"),
        ('{"type":"track","event":"E","time":1,"distinct_id":"' + "x" * 513 + '"}', "longer than 512 bytes"),
        ('{"type":"item_set","time":1,"properties":{}}', "without its item_id"),
        ('{"type":"item_set","time":1,"item_id":"' + "客" * 171 + '"}', "longer than 512 bytes"),
        ('{"type":"track","properties":{"a":' + "[" * 410 + "]" * 410 + "}}", "400 levels"),
        ('{"type":"track","lib":{"$lib":' + "[" * 410 + "]" * 410 + "}}", "400 levels"),
        ('{"type":"track","properties":{"a":' + "[" * 9000 + "]" * 9000 + "}}", "400 levels"),
    ],
)
def test_odd_items_are_told_why(item: str | bytes, expected: str) -> None:
    assert expected in reason(item)


def test_what_only_looks_odd_is_kept() -> None:
    properties = {"text": "\\u0000 NaN", "deep": [[[1]]], "": "no name", "wide": [[] for _ in range(1000)]}
    assert message(properties=properties)["properties"] == properties


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([1e307, -1e307, 10**30, TIME, 0])
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab中$", max_size=4), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
MEMBERS = ["type", "event", "time", "distinct_id", "login_id", "anonymous_id", "original_id", "identities",
           "properties", "lib", "item_type", "item_id", "_track_id", "_flush_time"]  # fmt: skip
TYPES = ["track", "track_signup", "track_id_bind", "track_id_unbind", "profile_set", "profile_unset", "profile_append",
         "item_set", "item_delete"]  # fmt: skip


@given(st.dictionaries(st.sampled_from(MEMBERS), VALUES), st.none() | st.sampled_from(TYPES))
def test_any_object_is_a_line_or_a_reason(item: dict[str, Any], type: str | None) -> None:
    text = json.dumps(item if type is None else {"event": "E", "time": TIME, **item, "type": type}).encode()
    outcome = translate(text)
    if isinstance(outcome, Line):
        json.loads(outcome.text)
    else:
        assert outcome.reason


@given(st.dictionaries(st.text("ab中 .", max_size=4), VALUES, max_size=6), st.integers(0, 10**13))
def test_properties_arrive_as_they_were(properties: dict[str, Any], time: int) -> None:
    written = message(properties=properties, distinct_id="d")
    assert json.dumps(written["properties"]) == json.dumps(properties)


def test_lines_are_messages_the_reader_knows(messages: Callable[..., Chunk]) -> None:
    identities = {"$identity_login_id": "u", "$identity_mobile": "13800000000", "$identity_anonymous_id": COOKIE}
    properties = {"$page_x": 8, "$url": "http://a/b", "$ip": "203.0.113.7", "$device_id": "d"}
    lines = [
        line(event="$WebClick", identities=identities, properties=properties, _track_id=7, distinct_id="u"),
        line(type="profile_set", event=None, login_id="u", properties={"Age": 34, "email": "a@b.c"}),
    ]
    chunk = messages(*(written.text.decode() for written in lines), at=(TIME + 1) * 1000)
    assert chunk.rejects == []
    click, profile = chunk.events.to_pylist()
    assert (click["name"], click["event_id"], click["id.user_id"]) == ("$WebClick", f"7-u-{TIME}", "u")
    assert (click["id.phone"], click["id.anonymous_id"], click["id.device_id"]) == ("13800000000", COOKIE, "d")
    assert json.loads(click["properties"]) == {
        "$page_x": 8, "page": {"url": "http://a/b"}, "ip": "203.0.113.7", "device": {"id": "d"},
    }  # fmt: skip
    assert (profile["name"], json.loads(profile["traits"])) == ("identify", {"Age": 34, "email": "a@b.c"})
    assert (profile["id.user_id"], profile["id.email"]) == ("u", "a@b.c")
