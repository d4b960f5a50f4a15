"""Packages over HTTP: who may make them, who may take what."""

from __future__ import annotations

import json
from pathlib import Path
from threading import Event

from fastapi.testclient import TestClient

import limner
from limner.api.app import create_app
from limner.govern.roles import Role

PACKAGE = {"name": "crowd", "audience": "buyers", "columns": ["tier"], "format": "csv"}


def test_only_who_may_see_identifiers_takes_them_plain(client: TestClient, tmp_path: Path) -> None:
    workspace: limner.Workspace = client.app.state.workspace  # type: ignore[attr-defined]
    analyst = {"Authorization": f"Bearer {workspace.keys.issue('an analyst', Role.ANALYST)}"}
    assert client.post("/api/v1/audiences", json={"name": "buyers", "rule": {"tier": "high"}}).status_code == 200
    target = {"kind": "folder", "path": str(tmp_path / "out")}
    made = client.post("/api/v1/packages", json={**PACKAGE, "identifiers": {"user_id": "plain"}, "target": target})
    assert (made.status_code, made.json()["has_secret"]) == (200, False)
    assert client.post("/api/v1/packages", json=PACKAGE, headers=analyst).status_code == 403
    for path, ask in (("/api/v1/packages/crowd/file", client.get), ("/api/v1/packages/crowd:send", client.post)):
        refused = ask(path, headers=analyst)
        assert (refused.status_code, "see_identifiers" in refused.json()["message"]) == (403, True)
    fetched = client.get("/api/v1/packages/crowd/file")
    assert fetched.headers["content-disposition"] == 'attachment; filename="crowd.csv"'
    sent = client.post("/api/v1/packages/crowd:send").json()
    assert (sent["status"], [path.name for path in (tmp_path / "out").iterdir()]) == ("delivered", [sent["file"]])
    assert client.get("/api/v1/packages:deliveries").json()["deliveries"][0]["id"] == sent["id"]
    assert client.post("/api/v1/packages:retry", json={"id": sent["id"]}).json()["sha256"] == sent["sha256"]
    second = client.post("/api/v1/packages/crowd:send").json()
    page = client.get("/api/v1/packages:deliveries?limit=1").json()
    assert ([each["id"] for each in page["deliveries"]], page["next"]) == ([second["id"]], str(second["id"]))
    rest = client.get(f"/api/v1/packages:deliveries?limit=1&cursor={page['next']}").json()
    assert ([each["id"] for each in rest["deliveries"]], rest["next"]) == ([sent["id"]], None)
    assert client.get("/api/v1/packages:deliveries?cursor=x").status_code == 400
    client.post("/api/v1/packages", json={**PACKAGE, "name": "other", "identifiers": {"user_id": "plain"}})
    page = client.get("/api/v1/packages?limit=1").json()
    rest = client.get(f"/api/v1/packages?limit=1&cursor={page['next']}").json()
    assert ([page["packages"][0]["name"], rest["packages"][0]["name"]], rest["next"]) == (["crowd", "other"], None)
    client.delete("/api/v1/packages/other")
    changed = {**PACKAGE, "identifiers": {"user_id": "sha256"}}
    assert client.post("/api/v1/packages", json=changed, headers={"If-Match": "*"}).status_code == 200
    assert client.get("/api/v1/packages/crowd/file", headers=analyst).status_code == 200
    assert client.get("/api/v1/packages/nobody/file").status_code == 404
    assert client.delete("/api/v1/packages/crowd").status_code == 200
    assert client.delete("/api/v1/audiences/buyers").status_code == 200


def test_tags_that_tell_who_somebody_is_are_not_for_everybody(tmp_path: Path) -> None:
    limner.init(tmp_path / "shop")
    rules = {"call": {"fold": {"trait": "mobile"}}, "card": {"imported": "text"}, "vip": {"imported": "truth"}}
    tags = {name: {"layer": "fact", **rule} for name, rule in rules.items()}
    (tmp_path / "shop" / "tags" / "a.yaml").write_text(json.dumps({"tags": tags}), encoding="utf-8")
    with limner.open(tmp_path / "shop") as workspace:
        workspace.tags_apply()
        workspace.audience_save("vips", {"vip": True})
        keys = [workspace.keys.issue("x", role) for role in (Role.ANALYST, Role.OPERATOR)]
        client = TestClient(create_app(workspace, Event()), raise_server_exceptions=False)
        for column, statuses in (("call", [403, 200]), ("card", [403, 200]), ("vip", [200, 200])):
            workspace.package_save({"name": "list", "audience": "vips", "columns": [column]})
            heads = ({"Authorization": f"Bearer {key}"} for key in keys)
            answers = [client.get("/api/v1/packages/list/file", headers=head) for head in heads]
            assert [answer.status_code for answer in answers] == statuses, column


def test_two_editors_do_not_overwrite_each_other(client: TestClient) -> None:
    client.post("/api/v1/audiences", json={"name": "readers", "rule": {"tier": "high"}})

    def save(name: str = "letter", match: str | None = None) -> tuple[int, str]:
        headers = {} if match is None else {"If-Match": match}
        package = {**PACKAGE, "audience": "readers", "name": name}
        answer = client.post("/api/v1/packages", json=package, headers=headers)
        return answer.status_code, answer.headers.get("ETag", "")

    status, first = save()
    assert status == 200
    [shown] = client.get("/api/v1/packages").json()["packages"]
    assert first == f'"{shown["state"]}"'
    assert save()[0] == 428
    status, second = save(match=first)
    assert (status, second != first) == (200, True)
    assert save(match=first)[0] == 412
    assert save("not_there", match=first)[0] == 412
