"""Models through a workspace: fitted, refused, published, explained; old predictions outlive whatever goes wrong."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.learn.shop import CHURN, declare, make_shop

import limner
from limner.errors import Conflict, DataError, DefinitionError, NotFound
from limner.learn.metrics import auc
from limner.workspace import Workspace


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with a published model; tests work on copies."""
    folder = make_shop(tmp_path_factory.mktemp("models") / "shop")
    with limner.open(folder) as shop:
        shop.models_fit("churn", author="ada")
        shop.models_publish("churn", author="ada")
    return folder


@pytest.fixture
def shop(made: Path, tmp_path: Path) -> Iterator[Workspace]:
    shutil.copytree(made, tmp_path / "shop", symlinks=True)
    with limner.open(tmp_path / "shop") as workspace:
        yield workspace


def read(shop: Workspace, user: str) -> tuple[object, object]:
    reading = shop.profile(f"user_id:{user}", tags=["churn_risk"]).as_dict()["tags"]["churn_risk"]
    return reading["value"], reading.get("predicted_at")


def test_a_prediction_is_a_tag_with_its_confidence_and_its_moment(shop: Workspace) -> None:
    [model] = shop.models_list()
    assert (model["version"], model["published"], model["passed"], model["tags"]) == (1, 1, True, ["churn_risk"])
    known = [row for row in shop.table().to_pylist() if row["churn_risk"] is not None]
    reading = shop.profile(known[0]["customer_id"]).as_dict()["tags"]["churn_risk"]
    chance = reading["value"]
    assert reading["confidence"] == pytest.approx(max(chance, 1 - chance), abs=1e-3)
    assert reading["predicted_at"] == reading["since"] == reading["evidence"]["run"]["at"] == model["published_at"]
    assert reading["evidence"]["run"]["source"] == "churn v1"
    assert shop.audience_count({"care": True})["count"] == sum(row["churn_risk"] >= 0.6 for row in known)
    assert "predicted_at" not in shop.profile(known[0]["customer_id"]).as_dict()["tags"]["orders_90d"]


def test_those_who_stopped_are_found(shop: Workspace) -> None:
    rows = [row for row in shop.table().to_pylist() if row["churn_risk"] is not None]
    quiet = np.array([row["orders_90d"] <= 2 for row in rows], float)
    assert auc(quiet, np.array([row["churn_risk"] for row in rows])) > 0.8
    card = shop.models_show("churn")["card"]
    assert card["metrics"]["auc"] > 0.65
    assert card["watermark"] == shop.parts.log.watermark()
    assert max(card["dates"]["train"]) < card["dates"]["test"]


def test_reasons_are_told_in_both_languages(shop: Workspace) -> None:
    someone = next(row["customer_id"] for row in shop.table().to_pylist() if row["churn_risk"] is not None)
    told = shop.models_explain("churn", someone)["reasons"]
    assert told
    assert all(set(reason["words"]) == {"zh", "en"} for reason in told)
    weights = [abs(reason["weight"]) for reason in told]
    assert weights == sorted(weights, reverse=True)


def test_nothing_later_than_the_instant_is_seen(shop: Workspace) -> None:
    """A model fitted as of a day knows nothing of the days after it, and neither does what it says."""
    card = shop.models_fit("churn", as_of="2026-08-15")
    assert card["dates"]["last"].startswith("2026-08-15")
    assert card["dates"]["test"] < "2026-07-17"
    shop.models_publish("churn", as_of="2026-08-15")
    before = [row["churn_risk"] for row in shop.table(as_of="2026-08-14").to_pylist()]
    assert before == [None] * len(before)
    assert any(row["churn_risk"] is not None for row in shop.table(as_of="2026-08-16").to_pylist())


def test_a_model_below_its_quality_is_refused_and_the_old_one_stays(shop: Workspace) -> None:
    before = read(shop, "u1"), read(shop, "u2")
    declare(shop, CHURN.replace("auc: 0.55", "auc: 0.9999"))
    card = shop.models_fit("churn")
    assert card["missing"] == [f"auc is {card['metrics']['auc']:.4g}; at least 0.9999 is demanded."]
    with pytest.raises(Conflict, match=r"churn v2 is not published: auc is .* What was published before stays"):
        shop.models_publish("churn")
    assert (read(shop, "u1"), read(shop, "u2")) == before
    assert shop.models_list()[0]["published"] == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"least: {customers: 50": "least: {customers: 5000"}, "too little to learn from: there are only .* customers"),
        ({"event: order_paid": "event: ordr_paid"}, "no event 'ordr_paid' in the log. Did you mean order_paid"),
        (
            {"kind: churn": "kind: propensity", "event: order_paid": "label: {did: order_paid, is: {gte: 999}}"},
            "outcomes, and all are no",
        ),
        ({"horizon: 30d": "horizon: 300d"}, "the data is too short"),
        ({"features: auto": ""}, "nobody is in its population"),
    ],
)
def test_too_little_is_a_sentence(shop: Workspace, changed: dict[str, str], said: str) -> None:
    text = CHURN if "features: auto" not in changed else CHURN.replace("within: 90d}", "within: 90d, is: {gte: 9999}}")
    for old, new in changed.items():
        text = text.replace(old, new)
    declare(shop, text)
    before = read(shop, "u1")
    with pytest.raises(DataError, match=said):
        shop.models_fit("churn")
    assert read(shop, "u1") == before
    assert shop.models_list()[0]["version"] == 1


def test_constant_features_are_a_sentence(shop: Workspace) -> None:
    constant = "features: [{nothing: {count: '*', of: never_seen}}]"
    declare(shop, CHURN + f"    {constant}\n")
    with pytest.raises(DataError, match="churn: Every feature is the same for all customers"):
        shop.models_fit("churn")


def test_files_of_another_version_or_damaged_are_refused(shop: Workspace) -> None:
    before, folder = read(shop, "u1"), shop.parts.folder / "fitted" / "churn-1"
    trees = folder / "trees.txt"
    whole = trees.read_text(encoding="utf-8")
    trees.write_text(whole[:-20], encoding="utf-8")
    with pytest.raises(DataError, match="churn-1 are not as they were written"):
        shop.models_publish("churn")
    trees.write_text(whole, encoding="utf-8")
    seal = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    (folder / "model.json").write_text(json.dumps({**seal, "format": 99}), encoding="utf-8")
    with pytest.raises(DataError, match="have format 99; this Limner reads 1"):
        shop.models_evaluate("churn")
    shutil.rmtree(folder)
    with pytest.raises(DataError, match="cannot be read"):
        shop.models_publish("churn")
    assert read(shop, "u1") == before


def test_a_word_never_seen_is_no_trouble(shop: Workspace) -> None:
    event = {"type": "track", "event": "order_paid", "userId": "new", "messageId": "n",
             "timestamp": "2026-10-01T00:00:00Z", "properties": {"amount": 5, "channel": "月球"}}  # fmt: skip
    file = shop.parts.folder / "one.jsonl"
    file.write_text(json.dumps(event) + "\n", encoding="utf-8")
    shop.import_files(file)
    shop.models_publish("churn")
    assert isinstance(read(shop, "new")[0], float)


def test_evaluating_again_gives_the_same(shop: Workspace) -> None:
    first = shop.models_show("churn")["card"]
    again = shop.models_evaluate("churn")
    assert (again["metrics"], again["sizes"]) == (first["metrics"], first["sizes"])


def test_what_is_wrong_with_a_declaration_is_said(shop: Workspace) -> None:
    declare(shop, "models: {a: {kind: chrun}, b: {kind: churn, event: x, horizont: 3d, horizon: 6h}, c: {kind: churn}}")
    with pytest.raises(DefinitionError) as caught:
        shop.models_check()
    said = str(caught.value)
    assert "models/a.yaml: a: kind: unknown kind 'chrun'. Did you mean churn?" in said
    assert "b: horizont: a model of the kind churn has no field 'horizont'. Did you mean horizon?" in said
    assert "models look in whole days" in said
    assert "c: what is to be foretold?" in said
    with pytest.raises(DefinitionError):
        shop.models_fit("b")


def test_unknown_names_are_said(shop: Workspace) -> None:
    with pytest.raises(NotFound, match=r"There is no model 'chrn'. Did you mean churn?"):
        shop.models_fit("chrn")
    with pytest.raises(NotFound, match="churn has no version 7"):
        shop.models_publish("churn", version=7)
    declare(shop, CHURN + "    features: [orders_9d]\n")
    with pytest.raises(DefinitionError, match=r"there is no tag 'orders_9d'. Did you mean orders_90d?"):
        shop.models_fit("churn")


def test_what_is_due_by_schedule_is_done_once(shop: Workspace) -> None:
    declare(shop, CHURN + "    schedule: {fit: 30d, publish: 1d}\n")
    assert shop.models_round() == [], "both were done just now"
    declare(shop, CHURN.replace("  churn:", "  late:") + "    schedule: {fit: 30d, publish: 1d}\n")
    [fitted] = shop.models_round()
    assert (fitted["name"], fitted["author"]) == ("late", "schedule")
    assert shop.models_round() == [], "no tag shows it: that is not tried every time"


def test_a_model_no_tag_shows_is_not_published(shop: Workspace) -> None:
    declare(shop, CHURN.replace("  churn:", "  other:"))
    shop.models_fit("other")
    with pytest.raises(Conflict, match=r"No published tag shows other. Declare one"):
        shop.models_publish("other")


def test_a_mistake_in_one_model_keeps_no_other_from_its_work(shop: Workspace) -> None:
    wrong = shop.parts.folder / "models" / "b.yaml"
    wrong.write_text(
        "models: {late: {kind: churn, event: order_paid, schedule: {fit: soon}}, seeds: {kind: lookalike}}"
    )
    assert shop.models_publish("churn")["tags"]["churn_risk"] > 10
    assert shop.models_show("churn")["card"]["passed"]
    assert shop.models_round() == []
    for ask in (shop.models_check, shop.models_list, lambda: shop.models_fit("late"), lambda: shop.models_show("late")):
        with pytest.raises(DefinitionError, match=r"schedule.fit: 'soon' is not a length of time[^$]*like whom"):
            ask()
    wrong.write_text("models: {a: {kind: attribute, label: gendr}, b: {kind: lookalike, seeds: nobody}}")
    with pytest.raises(DefinitionError, match=r"no tag 'gendr'[^$]*nobody"):
        shop.models_check()
