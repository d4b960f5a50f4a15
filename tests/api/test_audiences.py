from __future__ import annotations

from fastapi.testclient import TestClient


def test_an_audience_is_counted(client: TestClient) -> None:
    answer = client.post("/api/v1/audiences:estimate", json={"rule": {"tier": "high"}, "as_of": "2026-11-20"}).json()
    assert answer == {"count": 32, "as_of": "2026-11-20T00:00:00+08:00"}


def test_a_wrong_rule_says_what_was_meant(client: TestClient) -> None:
    response = client.post("/api/v1/audiences:estimate", json={"rule": {"teir": "high"}})
    assert response.status_code == 422
    assert "tier" in response.json()["problems"][0]["hint"]


def test_a_misspelt_request_is_refused_with_its_field(client: TestClient) -> None:
    response = client.post("/api/v1/audiences:estimate", json={"rul": {}})
    assert response.status_code == 422
    assert {problem["field"] for problem in response.json()["problems"]} == {"body.rule", "body.rul"}


def test_insight_compares_with_everybody(client: TestClient) -> None:
    asked = {"rule": {"tier": "high"}, "tags": ["favourite"], "as_of": "2026-11-20"}
    insight = client.post("/api/v1/audiences:insight", json=asked).json()
    assert (insight["size"], insight["base_size"]) == (32, 40)
    cups = next(cell for cell in insight["tags"]["favourite"]["values"] if cell["value"] == "cups")
    assert cups["count"] == 16
    assert cups["share"] == 0.5
    assert cups["tgi"] == 100


HIGH = {"tier": "high"}


def test_a_funnel_is_given_when_asked_for(client: TestClient) -> None:
    asked = {"rule": {"all": [HIGH, {"favourite": "cups"}]}, "as_of": "2026-11-20", "steps": True}
    steps = client.post("/api/v1/audiences:estimate", json=asked).json()["steps"]
    assert [(part["count"], part["so_far"]) for part in steps["parts"]] == [(32, 32), (20, 16)]


def test_an_audience_has_a_name_snapshots_and_a_diff(client: TestClient) -> None:
    named = {"name": "high", "rule": HIGH, "live": False, "schedule": "30 2 * * *", "alarm": {"max": 5}}
    assert client.post("/api/v1/audiences", json=named).json()["version"] == 1
    for instant in ("2026-10-01", "2026-11-20"):
        assert client.post("/api/v1/audiences/high:snapshot", json={"as_of": instant}).status_code == 200
    listed = client.get("/api/v1/audiences").json()["audiences"]
    assert [(each["name"], each["members"], each["alarms"][0]["alarm"]) for each in listed] == [("high", 32, "max")]
    diff = client.get("/api/v1/audiences/high/diff?limit=3").json()
    assert (diff["entered"]["count"], len(diff["entered"]["customers"]), diff["stayed"]) == (32, 3, 0)
    page = client.get("/api/v1/audiences/high/members?snapshot=2&limit=30").json()
    rest = client.get(f"/api/v1/audiences/high/members?snapshot=2&limit=10&cursor={page['next']}").json()
    assert (len(page["customers"]), len(rest["customers"]), rest["next"]) == (30, 2, None)
    assert (page["before"], rest["before"], rest["previous"]) == (0, 30, page["customers"][19])
    metrics = client.get("/metrics").text
    assert 'limner_audience_members{audience="high"} 32.0' in metrics
    assert 'limner_audience_alarm{alarm="max",audience="high"} 1.0' in metrics
    assert len(client.get("/api/v1/audiences/high/snapshots").json()["snapshots"]) == 2
    assert client.post("/api/v1/audiences", json={"name": "top", "rule": {"audience": "high"}}).status_code == 200
    refused = client.delete("/api/v1/audiences/high")
    assert (refused.status_code, "audience top" in refused.json()["message"]) == (409, True)
    assert client.get("/api/v1/audiences/high").json()["used_by"] == ["audience top"]
    assert [client.delete(f"/api/v1/audiences/{name}").status_code for name in ("top", "high", "high")] == [
        200,
        200,
        404,
    ]


def test_what_makes_them_different(client: TestClient) -> None:
    asked = {"rule": {"favourite": "tea"}, "as_of": "2026-11-20"}
    found = client.post("/api/v1/audiences:differences", json=asked).json()
    assert [(each["tag"], each["value"]) for each in found["differences"]] == [("favourite", "tea")]
    cross = client.post("/api/v1/audiences:cross", json={**asked, "rule": {"all": []}, "tags": ["favourite", "tier"]})
    assert cross.json()["counts"] == [[None, None], [None, None]]
    both = {"audiences": [{"favourite": "tea"}, {"all": []}], "as_of": "2026-11-20"}
    pairs = client.post("/api/v1/audiences:overlap", json=both).json()["pairs"]
    assert pairs[0]["both"] == 20
    trend = {"rule": HIGH, "tags": ["spend"], "first": "2026-10-25", "last": "2026-11-05", "days": 4}
    points = client.post("/api/v1/audiences:trend", json=trend).json()["points"]
    assert [point["size"] for point in points] == [0, 0, 31]
    assert client.post("/api/v1/audiences:trend", json={**trend, "days": 4, "first": "x"}).status_code == 400
