from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

AS_OF = {"as_of": "2026-11-20"}


def test_a_portrait_has_the_promised_members(client: TestClient) -> None:
    portrait = client.get("/api/v1/profiles/user_id:U1", params=AS_OF).json()
    assert set(portrait) == {"customer_id", "as_of", "identifiers", "tags"}
    assert portrait["as_of"] == "2026-11-20T00:00:00+08:00"
    assert set(portrait["tags"]["spend"]) == {"value", "confidence", "layer", "since", "evidence"}
    assert portrait["tags"]["spend"]["value"] == 130.5
    assert portrait["tags"]["tier"]["value"] == "high"


def test_a_customer_id_is_a_key(client: TestClient) -> None:
    number = client.get("/api/v1/profiles/user_id:U1").json()["customer_id"]
    assert client.get(f"/api/v1/profiles/{number}").json()["customer_id"] == number


def test_the_past_knows_only_the_past(client: TestClient) -> None:
    past = client.get("/api/v1/profiles/user_id:U1", params={"as_of": "2026-11-05", "tags": "spend"}).json()
    assert {name: tag["value"] for name, tag in past["tags"].items()} == {"spend": 10}


def test_an_unknown_tag_is_named(client: TestClient) -> None:
    problem = client.get("/api/v1/profiles/user_id:U1", params={"tags": "spent"})
    assert problem.status_code == 404
    assert "spend" in problem.json()["message"]


def test_nobody_is_a_problem_document(client: TestClient) -> None:
    response = client.get("/api/v1/profiles/user_id:U999")
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert {"type", "title", "status", "detail", "code", "message"} <= set(problem)
    assert problem["code"] == "not_found"


def test_lookup_keeps_the_order_and_says_null_for_nobody(client: TestClient) -> None:
    asked = {"keys": ["user_id:U2", "user_id:U999", "user_id:U1"], "tags": ["spend"], **AS_OF}
    found = client.post("/api/v1/profiles:lookup", json=asked).json()["profiles"]
    assert [each["key"] for each in found] == asked["keys"]
    assert [each["profile"] and each["profile"]["tags"]["spend"]["value"] for each in found] == [20, None, 130.5]


def test_the_timeline_is_paged_latest_first(client: TestClient) -> None:
    first = client.get("/api/v1/profiles/user_id:U1/timeline", params={"limit": 2}).json()
    rest = client.get("/api/v1/profiles/user_id:U1/timeline", params={"limit": 2, "cursor": first["next"]}).json()
    days = [event["time"][:10] for event in first["events"] + rest["events"]]
    assert days == ["2026-11-09", "2026-11-05", "2026-11-01"]
    assert rest["next"] is None
    whole = client.get("/api/v1/profiles/user_id:U1/timeline", params={"limit": 3}).json()
    assert (len(whole["events"]), whole["next"]) == (3, None), "there is no empty page after it"


@pytest.mark.parametrize("cursor", ["x", "1", "--5.3", "1.2.3", "9" * 5000 + ".1", "1." + "9" * 30, "٣.٤", "-.1"])
def test_a_cursor_nobody_gave_is_refused(client: TestClient, cursor: str) -> None:
    refused = client.get("/api/v1/profiles/user_id:U1/timeline", params={"cursor": cursor})
    assert (refused.status_code, refused.json()["code"]) in {(400, "data"), (422, "request")}


@pytest.mark.parametrize("instant", ["0001-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "soon"])
def test_an_instant_that_is_none_is_refused(client: TestClient, instant: str) -> None:
    for asked in ({"as_of": instant}, {"known_at": instant}):
        assert client.get("/api/v1/profiles/user_id:U1", params=asked).status_code == 400
        assert client.post("/api/v1/profiles:lookup", json={"keys": ["user_id:U1"], **asked}).status_code == 400


@pytest.mark.parametrize("instant", ["0002-01-02", "9998-12-31", "1969-12-31T23:59:59Z"])
def test_the_first_and_the_last_instants_are_some(client: TestClient, instant: str) -> None:
    assert client.get("/api/v1/profiles/user_id:U1", params={"as_of": instant}).status_code in {200, 404}


def test_an_offset_may_be_written_into_the_address_as_it_is(client: TestClient) -> None:
    told = client.get("/api/v1/profiles/user_id:U1?as_of=2026-11-05T12:00:00+08:00").json()
    assert told["as_of"] == "2026-11-05T12:00:00+08:00"


def test_identities_are_listed(client: TestClient) -> None:
    identities = client.get("/api/v1/profiles/user_id:U1/identities").json()
    assert [(each["type"], each["value"]) for each in identities["identifiers"]] == [("user_id", "U1")]


def test_lookup_says_what_reading_each_says(client: TestClient) -> None:
    keys = [f"user_id:U{user}" for user in range(1, 41)]
    for asked in (AS_OF, {"as_of": "2026-11-01"}, {"known_at": "2026-11-06", "as_of": "2026-11-20"}):
        for evidence in (False, True):
            found = client.post("/api/v1/profiles:lookup", json={"keys": keys, "evidence": evidence, **asked}).json()
            for key, each in zip(keys, found["profiles"]):
                params = {**asked, "evidence": str(evidence).lower()}
                alone = client.get(f"/api/v1/profiles/{key}", params=params)
                assert each == {"key": key, "profile": alone.json() if alone.status_code == 200 else None}


def test_lookup_gives_no_evidence_unless_asked(client: TestClient) -> None:
    for asked, there in (({}, False), ({"evidence": False}, False), ({"evidence": True}, True)):
        answer = client.post("/api/v1/profiles:lookup", json={"keys": ["user_id:U1"], **AS_OF, **asked}).json()
        assert (answer["profiles"][0]["profile"]["tags"]["spend"]["evidence"] is not None) is there


@pytest.mark.parametrize("evidence", [False, True])
def test_what_is_no_key_is_told_so_in_its_place(client: TestClient, evidence: bool) -> None:
    keys = ["user_id:U2", "U1", "user_id:nobody", ":", "user_id:U1"]
    answer = client.post("/api/v1/profiles:lookup", json={"keys": keys, "evidence": evidence, **AS_OF})
    assert answer.status_code == 200
    found = answer.json()["profiles"]
    assert [each["key"] for each in found] == keys
    assert [each["profile"] is not None for each in found] == [True, False, False, False, True]
    assert [sorted(each.keys() - {"key", "profile"}) for each in found] == [[], ["problem"], [], ["problem"], []]
    alone = client.get("/api/v1/profiles/U1").json()
    assert found[1]["problem"] == {"code": alone["code"], "message": alone["message"]}


def test_a_tag_or_an_instant_that_is_none_is_wrong_with_a_whole_lookup(client: TestClient) -> None:
    for wrong, status in (({"tags": ["spand"]}, 404), ({"as_of": "soon"}, 400)):
        for evidence in (False, True):
            asked = {"keys": ["user_id:U1"], "evidence": evidence, **wrong}
            assert client.post("/api/v1/profiles:lookup", json=asked).status_code == status
