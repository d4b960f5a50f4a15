"""A preview says of a sample what the fold would say after publishing, and promotes nothing for it."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import limner
from limner.audiences.insight import compare_audience
from limner.errors import DefinitionError
from limner.workspace import Workspace, previewing

TAGS = {"spend": {"layer": "fact", "fold": {"sum": "amount", "of": "order_paid"}}}
AS_OF = "2026-11-20"
NAMES = ("order_paid", "page_view", "signed_up")
DRAFTS: list[dict[str, Any]] = [
    {"fold": {"count": "*", "of": "order_paid"}},
    {"fold": {"avg": "amount", "within": "7d"}},
    {"fold": {"top": "channel", "of": ["order_paid", "page_view"], "where": {"amount": {"gt": 20}}}},
    {"fold": {"top": "channel", "by": {"sum": "amount"}, "evidence": {"times": 2, "share": 0.1, "lift": 1.1}}},
    {"fold": {"sum": "fee", "of": "order_paid", "where": {"channel": "app"}}},
    {"fold": {"min": "fee"}},
    {"fold": {"list": "products[].sku", "last": 5, "where": {"products[].price": {"gte": 10}}}},
    {"fold": {"sum": "products[].price", "of": "order_paid"}},
    {"fold": {"distinct": "item.category"}},
    {"fold": {"trait": "city"}},
    {"fold": {"count": "*", "after": {"first": "signed_up"}, "within": "5d", "where": {"channel": "web"}}},
    {"expr": "spend / 2"},
    {"if": {"all": [{"spend": {"gte": 50}}, {"did": "page_view", "where": {"page.path": "/p1"}}]}},
    {"quantiles": {"of": "spend", "at": [0.5], "then": ["low", "high"]}},
]


def messages(seed: int) -> Iterator[dict[str, Any]]:
    draw = random.Random(seed)
    for number in range(300):
        who, day, name = draw.randrange(25), draw.randrange(1, 25), draw.choice(NAMES)
        products = [{"sku": f"s{draw.randrange(4)}", "price": draw.randrange(30)} for _ in range(draw.randrange(3))]
        properties = {
            "amount": draw.randrange(60), "channel": draw.choice(["app", "web", None]), "sku": f"s{draw.randrange(4)}",
            "fee": draw.choice([1, 2.5, "3.25", "free"] if number % 40 == 0 else [1, 2.5]),
            "products": products, "page": {"path": f"/p{draw.randrange(3)}"},
        }  # fmt: skip
        at = f"2026-11-{day:02}T{draw.randrange(24):02}:00:00Z"
        common = {"userId": f"u{who}", "messageId": f"m{number}", "timestamp": at}
        yield {"type": "track", "event": name, "properties": properties, **common}
        if number % 5 == 0:
            city = draw.choice(["苏州", "上海"])
            yield {"type": "identify", "traits": {"city": city}, **common, "messageId": f"i{number}"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder = tmp_path_factory.mktemp("preview")
    limner.init(folder / "shop")
    (folder / "shop" / "tags" / "a.yaml").write_text(json.dumps({"tags": TAGS}))
    (folder / "e.jsonl").write_text("".join(json.dumps(message) + "\n" for message in messages(7)))
    (folder / "items.csv").write_text("sku,category\n" + "".join(f"s{n},c{n % 2}\n" for n in range(4)))
    (folder / "items.yaml").write_text("source: shop\nitems: {id: sku, category: category}\n")
    with limner.open(folder / "shop") as workspace:
        workspace.import_files(folder / "items.csv", mapping=folder / "items.yaml")
        workspace.import_files(folder / "e.jsonl")
        workspace.tags_apply()
        workspace.identity_merge("user_id:u1", "user_id:u2")
        workspace.fold(AS_OF)
        yield workspace


def test_odd_drafts_are_told_of(shop: Workspace) -> None:
    def warned(**fold: Any) -> list[str]:
        return list(shop.tags_preview({"layer": "fact", "fold": fold}, as_of=AS_OF)["warnings"])

    assert warned(sum="amount", of="order_paid") == []
    assert any("order_piad" in said and "order_paid" in said for said in warned(count="*", of="order_piad"))
    assert any("'chanel'" in said and "channel" in said for said in warned(top="chanel"))
    [said] = warned(sum="fee")
    assert "fee: " in said
    assert "are no numbers (such as 'free')" in said
    [said] = shop.tags_preview({"layer": "fact", "imported": "number"})["warnings"]
    assert "written by runs" in said
    with pytest.raises(DefinitionError):
        shop.tags_preview({"layer": "fact", "expr": "spendd / 2"})


@pytest.mark.parametrize("odd", ["spend / (spend - spend)", "(spend + 1) * 1e308 * 1e10"])
def test_what_divides_by_zero_or_overflows_is_told_of(shop: Workspace, odd: str) -> None:
    found = shop.tags_preview({"layer": "fact", "expr": odd}, as_of=AS_OF)
    assert "customers have all that it reads and get no value" in found["warnings"][0]
    assert found["coverage"] == 0
    assert {example["value"] for example in found["examples"]} == {None}
    assert shop.tags_preview({"layer": "fact", "expr": "spend / 2"}, as_of=AS_OF)["warnings"] == []


def test_the_sample_is_drawn_by_its_seed_and_bounded(shop: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def sampled(fold: dict[str, Any], **how: Any) -> tuple[int, list[str]]:
        found = shop.tags_preview({"layer": "fact", "fold": fold}, **how)
        return found["size"], [example["customer_id"] for example in found["examples"]]

    known, unknown = {"sum": "amount"}, {"top": "channel"}
    assert sampled(known, sample=8) == sampled(known, sample=8) != sampled(known, sample=8, seed=1)
    assert sampled(unknown, sample=8)[0] == 8
    monkeypatch.setattr(previewing, "MOST_READ", 40)
    assert 1 <= sampled(unknown, sample=8)[0] < 8
    assert sampled(known, sample=8)[0] == 8, "what has columns is not read"
    monkeypatch.setattr(previewing, "MOST_READ", 0)
    assert sampled(unknown)[0] == 1


def test_more_is_read_as_long_as_there_is_time(shop: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def size() -> int:
        return int(shop.tags_preview({"layer": "fact", "fold": {"top": "channel"}}, sample=24)["size"])

    def forget() -> None:
        shop.parts.log._file.kept.clear()  # type: ignore[attr-defined]

    whole = size()
    monkeypatch.setattr(previewing, "FIRST_READ", 60)
    monkeypatch.setattr(previewing, "READING", -1)
    assert size() == whole, "what was read before needs no time"
    forget()
    first = size()
    assert 1 < first < whole, "the first ones are read whatever the time"
    assert first < size() < whole, "the next try begins with them"
    forget()
    monkeypatch.setattr(previewing, "READING", 1e6)
    assert size() == whole


def test_who_has_too_many_events_is_left_out_and_that_is_told(shop: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previewing, "MOST_READ", 80)
    found = shop.tags_preview({"layer": "fact", "fold": {"top": "channel"}}, sample=24)
    assert any("were left out" in said for said in found["warnings"])
    assert all(example["evidence"]["count"] <= 20 for example in found["examples"] if example["evidence"])


@pytest.fixture(scope="module")
def tried(shop: Workspace) -> list[dict[str, Any]]:
    """All drafts, tried before any is published."""
    promoted = set(shop.parts.log.vocabulary().columns)
    previews = [shop.tags_preview({"layer": "fact", **draft}, as_of=AS_OF) for draft in DRAFTS]
    assert set(shop.parts.log.vocabulary().columns) == promoted, "nothing is promoted for a preview"
    drafts = {f"d{place}": {"layer": "fact", **draft} for place, draft in enumerate(DRAFTS)}
    (shop.parts.folder / "tags" / "a.yaml").write_text(json.dumps({"tags": {**TAGS, **drafts}}))
    shop.tags_apply()
    return previews


@pytest.mark.parametrize("place", range(len(DRAFTS)))
def test_of_everybody_it_is_what_the_fold_says_once_published(
    shop: Workspace, tried: list[dict[str, Any]], place: int
) -> None:
    name, found = f"d{place}", tried[place]
    folded = shop.crowd(AS_OF).folded
    everybody = np.ones(len(folded.customers), np.bool_)
    told = compare_audience(folded, everybody, None, [name], shop.parts.zone, smallest_cell=1).tags[name]
    assert found["size"] == len(everybody) > 10
    assert found["coverage"] > 0
    assert found["values"] == [{"value": v.value, "count": v.count, "share": v.share} for v in told.values]
    for example in found["examples"]:
        portrait = shop.profile(example["customer_id"], as_of=AS_OF, tags=[name])
        assert example == {"customer_id": example["customer_id"], **portrait.as_dict()["tags"][name]}


def test_nothing_has_come_in_yet(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("empty") / "shop"
    limner.init(folder)
    with limner.open(folder) as workspace:
        tried = workspace.tags_preview({"layer": "fact", "fold": {"sum": "amount", "of": "order_paid"}})
    assert (tried["size"], tried["examples"]) == (0, [])
    assert any("no event 'order_paid' has been seen yet" in warning for warning in tried["warnings"])


@pytest.mark.parametrize("draft", DRAFTS, ids=json.dumps)
def test_a_log_without_timelines_gives_the_same_sample(
    shop: Workspace, draft: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    tag = {"layer": "fact", **draft}
    usual = shop.tags_preview(tag, as_of=AS_OF, sample=12)
    monkeypatch.setattr(previewing, "MUCH", -1)
    monkeypatch.setattr(shop, "moment", None)
    assert shop.tags_preview(tag, as_of=AS_OF, sample=12) == usual
