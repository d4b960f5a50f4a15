"""The way of a draft, step by step, and every step it may not take."""

from __future__ import annotations

from typing import Any

import pytest

from limner.adapters.catalog import SqlCatalog, SqlRegistry
from limner.errors import Conflict, DataError, DefinitionError, NotFound
from limner.ports.registry import Stage, Status
from limner.tags.files import read_tag_text
from limner.tags.filing import apply_changes, plan_changes
from limner.tags.registry import compare_versions, current_tags, list_tags, show_tag, state_of
from limner.tags.review import (
    approve_draft,
    drop_draft,
    list_reviews,
    note_preview,
    publish_draft,
    refuse_draft,
    roll_back,
    save_draft,
    submit_draft,
    withdraw_draft,
)

WORDS = {"title": {"en": "Orders"}, "group": "consumption", "owner": "ada@example.com", "layer": "fact"}


def orders(within: str = "30d", **more: Any) -> dict[str, Any]:
    return {**WORDS, "fold": {"count": "*", "of": "order_paid", "within": within}, **more}


def publish(registry: SqlRegistry, name: str = "orders", definition: object = None, at: int = 10) -> None:
    """By ada, reviewed by bob."""
    save_draft(name, definition or orders(), registry, "ada", at)
    submit_draft(name, registry, "ada", at + 1, "wanted")
    approve_draft(name, registry, "bob", at + 2, "fine")
    publish_draft(name, registry, "bob", at + 3)


def test_the_whole_way_leaves_its_trace(registry: SqlRegistry, catalog: SqlCatalog) -> None:
    draft = save_draft("orders", orders(), registry, "ada", 1)
    assert (draft.stage, draft.base, draft.revision) == (Stage.DRAFT, 0, 1)
    assert show_tag("orders", registry).status == "draft"
    assert note_preview("orders", registry, "ada", 2).stage is Stage.PREVIEWED
    submit_draft("orders", registry, "ada", 3, "wanted")
    assert [waiting.name for waiting in list_reviews(registry)] == ["orders"]
    approve_draft("orders", registry, "bob", 4, "fine")
    assert current_tags(registry) == []
    version = publish_draft("orders", registry, "cleo", 5)
    assert (version.version, version.author, version.reviewer, version.reason) == (1, "ada", "bob", "wanted")
    assert [tag.name for tag in current_tags(registry)] == ["orders"]
    assert registry.drafts() == []
    told = [(entry.at, entry.who, entry.action, entry.why) for entry in catalog.audit("orders")[::-1]]
    assert told == [
        (1, "ada", "tag.draft", ""),
        (2, "ada", "tag.preview", ""),
        (3, "ada", "tag.submit", "wanted"),
        (4, "bob", "tag.approve", "fine"),
        (5, "cleo", "tag.publish", "wanted"),
    ]


def test_nobody_reviews_what_they_wrote_or_submitted(registry: SqlRegistry) -> None:
    save_draft("orders", orders(), registry, "ada", 1)
    submit_draft("orders", registry, "eve", 2)
    for who, did in (("ada", "wrote"), ("eve", "submitted")):
        with pytest.raises(Conflict, match=f"{who} {did} orders: somebody else reviews it"):
            approve_draft("orders", registry, who, 3)
        with pytest.raises(Conflict):
            refuse_draft("orders", registry, who, 3, "no")


def test_what_is_refused_or_withdrawn_is_a_draft_again(registry: SqlRegistry) -> None:
    save_draft("orders", orders(), registry, "ada", 1)
    submit_draft("orders", registry, "ada", 2)
    with pytest.raises(DataError, match="ada needs to know why orders is refused"):
        refuse_draft("orders", registry, "bob", 3, " ")
    refused = refuse_draft("orders", registry, "bob", 3, "no window")
    assert (refused.stage, refused.reviewer, refused.remark) == (Stage.DRAFT, "bob", "no window")
    assert submit_draft("orders", registry, "ada", 4).remark == ""
    with pytest.raises(Conflict, match="nobody else withdraws it"):
        withdraw_draft("orders", registry, "bob", 5)
    assert withdraw_draft("orders", registry, "ada", 5).stage is Stage.DRAFT


def test_a_submission_keeps_the_definition_it_was_made_of(registry: SqlRegistry) -> None:
    save_draft("orders", orders(), registry, "ada", 1)
    submit_draft("orders", registry, "ada", 2)
    for step in (lambda: save_draft("orders", orders("7d"), registry, "ada", 3), lambda: drop(registry)):
        with pytest.raises(Conflict, match=r"The draft of orders is submitted\. Withdraw it first"):
            step()


def drop(registry: SqlRegistry) -> None:
    drop_draft("orders", registry, "ada", 3)


@pytest.mark.parametrize("step", [publish_draft, approve_draft, withdraw_draft])
def test_steps_are_taken_in_their_order(registry: SqlRegistry, step: Any) -> None:
    with pytest.raises(NotFound, match="There is no tag 'orders'"):
        step("orders", registry, "bob", 1)
    save_draft("orders", orders(), registry, "ada", 1)
    with pytest.raises(Conflict, match=r"is draft; for this it must be"):
        step("orders", registry, "bob", 2)


def test_what_is_asked_for_at_submission(registry: SqlRegistry) -> None:
    save_draft("value", {"layer": "fact", "expr": "orders / 2"}, registry, "ada", 1)
    with pytest.raises(DefinitionError) as caught:
        submit_draft("value", registry, "ada", 2)
    assert [problem.field for problem in caught.value.problems] == ["title", "group", "owner", "expr"]
    save_draft("orders", orders(), registry, "ada", 3)
    with pytest.raises(DefinitionError, match="orders is a draft: publish it first"):
        submit_draft("value", registry, "ada", 4)


def test_something_published_meanwhile_is_said_at_the_approval(registry: SqlRegistry) -> None:
    publish(registry)
    save_draft("orders", orders("7d"), registry, "ada", 20)
    submit_draft("orders", registry, "ada", 21)
    roll = read_tag_text("tags: {orders: {layer: fact, fold: {count: '*'}}}", "tags/a.yaml")
    apply_changes(plan_changes(roll, registry, force=True), registry, "owner", "apply", 22)
    with pytest.raises(Conflict, match="goes back to version 1, and owner published version 2"):
        approve_draft("orders", registry, "bob", 23)
    refuse_draft("orders", registry, "bob", 24, "out of date")
    with pytest.raises(Conflict, match="has moved on"):
        submit_draft("orders", registry, "ada", 25)
    save_draft("orders", orders("7d"), registry, "ada", 26)
    submit_draft("orders", registry, "ada", 27)
    approve_draft("orders", registry, "bob", 28)
    assert publish_draft("orders", registry, "bob", 29).version == 3


def test_what_broke_between_approval_and_publication_is_said(registry: SqlRegistry) -> None:
    publish(registry)
    save_draft("half", {**WORDS, "expr": "orders / 2"}, registry, "ada", 20)
    submit_draft("half", registry, "ada", 21)
    approve_draft("half", registry, "bob", 22)
    apply_changes(plan_changes(read_tag_text("", "a"), registry, prune=True, force=True), registry, "owner", "", 23)
    with pytest.raises(DefinitionError, match="there is no tag 'orders'"):
        publish_draft("half", registry, "bob", 24)


def test_back_to_an_older_version_is_a_new_version(registry: SqlRegistry, catalog: SqlCatalog) -> None:
    publish(registry)
    publish(registry, definition=orders("7d"), at=20)
    version = roll_back("orders", 1, registry, "bob", 30, "too short")
    assert (version.version, version.reason) == (3, "back to version 1: too short")
    assert registry.versions("orders")[2].definition == registry.versions("orders")[0].definition
    assert catalog.audit("orders")[0].action == "tag.rollback"
    with pytest.raises(Conflict, match="Version 3 of orders, which stands, says what version 1 said"):
        roll_back("orders", 1, registry, "bob", 31)
    with pytest.raises(NotFound, match="orders has no version 9"):
        roll_back("orders", 9, registry, "bob", 31)


def test_a_published_version_never_changes(registry: SqlRegistry) -> None:
    publish(registry)
    before = registry.versions("orders")
    save_draft("orders", orders("7d"), registry, "ada", 20)
    assert registry.versions("orders") == before
    assert current_tags(registry)[0].definition == publish_and_read(registry)


def publish_and_read(registry: SqlRegistry) -> object:
    return (
        read_tag_text("tags: {orders: {layer: fact, fold: {count: '*', of: order_paid, within: 30d}}}", "a")
        .tags[0]
        .definition
    )


def test_differences(registry: SqlRegistry) -> None:
    publish(registry)
    publish(registry, definition=orders("7d"), at=20)
    found = compare_versions("orders", None, None, registry)
    assert [(one.field, one.before, one.after) for one in found.fields] == [("fold.within", "30d", "7d")]
    assert (found.before, found.after) == (1, 2)
    save_draft("orders", orders("7d", unit="times"), registry, "ada", 30)
    found = compare_versions("orders", None, None, registry)
    assert (found.before, found.after, [one.field for one in found.fields]) == (2, None, ["unit"])
    assert [one.field for one in compare_versions("orders", 1, None, registry).fields] == ["fold.within", "unit"]
    assert len(compare_versions("orders", None, 1, registry).fields) > 3


def test_lists_have_drafts_when_asked(registry: SqlRegistry) -> None:
    publish(registry)
    save_draft("orders", orders("7d"), registry, "ada", 20)
    save_draft("fresh", orders(), registry, "ada", 21)
    assert [(tag.name, tag.status, tag.draft) for tag in list_tags(registry)] == [("orders", "published", "draft")]
    assert [(tag.name, tag.status, tag.version) for tag in list_tags(registry, ["draft"])] == [
        ("orders", "published", 1),
        ("fresh", "draft", 0),
    ]


def test_a_draft_that_says_the_same_is_not_written_twice(registry: SqlRegistry) -> None:
    first = save_draft("orders", orders(), registry, "ada", 1)
    assert save_draft("orders", orders(), registry, "eve", 2) == first
    state = state_of(None, first)
    assert state_of(None, save_draft("orders", orders("7d"), registry, "ada", 3)) != state


def test_a_deprecated_tag_stays_deprecated_in_its_next_version(registry: SqlRegistry) -> None:
    publish(registry)
    from limner.tags.lineage import Users
    from limner.tags.standing import deprecate_tag

    deprecate_tag("orders", Users(), registry, "bob", 15, "old")
    publish(registry, definition=orders("7d"), at=20)
    assert registry.tags()[0].status is Status.DEPRECATED
