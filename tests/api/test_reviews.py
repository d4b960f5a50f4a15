"""The way of a tag over HTTP: who may do what, in which order, and that nobody overwrites anybody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from fastapi.testclient import TestClient

import limner
from limner.api.app import create_app

WORDS = {"title": {"en": "Orders"}, "group": "consumption", "owner": "ada@example.com", "layer": "fact"}
ORDERS = {**WORDS, "fold": {"count": "*", "of": "order_paid"}}
SHOP = "tags:\n  spend: {layer: fact, fold: {sum: amount}}\n  tier: {layer: fact, expr: spend * 2}\n"


class Door:
    """One caller of the API."""

    def __init__(self, client: TestClient, key: str) -> None:
        self.client, self.head = client, {"Authorization": f"Bearer {key}"}

    def get(self, path: str, **params: Any) -> Any:
        return self.client.get(f"/api/v1/{path}", headers=self.head, params=params)

    def put(self, path: str, body: object, **head: str) -> Any:
        return self.client.put(
            f"/api/v1/{path}", headers=self.head | {k.replace("_", "-"): v for k, v in head.items()}, json=body
        )

    def post(self, path: str, body: object = None, **head: str) -> Any:
        return self.client.post(
            f"/api/v1/{path}", headers=self.head | {k.replace("_", "-"): v for k, v in head.items()}, json=body
        )

    def delete(self, path: str, **head: str) -> Any:
        return self.client.delete(
            f"/api/v1/{path}", headers=self.head | {k.replace("_", "-"): v for k, v in head.items()}
        )


@pytest.fixture
def doors(tmp_path: Path) -> Iterator[dict[str, Door]]:
    """Ada writes, bob reviews, vic looks."""
    folder = tmp_path / "shop"
    limner.init(folder)
    (folder / "tags" / "shop.yaml").write_text(SHOP, encoding="utf-8")
    ready = Event()
    ready.set()
    with limner.open(folder) as workspace:
        workspace.tags_apply()
        roles = {"ada": "analyst", "bob": "reviewer", "vic": "viewer", "root": "admin"}
        keys = {name: str(workspace.keys_create(name, role).secret) for name, role in roles.items()}
        client = TestClient(create_app(workspace, ready), raise_server_exceptions=False)
        yield {name: Door(client, key) for name, key in keys.items()}


def test_the_whole_way(doors: dict[str, Door]) -> None:
    ada, bob = doors["ada"], doors["bob"]
    written = ada.put("tags/orders", ORDERS)
    assert (written.status_code, written.json()["status"], written.json()["draft"]["stage"]) == (200, "draft", "draft")
    assert ada.post("tags/orders:preview", {"sample": 10}).json()["size"] == 0
    assert ada.post("tags/orders:submit", {"reason": "wanted"}).json()["draft"]["stage"] == "submitted"
    [waiting] = bob.get("reviews").json()["reviews"]
    assert (waiting["name"], waiting["reason"]) == ("orders", "wanted")
    assert ada.post("tags/orders:approve").status_code == 403
    assert bob.post("tags/orders:approve", {"reason": "fine"}).json()["draft"]["stage"] == "approved"
    published = bob.post("tags/orders:publish").json()
    assert (published["status"], published["version"], published["draft"]) == ("published", 1, None)
    assert published["history"][0]["reviewer"].startswith("bob (key ")
    steps = [(step["action"], step["who"].partition(" ")[0]) for step in published["trail"]][::-1]
    assert [action for action, _ in steps] == [f"tag.{s}" for s in ("draft", "preview", "submit", "approve", "publish")]
    assert [who for _, who in steps] == ["ada", "ada", "ada", "bob", "bob"]
    assert "orders" in [tag["name"] for tag in doors["vic"].get("tags").json()["tags"]]


def test_an_administrator_does_not_review_what_they_wrote(doors: dict[str, Door]) -> None:
    root = doors["root"]
    root.put("tags/orders", ORDERS)
    root.post("tags/orders:submit")
    refused = root.post("tags/orders:approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert "somebody else reviews it" in refused.json()["message"]
    assert doors["bob"].post("tags/orders:refuse", {"reason": "why?"}).json()["draft"]["remark"] == "why?"


def test_two_editors_never_overwrite_each_other(doors: dict[str, Door]) -> None:
    ada, root = doors["ada"], doors["root"]
    first = ada.put("tags/orders", ORDERS)
    assert ada.put("tags/orders", {**ORDERS, "unit": "x"}).status_code == 428
    mine = {"If_Match": first.headers["ETag"]}
    second = root.put("tags/orders", {**ORDERS, "unit": "times"}, **mine)
    assert (second.status_code, second.headers["ETag"] != first.headers["ETag"]) == (200, True)
    late = ada.put("tags/orders", {**ORDERS, "unit": "mine"}, **mine)
    assert (late.status_code, late.json()["code"]) == (412, "stale")
    assert ada.get("tags/orders").json()["definition"]["unit"] == "times"
    assert ada.delete("tags/orders").status_code == 428
    assert ada.delete("tags/orders", **mine).status_code == 412
    assert ada.post("tags/orders:submit", **mine).status_code == 412
    assert ada.put("tags/orders", ORDERS, If_Match="what?").status_code == 400
    assert ada.delete("tags/orders", If_Match=ada.get("tags/orders").headers["ETag"]).status_code == 200
    assert ada.get("tags/orders").status_code == 404
    assert ada.put("tags/spend", ORDERS).status_code == 428
    assert ada.put("tags/spend", ORDERS, If_Match="*").status_code == 200


def test_a_wrong_draft_is_refused_with_all_its_problems(doors: dict[str, Door]) -> None:
    refused = doors["ada"].put("tags/orders", {"layer": "fakt", "fold": {"summ": "amount"}})
    assert (refused.status_code, len(refused.json()["problems"])) == (422, 2)
    assert doors["ada"].put("tags/2nd", ORDERS).status_code == 422


def test_retiring_says_who_is_affected(doors: dict[str, Door]) -> None:
    bob = doors["bob"]
    refused = bob.post("tags/spend:retire", {"reason": "over"})
    assert (refused.status_code, "tags: tier" in refused.json()["message"]) == (409, True)
    assert bob.post("tags/spend:retire?force=true").status_code == 400
    gone = bob.post("tags/spend:retire?force=true", {"reason": "over"}).json()
    assert (gone["status"], gone["affected"]["tags"]) == ("retired", ["tier"])
    assert bob.get("tags").json()["tags"] == []
    assert len(bob.get("tags", status=["retired"]).json()["tags"]) == 2
    assert bob.post("tags/spend:restore").json()["status"] == "published"


def test_versions_differences_and_the_way_back(doors: dict[str, Door]) -> None:
    ada, bob = doors["ada"], doors["bob"]
    for unit in ("a", "b"):
        ada.put("tags/orders", {**ORDERS, "unit": unit}, If_Match="*")
        ada.post("tags/orders:submit")
        bob.post("tags/orders:approve")
        bob.post("tags/orders:publish")
    assert [each["version"] for each in ada.get("tags/orders/versions").json()["versions"]] == [1, 2]
    assert ada.get("tags/orders/versions/1").json()["definition"]["unit"] == "a"
    assert ada.get("tags/orders/versions/7").status_code == 404
    assert ada.get("tags/orders:diff").json()["fields"] == [{"field": "unit", "before": "a", "after": "b"}]
    assert bob.post("tags/orders:rollback", {"version": 1, "reason": "b is wrong"}).json()["version"] == 3
    assert ada.get("tags/orders:diff", **{"from": 1, "to": 3}).json()["fields"] == []


def test_lists_are_read_page_by_page(doors: dict[str, Door]) -> None:
    ada, seen, cursor = doors["ada"], [], None
    while True:
        page = ada.get("tags", limit=1, **({"cursor": cursor} if cursor else {})).json()
        seen += [tag["name"] for tag in page["tags"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == ["spend", "tier"]
    assert ada.get("tags", cursor="?").status_code == 400


def test_a_write_that_is_sent_twice_is_done_once(doors: dict[str, Door]) -> None:
    root, once = doors["root"], {"Idempotency_Key": "8e03978e"}
    first = root.post("keys", {"name": "crm", "role": "viewer"}, **once)
    again = root.post("keys", {"name": "crm", "role": "viewer"}, **once)
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert (first.headers.get("Idempotency-Replayed"), again.headers["Idempotency-Replayed"]) == (None, "true")
    assert again.headers["Cache-Control"] == "no-store"
    other = root.post("keys", {"name": "erp", "role": "viewer"}, **once)
    assert (other.status_code, other.json()["code"]) == (422, "reused")
    assert [key["name"] for key in root.get("keys").json()["keys"]].count("crm") == 1
    assert root.post("keys", {"name": "x", "role": "viewer"}, Idempotency_Key="x" * 300).status_code == 400


def test_what_failed_is_tried_again(doors: dict[str, Door]) -> None:
    ada, once = doors["ada"], {"Idempotency_Key": "1"}
    assert ada.post("tags/orders:submit", **once).status_code == 404
    ada.put("tags/orders", ORDERS)
    assert ada.post("tags/orders:submit", **once).status_code == 200
    assert ada.post("tags/orders:submit", **once).json()["draft"]["stage"] == "submitted"
    assert ada.post("tags/orders:submit").status_code == 409
    assert doors["bob"].post("tags/orders:approve", **once).status_code == 200
    assert doors["vic"].post("tags/orders:approve", **once).status_code == 403


def test_two_editors_of_an_audience_never_overwrite_each_other(doors: dict[str, Door]) -> None:
    ada, root = doors["ada"], doors["root"]
    big = {"name": "big", "rule": {"spend": {"gte": 5}}}
    first = ada.post("audiences", big)
    assert first.status_code == 200
    assert root.post("audiences", big).status_code == 200
    assert root.post("audiences", {**big, "rule": {"spend": {"gte": 9}}}).status_code == 428
    seen = root.get("audiences/big").headers["ETag"]
    assert root.post("audiences", {**big, "rule": {"spend": {"gte": 9}}}, If_Match=seen).status_code == 200
    assert ada.post("audiences", {**big, "rule": {"spend": {"gte": 7}}}, If_Match=seen).status_code == 412
    assert ada.delete("audiences/big", If_Match=seen).status_code == 412
    assert ada.delete("audiences/big").status_code == 200
