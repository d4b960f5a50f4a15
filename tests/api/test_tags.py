from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from limner.workspace import Workspace


def test_tags_are_listed_with_titles(client: TestClient) -> None:
    tags = client.get("/api/v1/tags").json()["tags"]
    assert [tag["name"] for tag in tags] == ["spend", "favourite", "tier"]
    assert tags[0]["title"] == {"zh": "消费金额"}


def test_every_step_of_a_tag_shows_in_the_list_at_once(client: TestClient) -> None:
    """What is told is kept, but for no longer than it holds; each question has an answer of its own."""

    def listed(query: str = "") -> list[tuple[str, str | None]]:
        tags = client.get(f"/api/v1/tags{query}").json()["tags"]
        return [(tag["name"], tag["draft"]) for tag in tags]

    before = listed()
    assert listed() == before
    assert listed("?limit=1") == before[:1]
    definition = {"layer": "fact", "fold": {"count": "*", "of": "order_paid"}}
    drafted = client.put("/api/v1/tags/spend", json=definition, headers={"If-Match": "*"})
    assert drafted.status_code == 200, drafted.text
    assert listed() == [("spend", "draft"), *before[1:]]
    assert listed("?limit=1") == [("spend", "draft")]
    assert client.delete("/api/v1/tags/spend", headers={"If-Match": "*"}).status_code == 200
    assert (listed(), listed("?limit=1")) == (before, before[:1])


def test_a_tag_that_is_being_prepared_shows_as_long_as_it_is(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace: Workspace = client.app.state.workspace  # type: ignore[attr-defined]
    for preparing in ([], ["spend"], ["spend", "tier"], []):
        monkeypatch.setattr(workspace, "tags_preparing", lambda names=preparing: names)
        tags = client.get("/api/v1/tags").json()["tags"]
        assert [tag["name"] for tag in tags if tag["preparing"]] == preparing


def test_one_tag_is_shown_with_its_definition(client: TestClient) -> None:
    shown = client.get("/api/v1/tags/tier").json()
    assert shown["needs"]["tags"] == ["spend"]


def test_a_draft_is_tried_on_a_sample(client: TestClient) -> None:
    draft = {"layer": "fact", "fold": {"count": "*", "of": "order_paid"}}
    preview = client.post("/api/v1/tags:preview", json={"tag": draft, "sample": 20}).json()
    assert {"as_of", "size", "coverage", "values", "examples", "warnings", "said"} == set(preview)
    assert preview["size"] == 20
    assert preview["coverage"] == 1.0
    assert sum(value["count"] for value in preview["values"]) == 20
    assert len(preview["examples"]) == 10
    first = preview["examples"][0]
    assert first["evidence"]["count"] == first["value"] >= 1
    assert (
        client.post("/api/v1/tags:preview", json={"tag": draft, "sample": 20}).json()["examples"] == preview["examples"]
    )


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


def test_a_builder_gets_the_language_and_sentences(client: TestClient) -> None:
    schema = client.get("/api/v1/tags:schema").json()
    assert {"oneOf", "$defs"} <= schema.keys()
    draft = {"layer": "fact", "fold": {"count": "*", "of": "order_paid", "within": "30d"}}
    said = client.post("/api/v1/tags:explain", json={"tag": draft}).json()
    assert said == {"zh": "近30天订单支付的次数", "en": "number of paid orders in the last 30 days"}
    assert client.post("/api/v1/tags:explain", json={"rule": {"spend": {"gte": 5}}}).json()["zh"] == "消费金额不小于5"
    assert "消费金额" in client.post("/api/v1/tags:explain", json={"name": "tier"}).json()["zh"]
    assert client.post("/api/v1/tags:explain", json={}).status_code == 400
    assert client.post("/api/v1/tags:explain", json={"name": "teir"}).status_code == 404


def test_starters_say_what_they_need(client: TestClient) -> None:
    found = {each["name"]: each for each in client.get("/api/v1/templates").json()["templates"]}
    assert {"retail", "content", "automotive", "education", "travel"} <= found.keys()
    assert found["education"]["title"] == {"zh": "教育", "en": "Education"}
    assert "lesson_attended" in found["education"]["events"]
    assert client.post("/api/v1/templates/travle:apply", json={}).status_code == 404


def test_a_builder_sees_what_the_data_has(client: TestClient) -> None:
    [event] = client.get("/api/v1/events").json()["events"]
    assert (event["name"], event["count"], event["title"]["zh"]) == ("order_paid", 42, "订单支付")
    assert 35 <= event["people"] <= 45
    found = {each["path"]: each for each in client.get("/api/v1/events/order_paid/properties").json()["properties"]}
    assert found["category"]["types"] == {"string": 1.0}
    assert sorted(one["value"] for one in found["category"]["examples"]) == ["cups", "tea"]
    assert (found["amount"]["promoted"], found["mobile"]["promoted"]) == (True, False)
    assert found["mobile"]["examples"][0]["value"] != "+442079460958"
    assert client.get("/api/v1/events/order_piad/properties").status_code == 404
