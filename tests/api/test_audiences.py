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
