from __future__ import annotations

from fastapi.testclient import TestClient


def test_tags_are_listed_with_titles(client: TestClient) -> None:
    tags = client.get("/api/v1/tags").json()["tags"]
    assert [tag["name"] for tag in tags] == ["spend", "favourite", "tier"]
    assert tags[0]["title"] == {"zh": "消费金额"}


def test_one_tag_is_shown_with_its_definition(client: TestClient) -> None:
    shown = client.get("/api/v1/tags/tier").json()
    assert shown["needs"]["tags"] == ["spend"]


def test_a_draft_is_tried_on_a_sample(client: TestClient) -> None:
    draft = {"layer": "fact", "fold": {"count": "*", "of": "order_paid"}}
    preview = client.post("/api/v1/tags:preview", json={"tag": draft, "sample": 20}).json()
    assert set(preview) == {"as_of", "size", "coverage", "values", "examples"}
    assert preview["size"] == 20
    assert preview["coverage"] == 1.0
    assert sum(value["count"] for value in preview["values"]) == 20
    assert preview["examples"][0]["value"] == 3


def test_a_draft_may_read_published_tags(client: TestClient) -> None:
    draft = {"layer": "model", "when": [{"if": {"spend": {"gte": 300}}, "then": "top"}]}
    preview = client.post("/api/v1/tags:preview", json={"tag": draft}).json()
    assert preview["size"] == 40
    assert preview["coverage"] == 11 / 40


def test_a_wrong_draft_shows_all_its_problems(client: TestClient) -> None:
    draft = {"layer": "fakt", "fold": {"summ": "amount"}}
    response = client.post("/api/v1/tags:preview", json={"tag": draft})
    assert response.status_code == 422
    assert response.json()["code"] == "definition"
    assert len(response.json()["problems"]) == 2


def test_a_draft_that_reads_an_unknown_tag_is_refused(client: TestClient) -> None:
    draft = {"layer": "fact", "expr": "spent / 2"}
    response = client.post("/api/v1/tags:preview", json={"tag": draft})
    assert response.status_code == 422
    assert "spend" in response.json()["message"]
