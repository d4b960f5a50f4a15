"""Personas through a workspace: sought, told, edited, published, followed as customers change."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.language_model import language_model

import limner
from limner.errors import Conflict, DataError, DefinitionError, NotFound, Unavailable
from limner.workspace import Workspace

TAGS = """
tags:
  gender: {title: {zh: 性别, en: Gender}, layer: fact, fold: {trait: gender}}
  has_child: {title: {zh: 有无子女, en: Child}, layer: fact, fold: {trait: has_child}}
  favourite: {title: {zh: 偏好品类, en: Favourite}, layer: fact, fold: {top: category, of: order_paid}}
  channel: {title: {zh: 渠道, en: Channel}, layer: fact, fold: {top: channel, of: order_paid}}
  quote: {title: {zh: 原话, en: Quote}, layer: fact, fold: {last: quote, of: asked}}
  spend_total: {title: {zh: 消费, en: Spend}, layer: fact, fold: {sum: amount, of: order_paid}}
"""
KINDS = (
    {"gender": "女", "has_child": "有", "category": "母婴", "channel": "mini", "amount": 300, "quote": "要安心"},
    {"gender": "男", "has_child": "无", "category": "数码", "channel": "web", "amount": 900, "quote": "参数说话"},
    {"gender": "女", "has_child": "无", "category": "护肤", "channel": "app", "amount": 100, "quote": "变美"},
)


def customer(number: int) -> list[dict[str, Any]]:
    """Of the kind its number says, with one answer of another kind."""
    kind, other = KINDS[number % 3], KINDS[(number + number // 3) % 3]
    traits = ("gender", "has_child")
    told = {
        **kind,
        ("channel", "category", "gender")[number % 7 % 3]: other[("channel", "category", "gender")[number % 7 % 3]],
    }
    who = {"userId": f"u{number}", "timestamp": f"2026-01-{number % 27 + 1:02}T10:00:00Z"}
    said = [
        {"type": "identify", **who, "messageId": f"i{number}", "traits": {key: told[key] for key in traits}},
        {"type": "track", "event": "order_paid", **who, "messageId": f"o{number}",
         "properties": {key: told[key] for key in ("category", "channel", "amount")}},
    ]  # fmt: skip
    if number % 5 == 0:
        asked = {"type": "track", "event": "asked", **who, "messageId": f"q{number}"}
        said.append({**asked, "properties": {"quote": told["quote"]}})
    return said


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder = tmp_path_factory.mktemp("personas") / "shop"
    limner.init(folder)
    (folder / "tags" / "a.yaml").write_text(TAGS, encoding="utf-8")
    events = [event for number in range(330) for event in customer(number)]
    (folder.parent / "e.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
    with limner.open(folder) as workspace:
        workspace.import_files(folder.parent / "e.jsonl")
        workspace.tags_apply()
        yield workspace


@pytest.fixture(scope="module")
def found(shop: Workspace) -> dict[str, Any]:
    return shop.personas_fit(count=3, author="ada")


def persona_of(shop: Workspace, user: str, **when: Any) -> object:
    return shop.profile(f"user_id:{user}", tags=["persona"], **when).tags["persona"].value


def test_before_any_there_are_none(tmp_path: Path) -> None:
    limner.init(tmp_path / "w")
    with limner.open(tmp_path / "w") as workspace:
        assert workspace.personas_list()["personas"] == []
        with pytest.raises(NotFound, match="sought"):
            workspace.personas_publish()
        with pytest.raises(DataError, match="There are 0 customers"):
            workspace.personas_fit()


def test_cards_tell_what_sets_them_apart(shop: Workspace, found: dict[str, Any]) -> None:
    assert found["fit"]["stability"] > 0.8
    assert found["fit"]["tags"] == ["gender", "has_child", "favourite", "channel"]
    assert sum(card["size"] for card in found["personas"]) == 330
    tastes = {
        trait["value"]: card for card in found["personas"] for trait in card["traits"] if trait["tag"] == "favourite"
    }
    assert set(tastes) == {"母婴", "数码", "护肤"}
    digital = tastes["数码"]
    assert digital["traits"][0]["tgi"] > 150
    assert digital["worth"]["index"] > 150
    assert digital["quotes"][0] == "参数说话"
    assert "数码" in digital["name"]["zh"]
    assert {trait["value"] for trait in digital["demographics"]} == {"男", "无"}
    assert digital["members"] is None
    assert not found["published"]


def test_pictures_are_svg_and_the_same_each_time(shop: Workspace, found: dict[str, Any]) -> None:
    pictures = [shop.personas_show(name)["picture"] for name in ("p1", "p2", "p1")]
    assert pictures[0] == pictures[2] != pictures[1]
    assert all(ET.fromstring(picture).tag.endswith("svg") for picture in pictures)  # our own text


def test_people_write_on_cards_and_go_back(shop: Workspace, found: dict[str, Any]) -> None:
    shop.personas_edit("p1", {"name": {"zh": "一号"}, "goals": ["省时"]}, author="bob", reason="说人话")
    shown = shop.personas_edit("p1", {"scene": "夜里"}, author="bob")
    assert shown["name"]["zh"] == "一号"
    assert shown["scene"] == {"zh": "夜里", "en": "夜里"}
    assert [each["author"] for each in shown["versions"]] == ["ada", "bob", "bob"]
    again = {card["persona"]: card for card in shop.personas_fit(count=3)["personas"]}
    assert again["p1"]["name"]["zh"] == "一号"
    assert list(again["p1"]["goals"]) == ["省时"]
    back = shop.personas_edit("p1", version=1)
    assert (back["version"], back["name"]["zh"]) == (5, found["personas"][0]["name"]["zh"])
    with pytest.raises(NotFound, match="no version 99"):
        shop.personas_edit("p1", version=99)
    with pytest.raises(DataError, match="measured"):
        shop.personas_edit("p1", {"size": 3})
    with pytest.raises(DataError, match="Nothing"):
        shop.personas_edit("p1", {})
    with pytest.raises(NotFound, match="p9"):
        shop.personas_show("p9")


def test_a_published_tag_follows_customers(shop: Workspace, found: dict[str, Any], tmp_path: Path) -> None:
    done = shop.personas_publish(author="ada")
    assert done["tag"] == "persona"
    assert shop.personas_publish()["version"] == done["version"]
    listed = shop.personas_list()
    assert listed["published"]
    assert sum(card["members"] for card in listed["personas"]) == 330
    before = persona_of(shop, "u0")
    changed = [{**event, "messageId": f"new-{event['messageId']}-{turn}", "timestamp": f"2026-03-0{turn + 1}T10:00:00Z"}
               for turn in range(3) for event in customer(1) if event["type"] != "asked"]  # fmt: skip
    events = tmp_path / "e.jsonl"
    events.write_text("".join(json.dumps({**event, "userId": "u0"}) + "\n" for event in changed))
    shop.import_files(events)
    assert persona_of(shop, "u0") == persona_of(shop, "u1") != before
    assert persona_of(shop, "u0", as_of="2026-02-01") == before
    shop.personas_edit("p1", {"name": "新名字"})
    title = next(tag for tag in shop.tags() if tag.name == "persona").values["p1"]
    assert title["zh"] == "新名字"
    assert shop.personas_list()["published"]


def test_what_is_not_stable_is_not_published(
    shop: Workspace, found: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("limner.workspace.typifying.STABLE", 1.01)
    with pytest.raises(Conflict, match="not stable"):
        shop.personas_publish()


def test_a_language_model_may_tell_it(shop: Workspace, found: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError, match="No language model"):
        shop.personas_write("p2")
    settings = shop.parts.folder / "limner.toml"
    before = settings.read_text(encoding="utf-8")
    monkeypatch.setenv("WRITER_KEY", "key of ours")
    try:
        with language_model() as model:
            settings.write_text(f'{before}\n[writer]\nurl = "{model.url}"\nmodel = "qwen3"\nkey_env = "WRITER_KEY"\n')
            model.answer = (
                '<think>{?}</think>```json\n{"name": {"zh": "夜猫", "en": "Night owl"}, "scene": "深夜。"}\n```'
            )
            told = shop.personas_write("p2")
            assert (told["name"]["en"], told["scene"]["zh"]) == ("Night owl", "深夜。")
            ((path, key, body),) = model.asked
            assert (path, key, body["model"]) == ("/v1/chat/completions", "Bearer key of ours", "qwen3")
            material = body["messages"][1]["content"]
            assert json.loads(material)["set_apart_by"]
            assert not any(f'"u{number}"' in material or f"user_id:u{number}" in material for number in range(330))
            model.answer = "I cannot."
            with pytest.raises(DataError, match="no JSON"):
                shop.personas_write("p2")
            model.status = 503
            with pytest.raises(Unavailable, match="answered 503"):
                shop.personas_write("p2")
    finally:
        settings.write_text(before, encoding="utf-8")
    assert shop.personas_show("p2")["name"]["zh"] == "夜猫"


def test_personas_yaml_says_what_they_are_made_of(shop: Workspace) -> None:
    file = shop.parts.folder / "personas.yaml"
    try:
        file.write_text("personas: {tags: [gender, nosuch], count: 1, what: 3}")
        with pytest.raises(DefinitionError) as caught:
            shop.personas_fit()
        assert len(caught.value.problems) == 3
        file.write_text(
            "personas: {tag: buyer_type, tags: [gender, favourite, spend_total], count: 2, population: {gender: 女}}"
        )
        figures = shop.personas_fit()["fit"]
        assert (figures["tag"], figures["types"], figures["tags"]) == ("buyer_type", 2, ["favourite", "spend_total"])
        shop.personas_publish(force=True)
        values = [shop.profile(f"user_id:u{n}", tags=["buyer_type", "gender"]).tags for n in range(40)]
        for tags in values:
            assert (tags["buyer_type"].value is None) == (tags["gender"].value != "女")
    finally:
        file.unlink()
