"""What `ports.registry.Registry` promises. A new adapter is done when it is added to `registry`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from limner.adapters.catalog import SqlCatalog, SqlRegistry, open_catalog
from limner.errors import Conflict
from limner.ports.catalog import AuditEntry
from limner.ports.registry import Act, Draft, Registered, Stage, Status, TagVersion

DRAFT = Draft("c", {"layer": "fact", "fold": {"count": "*"}}, "d1", 0, 1, Stage.DRAFT, "ada", 5)


def version(name: str, number: int = 1, within: str = "30d", reviewer: str | None = None) -> TagVersion:
    definition = {
        "layer": "fact",
        "title": {"zh": "订单数"},
        "fold": {"count": "*", "within": within, "x": [1, 2.5, None]},
    }
    at = 1_700_000_000_000_000 + number
    return TagVersion(name, number, definition, f"digest-{within}", "ada", "because", at, reviewer)


def test_a_new_one_is_empty(registry: SqlRegistry) -> None:
    assert (registry.tags(), registry.versions("a"), registry.drafts()) == ([], [], [])


def test_what_is_published_is_there_after_a_restart(registry: SqlRegistry, place: Path | str) -> None:
    registry.commit(Act([version("b"), version("a", reviewer="bob")], filed={"b": 1}))
    registry.commit(Act([version("b", 2, "90d")]))
    catalog = open_catalog(place)
    again = SqlRegistry(catalog)
    assert again.tags() == [
        Registered(version("b", 2, "90d"), Status.PUBLISHED, filed=1),
        Registered(version("a", reviewer="bob"), Status.PUBLISHED),
    ]
    assert again.versions("b") == [version("b"), version("b", 2, "90d")]
    catalog.close()


def test_what_another_published_is_seen_at_once(registry: SqlRegistry, place: Path | str) -> None:
    """Though what was read is not read again while nobody writes."""
    registry.commit(Act([version("a")]))
    assert [item.version.version for item in registry.tags()] == [1]
    registry.tags().clear()
    catalog = open_catalog(place)
    SqlRegistry(catalog).commit(Act([version("a", 2)]))
    assert [item.version.version for item in registry.tags()] == [2]
    registry.commit(Act(status={"a": Status.RETIRED}))
    assert [item.status for item in registry.tags()] == [Status.RETIRED]
    catalog.close()


def test_how_a_tag_stands(registry: SqlRegistry) -> None:
    def stands() -> list[Status]:
        return [item.status for item in registry.tags()]

    registry.commit(Act([version("a"), version("b")]))
    registry.commit(Act(status={"a": Status.RETIRED, "b": Status.DEPRECATED}))
    assert stands() == [Status.RETIRED, Status.DEPRECATED]
    registry.commit(Act([version("a", 2), version("b", 2)]))
    assert stands() == [Status.PUBLISHED, Status.DEPRECATED]
    registry.commit(Act(status={"b": Status.PUBLISHED}))
    assert stands() == [Status.PUBLISHED, Status.PUBLISHED]


@pytest.mark.parametrize("number", [1, 3])
def test_a_version_that_does_not_follow_changes_nothing(registry: SqlRegistry, store: SqlCatalog, number: int) -> None:
    registry.commit(Act([version("a")]))
    act = Act(
        [version("b"), version("a", number, "7d")],
        {"a": Status.RETIRED},
        {"a": 7},
        [DRAFT],
        audit=[AuditEntry(1, "ada", "tag.publish", "a")],
    )
    with pytest.raises(Conflict, match="somebody else meanwhile"):
        registry.commit(act)
    assert registry.tags() == [Registered(version("a"), Status.PUBLISHED)]
    assert (registry.drafts(), store.audit()) == ([], [])


def test_of_two_that_publish_the_same_one_wins(registry: SqlRegistry, place: Path | str) -> None:
    catalog = open_catalog(place)
    registry.commit(Act([version("a")]))
    registry.commit(Act([version("a", 2, "7d")]))
    with pytest.raises(Conflict):
        SqlRegistry(catalog).commit(Act([version("a", 2, "9d")]))
    assert registry.versions("a")[1] == version("a", 2, "7d")
    catalog.close()


def test_drafts_keep_all_that_is_known_of_them(registry: SqlRegistry) -> None:
    other = replace(DRAFT, name="b")
    moved = replace(DRAFT, revision=2, stage=Stage.SUBMITTED, submitter="eve", reason="why", reviewer="bob", remark="x")
    registry.commit(Act(drafts=[DRAFT, other]))
    registry.commit(Act(drafts=[moved]))
    assert registry.drafts() == [moved, other]
    registry.commit(Act(dropped=[moved]))
    assert registry.drafts() == [other]


@pytest.mark.parametrize(
    "act",
    [
        Act(drafts=[DRAFT]),
        Act(drafts=[replace(DRAFT, revision=3)]),
        Act(drafts=[replace(DRAFT, name="nobody", revision=2)]),
        Act(dropped=[replace(DRAFT, revision=2)]),
        Act(dropped=[replace(DRAFT, name="nobody")]),
    ],
)
def test_a_draft_that_somebody_else_changed_is_left_alone(registry: SqlRegistry, store: SqlCatalog, act: Act) -> None:
    registry.commit(Act(drafts=[DRAFT]))
    with pytest.raises(Conflict, match="somebody else meanwhile"):
        registry.commit(replace(act, audit=[AuditEntry(1, "ada", "tag.draft", "c")]))
    assert (registry.drafts(), store.audit()) == ([DRAFT], [])


def test_its_state_is_another_one_with_whatever_changes_in_it_and_with_nothing_else(
    registry: SqlRegistry, place: Path | str
) -> None:
    registry.commit(Act([version("a"), version("b")]))
    catalog = open_catalog(place)
    other = SqlRegistry(catalog)
    seen = [registry.state()]
    for act in (
        Act([version("a", 2, "90d")]),
        Act(status={"b": Status.DEPRECATED}),
        Act(status={"b": Status.RETIRED}),
        Act(filed={"a": 2}),
        Act(drafts=[DRAFT]),
        Act(drafts=[replace(DRAFT, revision=2, stage=Stage.SUBMITTED)]),
        Act(dropped=[replace(DRAFT, revision=2)]),
        Act(drafts=[replace(DRAFT, digest="d2", changed_at=6)]),
    ):
        other.commit(act)
        assert registry.state() != seen[-1]
        seen.append(registry.state())
        assert registry.tags() == other.tags()
    other.commit(Act(audit=[AuditEntry(1, "ada", "saw", "a", "")]))
    assert registry.state() is seen[-1] or catalog.revision() is None
    assert registry.state() == seen[-1]
    catalog.close()
