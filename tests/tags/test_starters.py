"""Starter systems: listed, free of mistakes, and full of values where their events are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import limner
from limner.demo.build import read_starter
from limner.errors import Conflict, NotFound
from limner.model.fold import Fold, Measure, Op
from limner.model.kinds import tier_values
from limner.model.labels import name_unit
from limner.model.references import folds_read
from limner.model.tag import Quantiles, Tiers, name_groups
from limner.model.words import say
from limner.tags.files import read_tag_text
from limner.tags.starters import TITLES, list_templates, read_template


@pytest.mark.parametrize("name", list_templates())
def test_every_template_is_right_and_can_be_said(name: str) -> None:
    tags = read_tag_text(read_template(name), f"{name}.yaml").checked()
    assert tags
    assert all(say(tag, "zh") and say(tag, "en") for tag in tags)


def test_an_unknown_template() -> None:
    with pytest.raises(NotFound, match="There is no template 'retial'"):
        read_template("retial")


@pytest.mark.parametrize("name", list_templates())
def test_every_template_is_a_whole_system(name: str) -> None:
    tags = read_tag_text(read_template(name), f"{name}.yaml").checked()
    assert len(tags) >= 25
    assert {"fact", "model", "business"} <= {tag.layer.value for tag in tags}
    assert all({"zh", "en"} <= tag.title.keys() and tag.group and tag.owner for tag in tags)
    assert TITLES[name].keys() == {"zh", "en"}
    folds = [fold for tag in tags for fold in folds_read(tag.definition)]
    assert all(fold.evidence and fold.evidence.times >= 2 for fold in folds if fold.measure is Measure.TOP)


@pytest.mark.parametrize("name", [*list_templates(), "predictions"])
def test_all_that_a_template_says_is_there_in_both_languages(name: str) -> None:
    """Groups, the values of its tiers, what people enter, and units: none is left in Chinese for an English reader."""
    text = read_starter("predictions.yaml") if name == "predictions" else read_template(name)
    tags = read_tag_text(text, f"{name}.yaml").tags
    groups = name_groups(tags)
    if name != "predictions":  # they stand in the groups of retail
        assert all({"zh", "en"} == groups[str(tag.group)].keys() for tag in tags)
    for tag in tags:
        tiers = tier_values(tag.definition) if isinstance(tag.definition, Tiers | Quantiles) else []
        said = [value for value in (*tiers, *tag.values) if isinstance(value, str) and not value.isascii()]
        assert all({"zh", "en"} == tag.values.get(value, {}).keys() for value in said), tag.name
        assert all(tag.values[value]["en"].isascii() for value in said)
        assert name_unit(tag.unit)["en"].isascii()


def live(fold: Fold, person: int) -> Iterator[dict[str, Any]]:
    """Events of a person that a fold takes: some lately, some long ago."""
    names = fold.selection.names or ("login",)
    selections = [step.selection for step in fold.steps if not step.absent] or [fold.selection]
    for age in (1, 3, 5, 20, 200, 400):
        for place, selection in enumerate(selections):
            said: dict[str, Any] = {}
            for test in selection.where:
                operand = test.operand[0] if isinstance(test.operand, tuple) else test.operand
                said[test.path] = operand + 1 if test.op is Op.GT else operand  # type: ignore[operator]
            numeric = fold.measure in (Measure.SUM, Measure.AVG, Measure.MIN, Measure.MAX, Measure.MEDIAN)
            if fold.path and fold.path != "time":
                said.setdefault(fold.path, fold.value or (10 * person + 10 if numeric else f"word {person % 3}"))
            if fold.weight:
                said[fold.weight] = 5
            if fold.same:
                said[fold.same] = "same"
            moment = datetime.now(UTC) - timedelta(days=age, minutes=-place)
            yield {"name": (selection.names or names)[0], "time": moment, "said": said}


def as_message(event: dict[str, Any], person: int) -> dict[str, Any]:
    message: dict[str, Any] = {"userId": f"u{person}", "timestamp": event["time"].isoformat(), "traits": {}}
    message |= {"type": "track", "event": event["name"], "properties": {}}
    for path, value in event["said"].items():
        part, *way = path.replace("[]", "").split(".")
        if part == "traits":
            message = {**message, "type": "identify", "traits": {way[0]: value}}
        else:
            inside = message["properties"]
            for step in way:
                inside = inside.setdefault(part, {})
                part = step
            inside[part] = [value] if path.endswith("[]") else value
    return message


@pytest.mark.parametrize("name", ["automotive", "content", "education", "travel"])
def test_tags_of_a_template_get_values(name: str, tmp_path: Path) -> None:
    tags = read_tag_text(read_template(name), name).tags
    folds = dict.fromkeys(fold for tag in tags for fold in folds_read(tag.definition) if fold.hand is None)
    events = [as_message(event, person) for person in range(4) for fold in folds for event in live(fold, person)]
    file = tmp_path / "e.jsonl"
    file.write_text("\n".join(json.dumps({"messageId": str(i), **event}) for i, event in enumerate(events)))
    limner.init(tmp_path / "shop")
    with limner.open(tmp_path / "shop") as workspace:
        assert workspace.import_files(file).rejected == 0
        applied = workspace.template_apply(name, "published")
        assert len(applied["added"]) == len(tags)
        assert workspace.template_apply(name, "published")["added"] == []
        table = workspace.table()
        assert workspace.template_add(name)["file"] == f"tags/{name}.yaml"
        with pytest.raises(Conflict, match="nothing was written"):
            workspace.template_add(name)
        assert workspace.tags_plan().as_dict()["unchanged"] == len(tags)
    plain = [tag.name for tag in tags if isinstance(tag.definition, Fold) and tag.definition.hand is None]
    empty = [tag for tag in plain if not any(value not in (None, 0, []) for value in table.column(tag).to_pylist())]
    # What asks for lift is empty by right where all like the same; an absence takes its time.
    rare = {tag.name for tag in tags if isinstance(tag.definition, Fold) and tag.definition.measure is Measure.SEQUENCE}
    rare |= {tag.name for tag in tags if isinstance(tag.definition, Fold) and tag.definition.measure is Measure.TOP}
    assert set(empty) <= rare, f"{len(plain)} folds"


@pytest.mark.parametrize("name", list_templates())
def test_one_event_never_makes_a_preference(name: str, tmp_path: Path) -> None:
    """And the portrait of whoever has a preference says how often, what share, and how that compares."""
    tags = read_tag_text(read_template(name), name).tags
    tops = {tag.name: tag.definition for tag in tags if isinstance(tag.definition, Fold)}
    tops = {tag: fold for tag, fold in tops.items() if fold.measure is Measure.TOP and "item." not in (fold.path or "")}
    folds = list(dict.fromkeys(tops.values()))
    events = [as_message(event, 0) for fold in folds for event in live(fold, 0)][:: len((1, 3, 5, 20, 200, 400))]
    for person in (1, 2, 3, 4):
        events += [as_message(event, person) for fold in folds for event in live(fold, person) for _ in range(2)]
    for message in events:  # the summary compared with is of midnight
        message["timestamp"] = (datetime.fromisoformat(message["timestamp"]) - timedelta(days=2)).isoformat()
        if isinstance(product := message["properties"].get("products"), dict):
            message["properties"]["products"] = [product]
    file = tmp_path / "e.jsonl"
    file.write_text("\n".join(json.dumps({"messageId": str(i), **event}) for i, event in enumerate(events)))
    limner.init(tmp_path / "shop")
    with limner.open(tmp_path / "shop") as workspace:
        assert workspace.import_files(file).rejected == 0
        workspace.template_apply(name, "published")
        once, often = (workspace.profile(f"user_id:u{person}", tags=list(tops)).tags for person in (0, 1))
    assert {tag: reading.value for tag, reading in once.items()} == dict.fromkeys(tops)
    for tag, reading in often.items():
        evidence = reading.evidence
        assert reading.value is not None, tag
        assert evidence is not None
        assert evidence["count"] >= 3
        assert evidence["share"] == reading.confidence
        assert evidence["share"] >= 0.3
        assert evidence["lift"] >= 1.2
