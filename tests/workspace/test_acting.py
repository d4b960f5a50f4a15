"""The next best action through a workspace, over HTTP and from the command line; decisions are events."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.learn.uplift.shop import make_shop

import limner
from limner.api.app import create_app
from limner.cli.main import run
from limner.engage.choosing import choose
from limner.errors import DataError, DefinitionError, NotFound
from limner.govern.roles import Role
from limner.workspace import Workspace

ACTIONS = """
actions:
  coupon:
    title: {zh: 关怀券, en: Care coupon}
    channel: sms
    if: {orders_60d: {gte: 0}}
    effect: care_uplift
    value: 100
    cost: 5
  mail: {channel: email, propensity: 0.01, value: 10}
explore: 0
channels:
  sms: {consent: {phone_consent: 'yes'}, most: {7d: 1}}
  email: {consent: not needed, most: {1d: 1}}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make_shop(tmp_path_factory.mktemp("acting") / "shop", 200)
    (folder / "actions.yaml").write_text(ACTIONS, encoding="utf-8")
    with limner.open(folder) as shop:
        shop.models_fit("care")
        shop.models_publish("care")
    return folder


@pytest.fixture
def shop(made: Path, tmp_path: Path) -> Iterator[Workspace]:
    shutil.copytree(made, tmp_path / "shop", symlinks=True)
    with limner.open(tmp_path / "shop") as workspace:
        yield workspace


def test_those_who_are_moved_get_the_coupon(shop: Workspace) -> None:
    moved, unmoved = shop.next_best_action("user_id:u2"), shop.next_best_action("user_id:u3")
    assert (moved["action"], moved["channel"]) == ("coupon", "sms")
    assert moved["gain"] > 20
    assert moved["reason"]["zh"].startswith("关怀券")
    assert unmoved["gain"] < moved["gain"]
    refused = shop.next_best_action("user_id:u10")
    assert refused["action"] == "mail"
    assert refused["others"][0]["why"] == "consent"


def test_a_decision_is_an_event_and_counts_as_a_contact(shop: Workspace) -> None:
    assert shop.action_decide("user_id:u2")["action"] == "coupon"
    [event] = shop.timeline("user_id:u2", 5, names=("action_decided",))["events"]
    assert event["properties"]["action"] == "coupon"
    assert event["properties"]["probability"] == 1
    after = shop.next_best_action("user_id:u2")
    assert after["action"] == "mail"
    assert after["others"][0]["why"] == "cap"


def test_nobody_waits_while_it_is_chosen(shop: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    free: list[bool] = []

    def take_lock() -> None:
        if shop._lock.acquire(timeout=20):
            free.append(True)
            shop._lock.release()

    def choose_slowly(policy: Any, crowd: Any) -> Any:
        other = Thread(target=take_lock)
        other.start()
        other.join()
        return choose(policy, crowd)

    monkeypatch.setattr("limner.workspace.acting.choose", choose_slowly)
    assert shop.next_best_action("user_id:u2")["action"] == "coupon"
    assert free == [True]


def test_a_whole_audience_is_decided_on(shop: Workspace) -> None:
    looked = shop.actions_decide({"all": []})
    assert looked["customers"] == 200
    assert looked["actions"]["coupon"] >= 80
    assert looked["remembered"] == 0
    done = shop.actions_decide({"sensitivity": "high"}, remember=True)
    assert done["remembered"] == done["customers"] == 100
    assert "coupon" not in shop.actions_decide({"sensitivity": "high"})["actions"]


def test_over_http(shop: Workspace) -> None:
    client = TestClient(create_app(shop, Event()), raise_server_exceptions=False)
    keys = {role: shop.keys.issue(role, role) for role in (Role.ADMIN, Role.VIEWER)}
    client.headers["Authorization"] = f"Bearer {keys[Role.VIEWER]}"
    place = "/api/v1/profiles/user_id:u4/next-best-action"
    assert client.get(place).json()["action"] == "coupon"
    assert [one["name"] for one in client.get("/api/v1/actions").json()["actions"]] == ["coupon", "mail"]
    assert client.post(place).status_code == 403
    client.headers["Authorization"] = f"Bearer {keys[Role.ADMIN]}"
    assert client.post(place).json()["action"] == "coupon"
    assert client.get(place).json()["action"] == "mail"
    assert client.get("/api/v1/profiles/user_id:nobody/next-best-action").status_code == 404
    shop.desk.open()
    job = client.post("/api/v1/actions:decide", json={"rule": {"sensitivity": "high"}})
    assert job.status_code == 202
    assert shop.actions_decide({"sensitivity": "high"})["customers"] == 100
    states = {one["kind"]: one["state"] for one in client.get("/api/v1/jobs").json()["jobs"]}
    assert states == {"decision": "done"}
    wrong = client.post("/api/v1/actions:decide", json={"rule": {"sensitivty": "high"}})
    assert (wrong.status_code, "Did you mean sensitivity?" in wrong.text) == (422, True)


def test_from_the_command_line(shop: Workspace, made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["-w", str(made)]
    assert run([*where, "actions", "next", "user_id:u2", "--json"], {}) == 0
    assert json.loads(capsys.readouterr().out)["action"] == "coupon"
    assert run([*where, "--lang", "zh", "actions", "next", "user_id:u2"], {}) == 0
    assert "收益更低" in capsys.readouterr().out
    assert run([*where, "actions", "list"], {}) == 0
    assert "Care coupon" in capsys.readouterr().out
    assert run([*where, "actions", "decide", "--rule", '{"all": []}', "--json"], {}) == 0
    assert json.loads(capsys.readouterr().out)["customers"] == 200


def test_what_is_wrong_is_said(shop: Workspace) -> None:
    file = shop.parts.folder / "actions.yaml"
    with pytest.raises(NotFound):
        shop.next_best_action("user_id:nobody")
    file.write_text(ACTIONS.replace("effect: care_uplift", "effect: care_up"), encoding="utf-8")
    with pytest.raises(NotFound, match="care_up"):
        shop.next_best_action("user_id:u1")
    file.write_text(ACTIONS.replace("orders_60d", "orders_6d"), encoding="utf-8")
    with pytest.raises(DefinitionError, match="orders_60d"):
        shop.next_best_action("user_id:u1")
    file.write_text("actions: [", encoding="utf-8")
    with pytest.raises((DefinitionError, DataError)):
        shop.actions_list()
    file.unlink()
    with pytest.raises(NotFound, match="No actions are declared"):
        shop.actions_list()
