"""Two doors to one registry: what files do not know of is told, never overwritten."""

from __future__ import annotations

from pathlib import Path

import pytest

from limner.adapters.catalog import SqlRegistry
from limner.errors import Conflict, NotFound
from limner.ports.registry import Status
from limner.tags.changes import Changes
from limner.tags.files import read_tag_files
from limner.tags.filing import apply_changes, plan_changes
from limner.tags.lineage import Users
from limner.tags.pulling import pull_tags
from limner.tags.registry import current_tags
from limner.tags.review import approve_draft, publish_draft, save_draft, submit_draft
from limner.tags.standing import retire_tag

WORDS = {"title": {"en": "x"}, "group": "g", "owner": "o", "layer": "fact"}
TAGS = """# our tags
tags:
  # how often they bought
  orders: {title: {en: x}, group: g, owner: o, layer: fact, fold: {count: '*', within: 30d}}  # a month

  spend:
    title: {en: x}
    layer: fact
    group: g   # consumption
    owner: o
    fold: {sum: amount}
  # the end
"""


@pytest.fixture
def folder(tmp_path: Path, registry: SqlRegistry) -> Path:
    """With two tags that files and registry agree on."""
    folder = tmp_path / "tags"
    folder.mkdir()
    (folder / "shop.yaml").write_text(TAGS, encoding="utf-8")
    apply(folder, registry)
    return folder


def apply(folder: Path, registry: SqlRegistry, prune: bool = False, force: bool = False) -> Changes:
    changes = plan_changes(read_tag_files(folder), registry, prune, force)
    apply_changes(changes, registry, "owner", "apply", 5)
    return changes


def publish(registry: SqlRegistry, name: str, fold: dict[str, object]) -> None:
    """By the other door."""
    save_draft(name, {**WORDS, "fold": fold}, registry, "ada", 10)
    submit_draft(name, registry, "ada", 11, "better so")
    approve_draft(name, registry, "bob", 12)
    publish_draft(name, registry, "bob", 13)


def edit(folder: Path, before: str, after: str) -> None:
    text = (folder / "shop.yaml").read_text()
    assert before in text
    (folder / "shop.yaml").write_text(text.replace(before, after))


def versions(registry: SqlRegistry) -> dict[str, int]:
    return {item.version.name: item.version.version for item in registry.tags() if item.status is Status.PUBLISHED}


def test_files_that_have_fallen_behind_are_told_and_change_nothing(folder: Path, registry: SqlRegistry) -> None:
    publish(registry, "orders", {"count": "*", "within": "7d"})
    changes = apply(folder, registry)
    assert not changes
    [found] = changes.behind
    assert (found.name, found.version, found.filed, found.author, found.reason) == ("orders", 2, 1, "ada", "better so")
    assert [(one.field, one.before, one.after) for one in found.fields] == [("fold.within", "30d", "7d")]
    assert versions(registry) == {"orders": 2, "spend": 1}


def test_what_both_doors_changed_is_a_conflict(folder: Path, registry: SqlRegistry) -> None:
    publish(registry, "orders", {"count": "*", "within": "7d"})
    edit(folder, "30d", "60d")
    edit(folder, "{sum: amount}", "{max: amount}")
    assert [found.name for found in plan_changes(read_tag_files(folder), registry).conflicting] == ["orders"]
    with pytest.raises(
        Conflict, match=r"orders: The file goes back to version 1 .* ada published version 2.*Nothing was"
    ):
        apply(folder, registry)
    assert versions(registry) == {"orders": 2, "spend": 1}
    apply(folder, registry, force=True)
    assert versions(registry) == {"orders": 3, "spend": 2}
    edit(folder, "60d", "90d")
    assert [item.tag.name for item in apply(folder, registry).changed] == ["orders"]


def test_going_back_in_the_files_is_a_change_like_any(folder: Path, registry: SqlRegistry) -> None:
    edit(folder, "30d", "60d")
    apply(folder, registry)
    edit(folder, "60d", "30d")
    assert [item.tag.name for item in apply(folder, registry).changed] == ["orders"]


def test_what_the_files_came_to_say_by_themselves_is_agreed(folder: Path, registry: SqlRegistry) -> None:
    publish(registry, "orders", {"count": "*", "within": "7d"})
    edit(folder, "30d", "7d")
    assert apply(folder, registry).agreed == (("orders", 2),)
    edit(folder, "7d", "9d")
    assert [item.tag.name for item in apply(folder, registry).changed] == ["orders"]


def test_a_name_that_both_doors_took_is_a_conflict(folder: Path, registry: SqlRegistry) -> None:
    publish(registry, "views", {"count": "*", "of": "view"})
    edit(folder, "  # the end", "  views: {layer: fact, fold: {count: '*'}}")
    with pytest.raises(Conflict, match="views: The files never had it"):
        apply(folder, registry)


def test_pruning_takes_out_only_what_the_files_had(folder: Path, registry: SqlRegistry) -> None:
    publish(registry, "views", {"count": "*", "of": "view"})
    publish(registry, "orders", {"count": "*", "within": "7d"})
    (folder / "shop.yaml").unlink()
    changes = apply(folder, registry, prune=True)
    assert (changes.removed, changes.absent) == (("spend",), ("orders", "views"))
    assert apply(folder, registry, prune=True, force=True).removed == ("orders", "views")


def test_what_was_retired_elsewhere_is_not_restored_by_old_files(folder: Path, registry: SqlRegistry) -> None:
    retire_tag("orders", Users(), registry, "bob", 20, "over")
    changes = apply(folder, registry)
    assert ([found.status for found in changes.behind], changes.restored) == (["retired"], ())
    edit(folder, "30d", "60d")
    with pytest.raises(Conflict, match="meanwhile it was retired"):
        apply(folder, registry)


def test_pulling_changes_the_tag_and_nothing_around_it(folder: Path, registry: SqlRegistry) -> None:
    publish(registry, "orders", {"count": "*", "within": "7d"})
    publish(registry, "spend", {"max": "amount"})
    publish(registry, "views", {"count": "*", "of": "view"})
    pulled = pull_tags(folder, registry)
    assert (pulled.written, pulled.removed) == ({"orders": 2, "spend": 2, "views": 1}, [])
    assert pulled.files == ["tags/pulled.yaml", "tags/shop.yaml"]
    text = (folder / "shop.yaml").read_text()
    for comment in ("# our tags", "  # how often they bought", "# a month", "  # the end"):
        assert comment in text
    changes = apply(folder, registry)
    assert (bool(changes), changes.behind, changes.absent, len(changes.unchanged)) == (False, (), (), 3)
    assert pull_tags(folder, registry).written == {}
    publish(registry, "clicks", {"count": "*", "of": "click"})
    assert pull_tags(folder, registry).written == {"clicks": 1}
    assert len(read_tag_files(folder).checked()) == 4


def test_pulling_leaves_what_the_files_changed_alone(folder: Path, registry: SqlRegistry) -> None:
    publish(registry, "orders", {"count": "*", "within": "7d"})
    edit(folder, "30d", "60d")
    before = (folder / "shop.yaml").read_text()
    pulled = pull_tags(folder, registry)
    assert (pulled.written, pulled.kept) == ({}, ["orders"])
    with pytest.raises(Conflict, match="orders was changed in the files as well"):
        pull_tags(folder, registry, ["orders"])
    assert (folder / "shop.yaml").read_text() == before
    assert pull_tags(folder, registry, ["orders"], force=True).written == {"orders": 2}
    assert not apply(folder, registry)


def test_pulling_takes_out_what_was_retired(folder: Path, registry: SqlRegistry) -> None:
    retire_tag("orders", Users(), registry, "bob", 20, "over")
    assert pull_tags(folder, registry).removed == ["orders"]
    assert [tag.name for tag in read_tag_files(folder).checked()] == ["spend"]
    edit(folder, "  # the end", "  orders: {layer: fact, fold: {count: '*'}}")
    assert [item.tag.name for item in apply(folder, registry).restored] == ["orders"]


def test_a_tag_deleted_from_the_files_is_pulled_when_named(folder: Path, registry: SqlRegistry) -> None:
    (folder / "shop.yaml").write_text("tags: {}\n")
    assert pull_tags(folder, registry).written == {}
    assert pull_tags(folder, registry, ["spend"]).written == {"spend": 1}
    with pytest.raises(NotFound, match=r"There is no published tag 'spned'\. Did you mean spend"):
        pull_tags(folder, registry, ["spned"])
    assert len(current_tags(registry)) == 2
