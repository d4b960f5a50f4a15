"""One customer from near, over HTTP: notes, tags over time, the graph of its identifiers."""

from __future__ import annotations

from fastapi.testclient import TestClient

ME = "/api/v1/profiles/user_id:U2"


def test_a_note_is_written_shown_and_taken_back(client: TestClient) -> None:
    assert client.get(f"{ME}/notes").json() == {"notes": [], "next": None}
    made = client.post(f"{ME}/notes", json={"text": " Calls back on Monday "})
    assert made.status_code == 201
    note = made.json()
    assert note["text"] == "Calls back on Monday"
    assert note["author"].startswith("first administrator")
    client.post(f"{ME}/notes", json={"text": "And on Tuesday"})
    assert [each["text"] for each in client.get(f"{ME}/notes").json()["notes"]] == [
        "And on Tuesday",
        "Calls back on Monday",
    ]
    assert client.delete(f"{ME}/notes/{note['id']}").status_code == 204
    assert [each["text"] for each in client.get(f"{ME}/notes").json()["notes"]] == ["And on Tuesday"]
    assert client.delete(f"{ME}/notes/{note['id']}").status_code == 404
    assert client.post(f"{ME}/notes", json={"text": "  "}).status_code == 400
    assert client.post("/api/v1/profiles/user_id:nobody/notes", json={"text": "x"}).status_code == 404


def test_a_timeline_of_some_names_only(client: TestClient) -> None:
    names = {event["name"] for event in client.get(f"{ME}/timeline?names=order_paid,x").json()["events"]}
    assert names == {"order_paid"}
    assert client.get(f"{ME}/timeline?names=x").json() == {"events": [], "next": None}


def test_tags_over_time_say_what_they_said_then(client: TestClient) -> None:
    me = "/api/v1/profiles/user_id:U1"
    told = client.get(f"{me}/history?tags=spend,tier&days=20&points=21&as_of=2026-11-10T12:00:00").json()
    assert told["points"][-1] == "2026-11-10T12:00:00+08:00"
    assert len(told["points"]) == len(told["tags"]["spend"]) == 21
    for point, spend in zip(told["points"], told["tags"]["spend"], strict=True):
        then = client.get(f"{me}?as_of={point.replace('+', '%2B')}&tags=spend")
        assert spend == (None if then.status_code == 404 else then.json()["tags"]["spend"]["value"]), point
    assert set(told["tags"]["spend"]) == {None, 10, 60, 130.5}
    assert client.get(f"{me}/history?tags=nothing").status_code == 404


def test_a_few_tags_over_time_say_what_all_together_say(client: TestClient) -> None:
    """They are folded without the others."""
    asked = "/api/v1/profiles/user_id:U1/history?days=20&points=5&as_of=2026-11-10T12:00:00"
    told = client.get(asked).json()["tags"]
    assert set(told) == {"spend", "favourite", "tier"}
    for name, values in told.items():
        assert client.get(f"{asked}&tags={name}").json()["tags"] == {name: values}


def test_the_graph_says_what_links_identifiers(client: TestClient) -> None:
    workspace = client.app.state.workspace  # type: ignore[attr-defined]
    drawn = client.get("/api/v1/profiles/user_id:U3/graph").json()
    assert [(node["type"], node["value"]) for node in drawn["nodes"]] == [("user_id", "U3")]
    assert drawn["edges"] == []
    merged = workspace.identity_merge("user_id:U38", "user_id:U39", author="ada", reason="same person")
    drawn = client.get("/api/v1/profiles/user_id:U38/graph").json()
    [edge] = drawn["edges"]
    assert (edge["by"], edge["author"], edge["reason"]) == ("merge", "ada", "same person")
    assert {edge["from"], edge["to"]} == {node["id"] for node in drawn["nodes"]}
    workspace.identity_split("user_id:U39")
    assert merged.seq
