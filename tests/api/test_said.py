"""Whoever reads Chinese is told in Chinese what is wrong: with what the forms send, and with what failed meanwhile."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from fastapi.testclient import TestClient

import limner
from limner.api.app import create_app
from limner.workspace import Workspace

CHINESE = re.compile(r"[\u4e00-\u9fff]")
CODE = re.compile(r"`[^`]*`|\{.*?\}|\[.*?\]|“[^”]*”|'[^']*'")
ENGLISH = re.compile(r"[a-z]+(?: [a-z]+){2}")

RULES: list[Any] = [
    {},
    {"citty": "x"},
    {"spend": "many"},
    {"spend": {"gte": "many"}},
    {"spend": {"ge": 3}},
    {"spend": {"between": [9, 3]}},
    {"spend": {"contains": "x"}},
    {"tier": "hihg"},
    {"tier": {"in": []}},
    {"any": []},
    {"all": {"tier": "high"}},
    {"not": [{"tier": "high"}]},
    {"gte": 3},
    {"did": "order_paid", "sum": "amount"},
    {"did": "order_paid", "sum": "amount", "avg": "amount", "is": {"gte": 1}},
    {"did": "order_paid", "within": "soon"},
    {"did": "order_paid", "within": 30},
    {"sequence": ["order_paid"], "within": "2d"},
    {"audience": "nobody_knows"},
]
TAGS: list[dict[str, Any]] = [
    {},
    {"layer": "fakt", "fold": {"count": "*"}},
    {"layer": "fact"},
    {"layer": "fact", "fold": {"sum": "*"}},
    {"layer": "fact", "fold": {}},
    {"layer": "fact", "fold": {"count": "*", "within": "0d"}},
    {"layer": "fact", "fold": {"top": "category", "by": 3}},
    {"layer": "fact", "expr": "spend /"},
    {"layer": "fact", "expr": "(spend"},
    {"layer": "fact", "expr": "favourite * 2"},
    {"layer": "fact", "expr": "spent * 2"},
    {"layer": "model", "when": []},
    {"layer": "model", "when": [{"if": {"spend": {"gte": 1}}}, {"else": 1}]},
    {"layer": "fact", "sql": {"query": "DELETE FROM events", "type": "number"}},
    {"layer": "fact", "if": {"spend": {"gte": 1}}, "expr": "spend"},
]
FORMS: list[tuple[str, str, dict[str, Any]]] = [
    *(("post", "/api/v1/audiences:count", {"rule": rule}) for rule in RULES),
    *(("post", "/api/v1/tags:preview", {"tag": tag}) for tag in TAGS),
    ("post", "/api/v1/audiences", {"name": "vip", "rule": {"tier": "high"}, "schedule": "at night"}),
    ("post", "/api/v1/audiences", {"name": "vip", "rule": {"tier": "high"}, "schedule": "99 2 * * *"}),
    ("post", "/api/v1/audiences", {"name": "1 vip", "rule": {"tier": "high"}}),
    ("post", "/api/v1/audiences", {"name": "vip", "rule": {"audience": "x", "snapshot": 0}}),
    ("post", "/api/v1/audiences", {"name": "vip"}),
    ("post", "/api/v1/audiences:cross", {"rule": {"all": []}, "tags": ["tier"]}),
    ("post", "/api/v1/users", {"name": "an na", "role": "viewer"}),
    ("post", "/api/v1/users", {"name": "anna", "role": "boss"}),
    ("post", "/api/v1/users", {"name": "anna", "role": "viewer", "password": "short"}),
    ("post", "/api/v1/keys", {"name": "", "role": "viewer"}),
    ("post", "/api/v1/keys", {"name": "a\nb", "role": "viewer"}),
    ("post", "/api/v1/keys", {"name": "a", "role": "viewer", "source": "web"}),
    ("post", "/api/v1/keys", {"name": "a", "role": "write", "rate": 1e12}),
    ("post", "/api/v1/destinations", {"name": "a b", "url": "https://a.example/x", "tags": ["tier"]}),
    ("post", "/api/v1/destinations", {"name": "crm", "url": "http://a.example/x", "tags": ["tier"]}),
    ("post", "/api/v1/destinations", {"name": "crm", "url": "https://10.0.0.1/x", "tags": ["tier"]}),
    ("post", "/api/v1/destinations", {"name": "crm", "url": "https://a.example/x", "tags": ["tire"]}),
    ("post", "/api/v1/destinations", {"name": "crm", "url": "https://a.example/x"}),
    ("post", "/api/v1/packages", {"name": "p", "audience": "nobody", "format": "csv"}),
    ("post", "/api/v1/packages", {"name": "p", "audience": "nobody", "target": {"kind": "ftp"}}),
    ("get", "/api/v1/audiences/nobody", {}),
    ("get", "/api/v1/tags/citty", {}),
    ("get", "/api/v1/profiles/c999999999", {}),
    ("get", "/api/v1/profiles/phone:13800000000", {}),
    ("get", "/api/v1/profiles/nonsense", {}),
    ("get", "/api/v1/jobs/999", {}),
    ("get", "/api/v1/models/churn", {}),
    ("post", "/api/v1/imports?name=orders.csv&mapping=event:%20a%0Atime:%20[", {}),
    ("post", "/api/v1/imports?name=orders.csv&mapping=evnt:%20a", {}),
    ("put", "/api/v1/profiles/user_id:U1/tags/spend", {"value": 3}),
    ("put", "/api/v1/profiles/user_id:U1/tags/spent", {"value": 3}),
    ("post", "/api/v1/profiles/user_id:U1/notes", {"text": ""}),
    ("post", "/api/v1/tags/nothing:submit", {}),
    ("post", "/api/v1/actions:decide", {"rule": {"tier": "high"}}),
]


@pytest.mark.parametrize(("method", "path", "body"), FORMS, ids=str)
def test_forms_that_are_wrong(client: TestClient, method: str, path: str, body: dict[str, Any]) -> None:
    answer = client.request(method, path, **({} if method == "get" else {"json": body}))
    assert answer.status_code >= 400, answer.text
    told = answer.json()
    assert told["said"]["en"] == told["message"]
    in_chinese(told["said"])


def in_chinese(said: dict[str, str]) -> str:
    chinese = said.get("zh", "")
    assert CHINESE.search(chinese), said
    assert not ENGLISH.search(CODE.sub("", chinese)), said
    return chinese


def test_those_who_may_not(anybody: TestClient) -> None:
    told = anybody.get("/api/v1/audiences").json()
    assert in_chinese(told["said"]) == "需要 API 密钥。请以 Authorization: Bearer 密钥 的形式发送，或登录。"


def test_a_form_that_is_stale(client: TestClient) -> None:
    client.post("/api/v1/audiences", json={"name": "regulars", "rule": {"tier": "high"}})
    body = {"name": "regulars", "rule": {"tier": "low"}}
    unseen, stale = (
        client.post("/api/v1/audiences", json=body),
        client.post("/api/v1/audiences", json=body, headers={"If-Match": '"old"'}),
    )
    assert (unseen.status_code, stale.status_code) == (428, 412)
    assert in_chinese(unseen.json()["said"]) == "人群 regulars 已经存在。请说明您看到的是哪个版本。"
    assert in_chinese(stale.json()["said"]) == "您查看之后，人群 regulars 已被他人修改。请刷新后重试。"
    client.delete("/api/v1/audiences/regulars")


def test_a_preview_with_its_warnings(client: TestClient) -> None:
    tried = client.post(
        "/api/v1/tags:preview", json={"tag": {"layer": "fact", "fold": {"sum": "x", "of": "order_payd"}}}
    )
    told = tried.json()
    assert (len(told["warnings"]), [said["en"] for said in told["said"]]) == (len(told["said"]), told["warnings"])
    assert told["warnings"]
    for said in told["said"]:
        in_chinese(said)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    limner.init(tmp_path / "shop")
    tags = "tags: {vip: {layer: fact, imported: truth}, n: {layer: fact, fold: {count: '*'}}}"
    (tmp_path / "shop" / "tags" / "a.yaml").write_text(tags)
    with limner.open(tmp_path / "shop") as workspace:
        workspace.tags_apply()
        workspace.intake.start()
        workspace.desk.open()
        yield workspace


@pytest.fixture
def admin(workspace: Workspace) -> TestClient:
    client = TestClient(create_app(workspace, Event()), raise_server_exceptions=False)
    client.headers["Authorization"] = f"Bearer {workspace.keys.issue('ada', 'admin')}"
    return client


def test_a_job_that_failed(workspace: Workspace, admin: TestClient) -> None:
    job = admin.post(
        "/api/v1/imports", params={"name": "a.csv", "mapping": "event: x\ntime: {column: at}\n"}, content=b"when\n1\n"
    ).json()
    if (errand := workspace.desk._errands.get(job["id"])) is not None:
        errand.watch(lambda *told: None)
    shown, listed = admin.get(f"/api/v1/jobs/{job['id']}").json(), admin.get("/api/v1/jobs").json()["jobs"]
    assert (shown["state"], shown["said"]["en"], listed) == ("failed", shown["error"], [shown])
    assert "没有列“at”" in in_chinese(shown["said"])


def test_an_audience_that_cannot_be_counted(workspace: Workspace, admin: TestClient) -> None:
    workspace.audience_save("vips", {"vip": True})
    assert admin.get("/api/v1/audiences/vips").json()["said"] is None
    workspace.tags_retire("vip", reason="no more", force=True)
    (listed,), shown = admin.get("/api/v1/audiences").json()["audiences"], admin.get("/api/v1/audiences/vips").json()
    assert listed["problem"] == shown["problem"] == shown["said"]["en"]
    assert "没有标签“vip”" in in_chinese(shown["said"])


def test_a_delivery_and_a_destination_that_fail(workspace: Workspace, admin: TestClient, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    workspace.audience_save("everyone", {"n": {"gte": 0}})
    target = {"kind": "folder", "path": str(tmp_path / "file" / "out")}
    workspace.package_save({"name": "p", "audience": "everyone", "target": target})
    admin.post("/api/v1/packages/p:send")
    (delivery,) = admin.get("/api/v1/packages:deliveries").json()["deliveries"]
    assert delivery["said"]["en"] == delivery["reason"]
    assert "无法写入" in in_chinese(delivery["said"])
    workspace.destinations_add("crm", "http://127.0.0.1:9/x", tags=["n"], allow_private=True)
    assert admin.get("/api/v1/destinations").json()["destinations"][0]["said"] is None
    tried = admin.post("/api/v1/destinations/crm:test").json()
    assert (tried["delivered"], tried["said"]["en"]) == (False, tried["reason"])
    in_chinese(tried["said"])


def test_an_alarm(workspace: Workspace, admin: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"kind": "audience", "subject": "vips", "message": "min"}
    monkeypatch.setattr(Workspace, "_alarms", lambda _: [found])
    (alarm,) = admin.get("/api/v1/overview").json()["alarms"]
    assert alarm == {**found, "said": {"en": "min", "zh": "人数低于下限"}}
    assert admin.get("/api/v1/system").json()["alarms"] == [alarm]
