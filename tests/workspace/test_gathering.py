"""Audiences with a name: followed with all the language has, looked at over time, refused with who is affected."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.workspace.test_following import follow_by_hand

import limner
from limner.errors import Conflict, DefinitionError, NotFound
from limner.model.clock import iso_time
from limner.workspace import Workspace
from limner.workspace import gathering as gathering_module

TAGS = """
tags:
  spend: {layer: fact, fold: {sum: amount, of: order_paid, within: 30d}}
  favourite: {layer: fact, fold: {top: category, of: order_paid}}
  tier: {layer: model, when: [{if: {spend: {gte: 100}}, then: high}, {else: low}]}
"""
SEPTEMBER, OCTOBER = "2026-09-20", "2026-10-20"
DAY = 86_400_000_000


def event(user: str, name: str, day: str, **properties: Any) -> dict[str, Any]:
    message = {"type": "track", "event": name, "userId": user, "messageId": f"{user}-{name}-{day}"}
    return {**message, "timestamp": f"2026-{day}T10:00:00+08:00", "properties": properties}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Workspace]:
    """U1 to U20: even ones buy in September, every third in October, U5 looks before it buys."""
    messages = [event(f"U{i}", "view_item", "09-01", sku="a") for i in range(1, 21)]
    messages += [event(f"U{i}", "order_paid", "09-10", amount=i * 20, category="tea") for i in range(2, 21, 2)]
    messages += [event(f"U{i}", "order_paid", "10-10", amount=i * 20, category="cups") for i in range(3, 21, 3)]
    messages += [event("U5", "add_to_cart", "09-02", sku="a")]
    limner.init(tmp_path / "shop")
    (tmp_path / "shop" / "tags" / "a.yaml").write_text(TAGS)
    (tmp_path / "events.jsonl").write_text("\n".join(map(json.dumps, messages)))
    with limner.open(tmp_path / "shop") as workspace:
        workspace.import_files(tmp_path / "events.jsonl")
        workspace.tags_apply()
        workspace.fold(as_of=OCTOBER)
        yield workspace


BEHAVIOUR = {
    "any": [
        {"sequence": ["view_item", "add_to_cart"], "within": "2d", "same": "sku"},
        {"did": "order_paid", "sum": "amount", "is": {"gte": 300}},
    ]
}


def test_a_live_one_takes_behaviour_sequences_and_other_audiences(shop: Workspace, tmp_path: Path) -> None:
    shop.audience_save("active", BEHAVIOUR)
    shop.audience_save("quiet", {"minus": [{"all": []}, "active"]})
    follow_by_hand(shop)
    shop.tick()
    members = {each.name: each.members for each in shop.audience_list()}
    assert members == {"active": shop.audience_count(BEHAVIOUR)["count"], "quiet": 20 - members["active"]}  # type: ignore[operator]
    assert members["active"] == 6
    later = tmp_path / "later.jsonl"
    later.write_text(json.dumps(event("U1", "add_to_cart", "09-02", sku="a")))
    shop.import_files(later)
    shop.tick()
    members = {each.name: each.members for each in shop.audience_list()}
    assert members == {"active": 7, "quiet": 13}
    assert shop.audience_members("active", limit=2)["count"] == 7


def test_a_number_of_members_says_of_when_it_is(shop: Workspace) -> None:
    shop.audience_save("high", {"tier": "high"}, live=False)
    assert [(each.members, each.as_of) for each in shop.audience_list()] == [(None, None)]
    taken = shop.audience_snapshot("high", SEPTEMBER)
    assert [(each.members, each.as_of) for each in shop.audience_list()] == [(taken["size"], taken["as_of"])]
    shop.audience_save("high", {"tier": "high"}, live=True)
    follow_by_hand(shop)
    ticked = shop.tick()
    assert ticked is not None
    [listed] = shop.audience_list()
    assert listed.as_of is not None
    assert listed.as_of >= iso_time(ticked.mark.as_of, "Asia/Shanghai")


def test_pages_of_members_are_all_of_them(shop: Workspace) -> None:
    shop.audience_save("high", {"tier": "high"})
    found, cursor = [], None
    while True:
        page = shop.audience_members("high", SEPTEMBER, limit=3, cursor=cursor)
        found += page["customers"]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(found) == page["count"] == shop.audience_count({"tier": "high"}, SEPTEMBER)["count"] == 8
    assert found == sorted(found, key=lambda one: int(one[1:]))


def test_two_looks_are_compared_with_the_reasons(shop: Workspace) -> None:
    shop.audience_save("high", {"tier": "high"})
    shop.audience_snapshot("high", SEPTEMBER)
    shop.audience_snapshot("high")
    diff = shop.audience_diff("high")
    september = set(shop.audience_members("high", SEPTEMBER)["customers"])
    october = set(shop.audience_members("high", OCTOBER)["customers"])
    assert set(diff["entered"]["customers"]) == october - september
    assert set(diff["left"]["customers"]) == september - october
    assert diff["stayed"] == len(september & october)
    [changed] = next(each["changed"] for each in diff["reasons"] if each["customer_id"] in october - september)
    assert changed == {"test": {"tier": "high"}, "before": "low", "after": "high"}
    assert shop.audience_diff("high", "1", "now")["stayed"] == diff["stayed"]
    assert shop.audience_diff("high", SEPTEMBER, "2026-10-21")["stayed"] == diff["stayed"]


def test_a_merge_is_nobodys_leaving_and_the_erased_leave(shop: Workspace) -> None:
    shop.audience_save("high", {"tier": "high"})
    shop.audience_snapshot("high", SEPTEMBER)
    shop.identity_merge("user_id:U8", "user_id:U10")
    then = shop.audience_members("high", snapshot=1)
    assert then["count"] == 7
    assert shop.audience_diff("high", "1", "1")["stayed"] == 7
    shop.erase("user_id:U20")
    assert shop.audience_members("high", snapshot=1)["count"] == 6


def test_what_was_in_a_snapshot_can_be_asked_for(shop: Workspace, tmp_path: Path) -> None:
    shop.audience_save("high", {"tier": "high"})
    shop.audience_snapshot("high", SEPTEMBER)
    lapsed = {"minus": [{"audience": "high", "snapshot": 1}, "high"]}
    diff = shop.audience_diff("high", "1", "now")
    assert shop.audience_count(lapsed)["count"] == diff["left"]["count"] > 0
    assert shop.audience_count({"all": [lapsed, {"did": "order_paid"}]})["count"] == diff["left"]["count"]
    shop.audience_export(lapsed, tmp_path / "lapsed.csv")
    assert len((tmp_path / "lapsed.csv").read_text().splitlines()) == diff["left"]["count"] + 1
    with pytest.raises(DefinitionError, match="cannot be followed live"):
        shop.audience_save("lapsed", lapsed)
    shop.audience_save("lapsed", lapsed, live=False)
    with pytest.raises(DefinitionError, match="cannot be followed live"):
        shop.audience_save("again", {"audience": "lapsed"})
    assert shop.audience_snapshot("lapsed")["size"] == diff["left"]["count"]


def test_versions_are_kept_and_what_is_not_given_stays(shop: Workspace) -> None:
    shop.audience_save("high", {"tier": "high"}, "高价值", schedule="0 2 * * *", alarm={"min": 3}, author="ada")
    again = shop.audience_save("high", {"spend": {"gte": 200}}, author="ben")
    assert (again.version, again.title, again.schedule, again.alarm) == (2, {"zh": "高价值"}, "0 2 * * *", {"min": 3})
    assert shop.audience_save("high", title={"en": "High"}).version == 2
    versions = shop.audience_show("high")["versions"]
    assert [(each["version"], each["rule"], each["author"]) for each in versions] == [
        (1, {"tier": "high"}, "ada"),
        (2, {"spend": {"gte": 200}}, "ben"),
    ]
    assert shop.audience_save("high", schedule="").schedule is None


def test_one_in_use_is_not_dropped_nor_made_a_circle(shop: Workspace) -> None:
    shop.audience_save("high", {"tier": "high"})
    shop.audience_save("top", {"all": [{"audience": "high"}, {"favourite": "tea"}]})
    shop.destinations_add("crm", "https://crm.example.com/x", audiences=["high"])
    with pytest.raises(Conflict, match="in use by audience top, destination crm"):
        shop.audience_drop("high")
    with pytest.raises(DefinitionError, match="high → top → high"):
        shop.audience_save("high", {"audience": "top"})
    assert shop.audience_show("high")["used_by"] == ["audience top", "destination crm"]
    shop.audience_drop("top")
    with pytest.raises(NotFound):
        shop.audience_show("top")


def test_one_whose_tag_is_gone_is_said_to_be_broken(shop: Workspace, tmp_path: Path) -> None:
    shop.audience_save("tea", {"favourite": "tea"})
    shop.audience_save("tea_too", {"audience": "tea"})
    (tmp_path / "shop" / "tags" / "a.yaml").write_text(TAGS.replace("favourite", "taste"))
    shop.tags_apply(prune=True)
    follow_by_hand(shop)
    shop.tick()
    listed = {each.name: each for each in shop.audience_list()}
    assert "no tag 'favourite'" in str(listed["tea"].problem)
    assert "no tag 'favourite'" in str(listed["tea_too"].problem)
    with pytest.raises(DefinitionError, match="no tag 'favourite'"):
        shop.audience_snapshot("tea")


def test_sizes_alarm(shop: Workspace) -> None:
    shop.audience_save("high", {"tier": "high"}, alarm={"min": 100, "max": 5, "change": 0.1})
    assert shop.audience_list()[0].alarms == []
    shop.audience_snapshot("high", "2026-08-01")
    shop.audience_snapshot("high", SEPTEMBER)
    alarms = {each["alarm"]: each for each in shop.audience_list()[0].alarms}
    assert set(alarms) == {"min", "max", "change"}
    assert alarms["change"] == {"alarm": "change", "bound": 0.1, "size": 8, "before": 0}
    with pytest.raises(DefinitionError, match="whole number"):
        shop.audience_save("high", alarm={"min": -1})


def test_what_is_due_is_done_once(shop: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    saved = limner.model.clock.now()
    shop.audience_save("high", {"tier": "high"}, schedule="0 2 * * *")
    shop.audience_save("other", {"tier": "low"})
    assert shop.audience_refresh() == []
    monkeypatch.setattr(gathering_module, "now", lambda: saved + 3 * DAY)
    assert shop.audience_refresh() == ["high"]
    assert shop.audience_refresh() == []
    with pytest.raises(DefinitionError, match="is no schedule"):
        shop.audience_save("high", schedule="at night")


def test_each_part_of_a_rule_is_counted(shop: Workspace) -> None:
    rule = {"all": [{"tier": "high"}, {"any": [{"favourite": "tea"}, {"did": "add_to_cart"}]}, {"not": {"spend": 240}}]}
    answer = shop.audience_count(rule, SEPTEMBER, steps=True)
    crowd = shop.crowd(SEPTEMBER)
    spend = crowd.folded.columns["spend"].values
    root = answer["steps"]
    assert (answer["count"], root.count, root.so_far) == (7, 7, 7)
    assert root.parts[0].count == np.count_nonzero(spend >= 1_000_000) == 8
    assert [part.so_far for part in root.parts] == [8, 8, 7]
    assert [part.count for part in root.parts[1].parts] == [10, 1]
    assert root.parts[1].so_far == 8
    assert root.parts[1].count == 11
