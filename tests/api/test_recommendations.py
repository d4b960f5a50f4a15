"""Recommendations over HTTP and the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from fastapi.testclient import TestClient
from tests.learn.recommend.shop import make_shop

import limner
from limner.api.app import create_app
from limner.cli.main import run
from limner.govern.roles import Role


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = make_shop(tmp_path_factory.mktemp("recommend") / "shop")
    with limner.open(made) as shop:
        shop.models_fit("goods")
    return made


@pytest.fixture
def client(folder: Path) -> Iterator[TestClient]:
    with limner.open(folder) as shop:
        client = TestClient(create_app(shop, Event()), raise_server_exceptions=False)
        client.headers["Authorization"] = f"Bearer {shop.keys.issue('reader', Role.VIEWER)}"
        yield client


def test_items_are_recommended(client: TestClient) -> None:
    place = "/api/v1/profiles/user_id:u1/recommendations"
    answer = client.get(place, params={"n": 3, "scene": "time:now"}).json()
    assert len(answer["items"]) == 3
    assert set(answer["items"][0]) == {"item", "score", "because", "reason", "attributes"}
    assert client.get(place, params={"n": 0}).status_code == 422
    assert client.get(place, params={"scene": "mood:good"}).json()["code"] == "data"
    assert client.get(place, params={"model": "other"}).status_code == 404
    assert client.get("/api/v1/profiles/user_id:nobody/recommendations").status_code == 404


def test_candidates_are_put_in_order(client: TestClient) -> None:
    asked = {"candidates": [{"id": "books-1"}, {"id": "cups-1"}], "scene": {"place": "苏州"}}
    answer = client.post("/api/v1/profiles/user_id:u1/recommendations", json=asked)
    assert [one["item"] for one in answer.json()["items"]] == ["cups-1", "books-1"]
    assert client.post("/api/v1/profiles/user_id:u1/recommendations", json={"candidates": []}).status_code == 422


def test_without_a_key_nothing_is_told(client: TestClient) -> None:
    del client.headers["Authorization"]
    assert client.get("/api/v1/profiles/user_id:u1/recommendations").status_code == 401


def test_from_the_command_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-w", str(folder), "recommend", "user_id:u2", "-n", "2", "--json"], {}) == 0
    assert len(json.loads(capsys.readouterr().out)["items"]) == 2
    assert run(["-w", str(folder), "--lang", "zh", "recommend", "user_id:u2", "books-1", "tea-1"], {}) == 0
    shown = capsys.readouterr().out
    assert shown.index("books-1") < shown.index("tea-1")
    assert "商品" in shown
