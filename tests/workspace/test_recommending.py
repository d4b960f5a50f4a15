"""Recommendations through a workspace: fitted from its events, served by what happened up to this moment."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.learn.recommend.shop import MODEL, make_shop

import limner
from limner.errors import Conflict, DataError, DefinitionError, NotFound
from limner.workspace import Workspace


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make_shop(tmp_path_factory.mktemp("recommend") / "shop")
    with limner.open(folder) as shop:
        shop.models_fit("goods", author="ada")
    return folder


@pytest.fixture
def shop(made: Path, tmp_path: Path) -> Iterator[Workspace]:
    shutil.copytree(made, tmp_path / "shop", symlinks=True)
    with limner.open(tmp_path / "shop") as workspace:
        yield workspace


def send(shop: Workspace, *messages: dict[str, Any]) -> None:
    file = shop.parts.folder.parent / "more.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in messages), encoding="utf-8")
    shop.import_files(file)


def view(user: str, item: str, number: int = 0) -> dict[str, Any]:
    at = datetime.now(UTC).isoformat()
    key = {"userId": user, "messageId": f"now-{user}-{item}-{number}", "timestamp": at}
    return {"type": "track", "event": "view_item", **key, "properties": {"sku": item}}


def items(answer: dict[str, Any]) -> list[str]:
    return [one["item"] for one in answer["items"]]


def test_the_card_beats_popularity(shop: Workspace) -> None:
    card = shop.models_show("goods")["card"]
    assert card["passed"], card["missing"]
    assert card["metrics"]["over_popularity"] > 1.3
    assert card["about"]["algorithm"] == "ease"
    assert card["sizes"]["customers"] >= 20


def test_tastes_are_offered_with_reasons(shop: Workspace) -> None:
    right = total = 0
    for user in range(0, 60, 5):
        answer = shop.recommendations(f"user_id:u{user}", n=3)
        assert (answer["model"], answer["version"]) == ("goods", 1)
        for one in answer["items"]:
            total += 1
            right += one["attributes"]["category"] == ("tea", "cups", "books")[user % 3]
            assert one["attributes"]["in_stock"] is True
            assert one["reason"]["zh"]
    assert right / total > 0.8


def test_what_was_bought_lately_and_what_is_not_in_stock_is_left_out(shop: Workspace) -> None:
    everything = items(shop.recommendations("user_id:u0", n=200))
    assert everything
    assert not [item for item in everything if item.endswith("-7")]
    bought = everything[0]
    order = {**view("u0", bought), "event": "order_paid", "properties": {"products": [{"sku": bought}]}}
    send(shop, order)
    assert bought not in items(shop.recommendations("user_id:u0", n=200))


def test_events_of_a_moment_ago_count(shop: Workspace) -> None:
    send(shop, *(view("new", f"books-{n}") for n in range(4)))
    answer = shop.recommendations("user_id:new", n=2)
    assert answer["interactions"] == 4
    assert {one["attributes"]["category"] for one in answer["items"]} == {"books"}
    assert answer["items"][0]["because"][0]["item"].startswith("books")


def test_who_did_nothing_gets_what_everybody_takes(shop: Workspace) -> None:
    send(shop, {"type": "identify", "userId": "idle", "messageId": "i", "timestamp": "2026-01-01T00:00:00Z"})
    answer = shop.recommendations("user_id:idle", n=4)
    assert len(answer["items"]) == 4
    assert {one["reason"]["en"] for one in answer["items"]} == {"Popular with everybody"}


def test_the_item_table_of_now_counts(shop: Workspace) -> None:
    first = items(shop.recommendations("user_id:u1", n=1))[0]
    file = shop.parts.folder / "sold.jsonl"
    file.write_text(json.dumps({"sku": first, "in_stock": False, "category": "cups"}), encoding="utf-8")
    mapping = shop.parts.folder / "sold.yaml"
    mapping.write_text("source: goods\nitems: {id: sku, in_stock: in_stock, category: category}\n", encoding="utf-8")
    shop.import_files(file, mapping)
    assert first not in items(shop.recommendations("user_id:u1", n=200))


def test_candidates_are_ranked_unknown_ones_by_their_attributes(shop: Workspace) -> None:
    given: list[Any] = ["cups-1", "books-1", {"id": "new-tea", "attributes": {"category": "tea", "brand": "b1"}}]
    send(shop, *(view("drinker", f"tea-{n}") for n in range(3)))
    answer = shop.rank_candidates("user_id:drinker", given)
    assert items(answer)[0] == "new-tea"
    assert "tea" in answer["items"][0]["reason"]["en"]
    assert len(answer["items"]) == 3


def test_a_scene_moves_the_order(shop: Workspace) -> None:
    send(shop, *(view("both", item, n) for n, item in enumerate(["books-1", "tea-1"])))
    given = ["books-2", "tea-2"]
    scores = {}
    for name, scene in (
        ("evening", "time:2026-11-25T20:30:00,place:上海"),
        ("morning", "time:2026-11-25T10:30:00,place:苏州"),
    ):
        answer = shop.rank_candidates("user_id:both", given, scene=scene)
        scores[name] = {one["item"]: one["score"] for one in answer["items"]}
    assert scores["evening"]["books-2"] > scores["morning"]["books-2"]
    assert scores["evening"]["tea-2"] < scores["morning"]["tea-2"]


def test_the_first_choice_is_a_tag(shop: Workspace) -> None:
    (shop.parts.folder / "tags" / "a.yaml").write_text(
        "tags: {next_item: {layer: prediction, model: {name: goods, type: text}}}", encoding="utf-8"
    )
    shop.tags_apply()
    shop.models_publish("goods")
    reading = shop.profile("user_id:u2", tags=["next_item"]).tags["next_item"]
    assert str(reading.value).split("-")[0] in ("tea", "cups", "books")
    assert shop.recommendations("user_id:u2")["items"]


@pytest.mark.parametrize(
    ("asked", "error", "says"),
    [
        ({"key": "user_id:nobody"}, NotFound, "never seen"),
        ({"key": "user_id:u1", "n": 0}, DataError, "1 to 200"),
        ({"key": "user_id:u1", "model": "good"}, NotFound, "goods"),
        ({"key": "user_id:u1", "scene": "wheather:rain"}, DataError, "time and place"),
    ],
)
def test_what_cannot_be_answered_is_said(
    shop: Workspace, asked: dict[str, Any], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        shop.recommendations(**asked)


@pytest.mark.parametrize(
    ("candidates", "says"),
    [([], "no candidates"), ([{"name": "x"}], "has no id"), (["a", "a"], "twice"), (["a"] * 1001, "1000")],
)
def test_candidates_that_are_none(shop: Workspace, candidates: list[Any], says: str) -> None:
    with pytest.raises(DataError, match=says):
        shop.rank_candidates("user_id:u1", candidates)


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ("order_paid: {item", "order_payed: {item", "order_payed"),
        ("weight: 5", "weight: -5", "out of range"),
        ("half_life: 60d", "half_life: 2m", "60d"),
        ("half_life: 60d", "algorithm: easy", "ease"),
        ("exclude: {order_paid", "exclude: {order_pain", "order_paid"),
        ("balance: 0.9", "balance: 9", "0.* to 1"),
        ("    place: city\n", "    places: city\n", "place"),
    ],
)
def test_wrong_declarations_are_said(shop: Workspace, was: str, becomes: str, says: str) -> None:
    assert was in MODEL
    text = MODEL.replace(was, becomes)
    if becomes.startswith("exclude"):
        text = MODEL.replace("    exclude: {order_paid", "    exclude: {order_pain")
    (shop.parts.folder / "models" / "goods.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError, match=says):
        shop.models_check()


def test_what_serves_goes_on_while_the_files_are_being_written(shop: Workspace) -> None:
    before = shop.recommendations("user_id:u1")["items"]
    file = shop.parts.folder / "models" / "goods.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("kind: recommendation", "kind: recomendation"))
    assert shop.recommendations("user_id:u1")["items"] == before, "as it was declared when it was fitted"
    with pytest.raises(DefinitionError, match="unknown kind 'recomendation'"):
        shop.models_fit("goods")


def test_too_little_and_never_fitted(shop: Workspace) -> None:
    file = shop.parts.folder / "models" / "goods.yaml"
    file.write_text(MODEL.replace("customers: 20", "customers: 5000"), encoding="utf-8")
    with pytest.raises(DataError, match="too little to learn from"):
        shop.models_fit("goods")
    assert shop.recommendations("user_id:u1")["version"] == 1, "what served goes on"
    file.write_text(MODEL.replace("goods:", "other:"), encoding="utf-8")
    with pytest.raises(NotFound, match="never fitted"):
        shop.recommendations("user_id:u1")
    file.write_text(MODEL.replace("least:", "quality: {over_popularity: 99}\n    least:"), encoding="utf-8")
    shop.models_fit("goods")
    assert shop.recommendations("user_id:u1")["version"] == 1
    shutil.rmtree(shop.parts.folder / "fitted" / "goods-1")
    shop._recommenders.clear()
    with pytest.raises((DataError, Conflict), match="Fit the model again"):
        shop.recommendations("user_id:u1")
