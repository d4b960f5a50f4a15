"""Values people and files give, through a workspace: on timelines that merge and split, in the past, live, erased."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import limner
from limner.errors import DataError, NotFound
from limner.live import Live
from limner.workspace import Workspace
from limner.workspace.importing import Imports

TAGS = """
tags:
  spend: {layer: fact, fold: {sum: amount, of: order_paid}}
  city: {layer: fact, fold: {trait: city}}
  mood: {layer: fact, hand: text, values: {calm: {zh: 平静, en: Calm}, angry: {zh: 生气}}}
  next_visit: {layer: fact, hand: date}
  score: {layer: fact, imported: number}
  vip: {layer: fact, imported: {type: truth, expires: 30d}}
  paid: {layer: fact, sql: "SELECT customer_id, sum((properties->>'amount')::DOUBLE) AS value FROM events GROUP BY 1"}
  tier: {layer: model, quantiles: {of: spend, at: [0.5], then: [low, high]}}
  worth: {layer: model, expr: score * 2}
  care: {layer: business, if: {all: [{score: {gte: 5}}, {mood: angry}]}}
"""
FORMS = """
forms:
  visit: {title: {zh: 到访}, fields: [mood, next_visit, city], required: [mood]}
"""
PEOPLE = ("u1", "u2", "u3", "u4")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Workspace]:
    limner.init(tmp_path / "shop")
    (tmp_path / "shop" / "tags" / "a.yaml").write_text(TAGS, encoding="utf-8")
    (tmp_path / "shop" / "forms.yaml").write_text(FORMS, encoding="utf-8")
    events = [
        {"type": "track", "event": "order_paid", "userId": user, "messageId": user, "timestamp": "2026-01-02T10:00:00Z",
         "properties": {"amount": 100 * place}}
        for place, user in enumerate(PEOPLE, 1)
    ]  # fmt: skip
    (tmp_path / "e.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
    with limner.open(tmp_path / "shop") as workspace:
        workspace.import_files(tmp_path / "e.jsonl")
        workspace.tags_apply()
        yield workspace


def values(shop: Workspace, user: str, *tags: str, **when: Any) -> list[object]:
    found = shop.profile(f"user_id:{user}", tags=tags, **when).tags
    return [found[tag].value for tag in tags]


def give(shop: Workspace, text: str, tag: str = "score", **how: Any) -> Imports:
    file = shop.parts.folder.parent / "list.csv"
    file.write_text(text, encoding="utf-8")
    return shop.tags_import(tag, file, "user_id:id", **{"value": "v", **how})


def test_an_import_is_a_tag_like_others(shop: Workspace) -> None:
    done = give(shop, "id,v\nu1,7.5\nu2,x\nu9,3\n,4\nu3,\n", reason="survey", author="ada")
    assert (done.run.rows, done.unknown, done.empty, done.rejected) == (2, 1, 2, 1)
    assert [(fault.line, fault.reason) for fault in done.faults] == [(3, "a number is wanted, but this is 'x'.")]
    assert values(shop, "u1", "score", "worth") == [7.5, 15.0]
    assert values(shop, "u2", "score", "worth") == [None, None]
    assert shop.audience_count({"score": {"gte": 7.5}})["count"] == 1
    assert shop.table().column("score").to_pylist() == [7.5, None, None, None]
    reading = shop.profile("user_id:u1", tags=["score"]).tags["score"]
    assert reading.evidence is not None
    assert (reading.evidence["run"]["source"], reading.evidence["run"]["author"]) == ("list.csv", "ada")
    assert reading.since == reading.evidence["run"]["at"]


def test_the_past_is_read_from_the_runs_of_the_past(shop: Workspace) -> None:
    first, second = give(shop, "id,v\nu1,1\nu2,1\n").run, give(shop, "id,v\nu1,2\n").run
    at = {run.id: shop.tags_runs()[-run.id]["at"] for run in (first, second)}
    assert values(shop, "u1", "score") == values(shop, "u1", "score", as_of=at[2]) == [2]
    assert values(shop, "u1", "score", as_of=at[1]) == values(shop, "u2", "score", as_of=at[1]) == [1]
    assert values(shop, "u1", "score", known_at=at[1]) == [1]
    assert values(shop, "u2", "score") == values(shop, "u1", "score", as_of="2026-02-01") == [None]
    counts = [shop.audience_count({"score": {"gte": 1}}, as_of=when)["count"] for when in ("2026-02-01", at[1], at[2])]
    assert counts == [0, 2, 1]


def test_a_list_without_values_names_members_and_expires(shop: Workspace) -> None:
    run = give(shop, "id\nu1\n", "vip", value=None).run
    assert run.expires_at == run.at + 30 * 86_400_000_000
    assert values(shop, "u1", "vip") == [True]
    later = "2030-01-01"
    assert values(shop, "u1", "vip", as_of=later) == [None]
    assert give(shop, "id\nu1\n", "vip", value=None, expires=later).run.expires_at is not None
    assert values(shop, "u1", "vip", as_of="2029-12-31") == [True]


@pytest.mark.parametrize(
    ("tag", "text", "how", "said"),
    [
        ("score", "id,v\nu1,x\n", {}, "nothing was imported. The first says: a number is wanted"),
        ("score", "id,v\nu1,1\n", {"value": "vv"}, "has no column 'vv'. Did you mean v?"),
        ("score", "id,v\nu1,1\n", {"value": None}, "Which column has the values?"),
        ("score", "id,v\nu1,1\n", {"expires": "2020-01-01"}, "is over already"),
        ("spend", "id,v\nu1,1\n", {}, "spend is worked out otherwise."),
        ("scroe", "id,v\nu1,1\n", {}, "There is no tag 'scroe'. Did you mean score"),
    ],
)
def test_what_cannot_be_imported_is_said(shop: Workspace, tag: str, text: str, how: dict[str, Any], said: str) -> None:
    with pytest.raises((DataError, NotFound)) as caught:
        give(shop, text, tag, **how)
    assert said in str(caught.value)
    assert shop.tags_runs() == []


def test_who_entered_it_is_read_at_once_too(shop: Workspace) -> None:
    shop.tag_set("user_id:u1", "mood", "angry", "called twice", author="ada")
    shop.follow()
    shop.tick()
    for user in PEOPLE:
        with shop._settled():
            state = shop._state()
            assert state is not None
            body = shop.profile_in(state, f"user_id:{user}", evidence=True)
        assert body is not None
        expected = shop.profile(f"user_id:{user}").as_dict()
        assert {**json.loads(body), "as_of": ""} == {**expected, "as_of": ""}


def test_what_is_entered_is_an_event_with_author_and_reason(shop: Workspace) -> None:
    before = shop.profile("user_id:u1").as_of
    entered = shop.tag_set("user_id:u1", "mood", "angry", "called twice", author="ada")
    shop.tag_set("user_id:u1", "next_visit", "2026/12/1")
    give(shop, "id,v\nu1,7\n")
    assert values(shop, "u1", "mood", "next_visit", "care") == ["angry", "2026-12-01", True]
    assert values(shop, "u1", "mood", as_of=before) == [None]
    reading = shop.profile("user_id:u1", tags=["mood"]).tags["mood"]
    assert reading.evidence is not None
    assert reading.evidence["entered"] == {"author": "ada", "reason": "called twice"}
    assert reading.since == entered["time"]
    [*_, event] = [event for event in shop.timeline("user_id:u1")["events"] if event["name"] == "tag_set"]
    assert (event["source"], event["properties"]["author"]) == ("hand", "ada")
    shop.tag_unset("user_id:u1", "mood", "a mistake", author="bob")
    assert values(shop, "u1", "mood", "next_visit", "care") == [None, "2026-12-01", False]


def test_a_form_enters_several_values_in_one_event(shop: Workspace) -> None:
    shop.form_fill("visit", "user_id:u1", {"mood": "calm", "city": "苏州", "next_visit": None}, author="ada")
    assert values(shop, "u1", "mood", "city", "next_visit") == ["calm", "苏州", None]
    assert len([event for event in shop.timeline("user_id:u1")["events"] if event["name"] == "tag_set"]) == 1
    for wrong, said in (({"city": "x"}, "needs mood"), ({"moood": "calm"}, "no field 'moood'"), ({}, "needs mood")):
        with pytest.raises(DataError, match=said):
            shop.form_fill("visit", "user_id:u1", wrong)
    with pytest.raises(NotFound, match="There is no form 'vist'"):
        shop.form_fill("vist", "user_id:u1", {"mood": "calm"})


@pytest.mark.parametrize(
    ("tag", "value", "said"),
    [
        ("mood", "sad", "mood is never 'sad'. Known: angry, calm."),
        ("next_visit", "soon", "a date such as 2026-11-01 is wanted"),
        ("spend", 3, "spend is worked out and cannot be entered by hand. Those are: mood, next_visit."),
        ("modo", "calm", "There is no tag 'modo'. Did you mean mood?"),
    ],
)
def test_what_cannot_be_entered_is_said(shop: Workspace, tag: str, value: object, said: str) -> None:
    with pytest.raises((DataError, NotFound)) as caught:
        shop.tag_set("user_id:u1", tag, value)
    assert said in str(caught.value)


def test_values_follow_people_who_are_merged_and_split(shop: Workspace) -> None:
    shop.tag_set("user_id:u1", "mood", "angry")
    shop.tag_set("user_id:u2", "mood", "calm")
    give(shop, "id,v\nu1,1\nu2,2\n")
    shop.identity_merge("user_id:u1", "user_id:u2")
    assert values(shop, "u1", "mood", "score") == values(shop, "u2", "mood", "score") == ["calm", 2]
    shop.tag_set("c0", "next_visit", "2026-12-01")
    shop.identity_split("user_id:u2")
    assert values(shop, "u1", "mood", "score", "next_visit") == ["angry", 1, "2026-12-01"]
    assert values(shop, "u2", "mood", "score", "next_visit") == ["calm", 2, None]


def test_a_query_writes_a_dated_column(shop: Workspace) -> None:
    before = shop.profile("user_id:u1").as_of
    [run] = shop.tags_refresh("paid", author="ada")
    assert (run["rows"], run["source"], run["author"]) == (4, "sql", "ada")
    assert [values(shop, user, "paid") for user in PEOPLE] == [[100], [200], [300], [400]]
    assert values(shop, "u1", "paid", as_of=before) == [None]
    assert list(shop.parts.folder.glob(".query-*")) == [], "the copy is gone"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT customer_id, 1 AS value FROM events, range(2) ORDER BY 1 LIMIT 4", "has two rows"),
        ("SELECT customer_id, 'x' AS value FROM customers", "a number is wanted, but this is 'x'."),
        ("SELECT 'nobody' AS customer_id, 1 AS value", "'nobody' is not a key"),
        ("SELECT * FROM read_csv('/etc/passwd')", "calls read_csv"),
        ("WITH x AS (SELECT 1) DELETE FROM events", "only reads"),
        ("SELECT customer_id, 1 / 0 AS value FROM nowhere", "'nowhere', which is not there"),
    ],
)
def test_a_bad_query_changes_nothing(shop: Workspace, tmp_path: Path, query: str, said: str) -> None:
    text = json.dumps({"tags": {"paid": {"layer": "fact", "sql": query}}})
    (tmp_path / "shop" / "tags" / "a.yaml").write_text(text, encoding="utf-8")
    shop.tags_apply()
    with pytest.raises((DataError, NotFound)) as caught:
        shop.tags_refresh("paid")
    assert said in str(caught.value)
    assert shop.tags_runs() == []


def test_quantiles_are_those_of_midnight(shop: Workspace) -> None:
    assert [values(shop, user, "tier") for user in PEOPLE] == [["low"], ["low"], ["high"], ["high"]]
    evidence = shop.profile("user_id:u3", tags=["tier"]).tags["tier"].evidence
    assert evidence == {"tags": {"spend": 300}, "bounds": [200.0]}
    assert values(shop, "u1", "tier", as_of="2026-01-02T20:00:00+08:00") == [None], "nobody had a number at midnight"


def test_the_live_state_follows_what_is_given(shop: Workspace) -> None:
    shop._live = live = Live(shop.parts, shop._one_id)
    shop.tick()
    give(shop, "id,v\nu1,7\nu9,8\n")
    shop.tag_set("user_id:u1", "mood", "angry")
    assert values(shop, "u1", "score", "mood", "care") == [7, "angry", True]
    newcomer = {"type": "identify", "userId": "u9", "messageId": "n", "timestamp": "2026-01-03T10:00:00Z"}
    file = shop.parts.folder.parent / "n.jsonl"
    file.write_text(json.dumps(newcomer))
    shop.import_files(file)
    assert values(shop, "u9", "score") == [8], "the list named who came later"
    give(shop, "id,v\nu2,3\n")
    shop.tick()
    assert live.state is not None
    standing = live.state.standing.folded
    order = np.argsort(standing.customers)
    shop._live = None
    expected = shop.crowd(as_of=shop.profile("user_id:u1").as_of).folded
    for name in expected.columns:
        np.testing.assert_array_equal(standing.columns[name].values[order], expected.columns[name].values, name)


def test_a_live_value_expires_by_itself(shop: Workspace) -> None:
    shop._live = live = Live(shop.parts, shop._one_id)
    give(shop, "id\nu1\n", "vip", value=None, expires="1h")
    shop.tick()
    assert live.state is not None
    until = shop.parts.dated.runs("vip")[0].expires_at
    assert until is not None
    assert live.state.all_due <= until
    tags = shop.tags()
    live.tick(tags, [], [], until - 1, lambda *_: None)
    assert live.state.standing.folded.columns["vip"].values.tolist().count(1) == 1
    live.tick(tags, [], [], until, lambda *_: None)
    assert live.state.standing.folded.columns["vip"].values.tolist().count(1) == 0


def test_an_erased_person_is_in_no_run(shop: Workspace) -> None:
    give(shop, "id,v\nu1,7\nu2,8\n")
    shop.tag_set("user_id:u1", "mood", "angry")
    shop.erase("user_id:u1")
    assert values(shop, "u2", "score") == [8]
    assert shop.audience_count({"score": {"gte": 1}})["count"] == 1
    with pytest.raises(NotFound):
        shop.tag_set("user_id:u1", "mood", "calm")


def test_nobody_else_may_send_such_events(shop: Workspace, tmp_path: Path) -> None:
    forged = {"type": "track", "event": "tag_set", "userId": "u1", "messageId": "f", "properties": {},
              "traits": {"hand": {"mood": "calm"}}, "timestamp": "2026-01-03T10:00:00Z"}  # fmt: skip
    (tmp_path / "f.jsonl").write_text(json.dumps(forged))
    report = shop.import_files(tmp_path / "f.jsonl")
    assert (report.accepted, report.rejected) == (0, 1)
    assert "Limner's own" in shop.rejects_list()[0]["reason"]


def test_queries_are_run_by_schedule_whatever_becomes_of_others(
    shop: Workspace, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = {"layer": "fact", "sql": {"query": "SELECT customer_id, 1 AS value FROM customers", "every": "1h"}}
    broken = {"layer": "fact", "sql": {"query": "SELECT 'nobody' AS customer_id, 1 AS value", "every": "1h"}}
    text = json.dumps({"tags": {"broken": broken, "one": query}})
    (tmp_path / "shop" / "tags" / "b.yaml").write_text(text, encoding="utf-8")
    shop.tags_apply()
    assert [(run["tag"], run["author"], run["rows"]) for run in shop.tags_round()] == [("one", "schedule", 4)]
    assert "is tried again in ten minutes: 'nobody' is not a key" in caplog.text
    caplog.clear()
    assert shop.tags_round() == []
    assert caplog.text == "", "what failed waits"
    run = shop.parts.dated.last("one", 1 << 62)
    assert run is not None
    monkeypatch.setattr("limner.workspace.querying.now", lambda: run.at + 3_600_000_000)
    assert [run["tag"] for run in shop.tags_round()] == ["one"]


def test_a_question_about_another_instant_does_not_move_the_columns(shop: Workspace) -> None:
    assert shop.audience_count({"spend": {"gte": 1}}, as_of="2026-01-02")["count"] == 0
    assert shop.audience_count({"spend": {"gte": 1}})["count"] == 4
