"""Destinations: made, disabled, enabled, told once more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from limner.adapters.catalog import SqlCatalog, open_catalog
from limner.adapters.outbox import OutboxFile, SqliteDeliveries, SqliteOutbox
from limner.engage.destinations import DestinationRing, wanted_tags
from limner.engage.replaying import preview_replay
from limner.engage.wishes import Change, Wish
from limner.errors import Conflict, DataError, DefinitionError, NotFound, Stale
from limner.govern.seal import Seal
from limner.model.change import Changed, Mark
from limner.ports.deliveries import Letter, Step

CRM = Wish("crm", "https://crm.example.com", tags=["spend"])


class Shop:
    def __init__(self, folder: Path) -> None:
        self.catalog: SqlCatalog = open_catalog(folder / "catalog.sqlite")
        self.file = OutboxFile(folder / "outbox.sqlite")
        self.outbox, self.deliveries = SqliteOutbox(self.file), SqliteDeliveries(self.file)
        seal = Seal(folder / "webhooks.key")
        self.ring = DestinationRing(self.catalog, self.deliveries, self.outbox, seal, "Asia/Shanghai", lambda: 5)

    def add(self, wish: Wish) -> dict[str, object]:
        return self.ring.add(wish, ["spend", "city"], ["vip"], "ada").as_dict()

    def alter(self, name: str, change: Change, expected: str | None = None) -> dict[str, object]:
        return self.ring.change(name, change, ["spend", "city"], ["vip"], "ada", expected).as_dict()

    def change(self, count: int) -> None:
        self.outbox.add([Changed(customer, {}) for customer in range(count)], Mark(1, 1))


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path)
    yield shop
    shop.catalog.close()
    shop.file.close()


def test_a_new_one_hears_of_what_comes_after(shop: Shop) -> None:
    shop.change(3)
    made = shop.add(CRM)
    assert str(made["secret"]).startswith("whsec_")
    assert (made["position"], made["behind"]) == (3, 0)
    shop.change(2)
    (listed,) = shop.ring.list_destinations()
    document = listed.as_dict()
    assert "secret" not in document
    assert (document["position"], document["behind"], document["format"]) == (3, 2, "standard")
    (kept,) = shop.catalog.destinations()
    assert made["secret"] not in kept.secret
    assert shop.ring.open_secret(kept) == made["secret"]
    assert [(entry.who, entry.action) for entry in shop.catalog.audit("crm")] == [("ada", "destination.add")]


def test_everything_wrong_is_said_at_once(shop: Shop) -> None:
    wish = Wish("客户", "http://crm", "letter", ["spent"], ["vips"], "KEY")
    with pytest.raises(DefinitionError) as caught:
        shop.add(wish)
    assert [problem.field for problem in caught.value.problems] == [
        "name",
        "format",
        "url",
        "write_key",
        "tags",
        "audiences",
    ]
    assert "Did you mean spend?" in str(caught.value)
    assert "Did you mean vip?" in str(caught.value)
    with pytest.raises(DefinitionError, match="nothing to tell"):
        shop.add(Wish("crm", "https://crm.example.com"))
    with pytest.raises(DefinitionError, match="write key"):
        shop.add(Wish("ads", "https://ads.example.com", "segment", ["spend"]))
    with pytest.raises(DefinitionError, match="printable"):
        shop.add(Wish("ads", "https://ads.example.com", "segment", ["spend"], write_key="a\r\nb"))
    assert shop.ring.list_destinations() == []


def test_a_write_key_is_not_shown(shop: Shop) -> None:
    made = shop.add(Wish("ads", "https://ads.example.com", "segment", ["spend"], write_key="KEY"))
    assert "secret" not in made
    assert shop.ring.open_secret(shop.ring.get("ads")) == "KEY"


def test_there_is_one_of_a_name_until_it_is_disabled(shop: Shop) -> None:
    first = shop.add(CRM)
    with pytest.raises(Conflict):
        shop.add(CRM)
    shop.ring.disable("crm", "ada")
    shop.change(2)
    second = shop.add(CRM)
    assert second["secret"] != first["secret"]
    assert second["position"] == 2


def test_letters_of_one_that_had_the_name_before_are_not_the_new_ones(shop: Shop) -> None:
    shop.add(CRM)
    late, dead = Letter(1, 0, 7, b"{}", tries=1, since=1, due=2, reason="500"), Letter(2, 0, 8, b"{}")
    shop.deliveries.keep("crm", 1, Step(2, [late], dead=[dead]))
    shop.ring.disable("crm")
    assert shop.ring.enable("crm").as_dict()["late"] == 1
    shop.ring.disable("crm")
    assert (shop.add(CRM)["late"], shop.deliveries.late("crm"), shop.deliveries.dead("crm")) == (0, [], [])


def test_a_disabled_one_goes_on_where_it_was(shop: Shop) -> None:
    shop.change(3)
    shop.add(CRM)
    assert shop.ring.disable("crm", "ada").as_dict()["disabled_at"] == "1970-01-01T08:00:00.000005+08:00"
    assert shop.ring.disable("crm").as_dict()["disabled_at"] is not None
    shop.change(4)
    enabled = shop.ring.enable("crm", "ada").as_dict()
    assert (enabled["disabled_at"], enabled["position"], enabled["behind"]) == (None, 3, 4)
    shop.ring.disable("crm")
    shop.outbox.trim(5)
    assert shop.ring.enable("crm").as_dict()["position"] == 5
    shop.ring.enable("crm")
    assert [entry.action for entry in shop.catalog.audit("crm")][:2] == ["destination.enable", "destination.disable"]


def test_what_is_not_given_stays(shop: Shop) -> None:
    made = shop.add(CRM)
    shop.change(3)
    elsewhere = Change(url="https://new.example.com", audiences=["vip"])
    changed = shop.alter("crm", elsewhere, expected=str(made["state"]))
    assert (changed["url"], changed["tags"], changed["audiences"]) == ("https://new.example.com", ["spend"], ["vip"])
    assert (changed["position"], changed["behind"]) == (0, 3)
    assert shop.ring.open_secret(shop.ring.get("crm")) == made["secret"]
    with pytest.raises(Stale):
        shop.alter("crm", Change(tags=["city"]), expected=str(made["state"]))
    shop.alter("crm", Change())
    assert [entry.action for entry in shop.catalog.audit("crm")] == ["destination.change", "destination.add"]


def test_a_change_is_as_sound_as_a_new_one(shop: Shop) -> None:
    shop.add(CRM)
    for change in (
        Change(url="http://crm.example.com"),
        Change(url="https://10.0.0.7/"),
        Change(tags=[]),
        Change(tags=["spent"]),
        Change(write_key="KEY"),
    ):
        with pytest.raises(DefinitionError):
            shop.alter("crm", change)
    assert shop.alter("crm", Change(url="http://10.0.0.7/", allow_private=True))["allow_private"] is True


def test_a_write_key_does_not_go_to_another_address(shop: Shop) -> None:
    shop.add(Wish("ads", "https://ads.example.com", "segment", ["spend"], write_key="KEY"))
    assert shop.alter("ads", Change(tags=["city"]))["tags"] == ["city"]
    assert shop.ring.open_secret(shop.ring.get("ads")) == "KEY"
    with pytest.raises(DefinitionError, match="write key"):
        shop.alter("ads", Change(url="https://other.example.com"))
    shop.alter("ads", Change(url="https://other.example.com", write_key="NEW"))
    assert shop.ring.open_secret(shop.ring.get("ads")) == "NEW"


def test_it_is_told_once_more_of_what_is_kept(shop: Shop) -> None:
    shop.add(CRM)
    shop.change(5)
    shop.outbox.trim(2)
    assert shop.ring.replay("crm", 4, "ada").as_dict()["position"] == 3
    assert shop.catalog.audit("crm")[0].why == "from 4"
    shop.ring.replay("crm", 6)
    for position in (2, 7, -1):
        with pytest.raises(DataError, match="Kept are 3 to 5"):
            shop.ring.replay("crm", position)
    shop.outbox.trim(5)
    with pytest.raises(DataError, match="Nothing is kept"):
        shop.ring.replay("crm", 3)


def test_how_many_letters_a_replay_would_be_is_said_before(shop: Shop) -> None:
    shop.add(Wish("crm", "https://crm.example.com", tags=["spend"], audiences=["vip"]))
    spent, entered = Changed(1, {"spend": (None, 5)}), Changed(1, {"spend": (5, 9)}, ("vip",))
    for at, changed in ((10, spent), (20, Changed(2, {"city": (None, "x")})), (30, entered)):
        shop.outbox.add([changed], Mark(1, at * 1_000_000))
    all_of_it = shop.ring.preview_replay("crm").as_dict()
    assert all_of_it == {
        **{"from": 1, "first": 1, "last": 3, "entries": 3, "letters": 3, "complete": True},
        "at": "1970-01-01T08:00:10+08:00",
        "first_at": "1970-01-01T08:00:10+08:00",
    }
    later = shop.ring.preview_replay("crm", since=20_000_000).as_dict()
    assert (later["from"], later["entries"], later["letters"]) == (2, 2, 2)
    assert (shop.ring.preview_replay("crm", 4).letters, shop.ring.preview_replay("crm", 4).at) == (0, None)
    assert shop.ring.preview_replay("crm", since=31_000_000).position == 4
    with pytest.raises(DataError, match="Kept are 1 to 3"):
        shop.ring.preview_replay("crm", 5)
    assert shop.ring.show("crm").standing.position == 0, "nothing is told yet"


def test_a_long_replay_is_counted_only_so_far(shop: Shop) -> None:
    shop.add(CRM)
    shop.outbox.add([Changed(customer, {"spend": (None, 1)}) for customer in range(20)], Mark(1, 1))
    some = preview_replay(shop.outbox, shop.ring.get("crm"), 3, "UTC", most=7)
    assert (some.letters, some.complete, some.last) == (7, False, 20)
    assert preview_replay(shop.outbox, shop.ring.get("crm"), 14, "UTC", most=7).complete


def test_unknown_names_are_said(shop: Shop) -> None:
    shop.add(CRM)
    for verb in (shop.ring.disable, shop.ring.enable, shop.ring.get):
        with pytest.raises(NotFound, match="Did you mean crm"):
            verb("crn")


def test_wanted_are_tags_of_those_enabled(shop: Shop) -> None:
    assert shop.ring.wanted_tags() == frozenset()
    shop.add(CRM)
    shop.add(Wish("ads", "https://ads.example.com", tags=["spend", "city"], audiences=["vip"]))
    assert shop.ring.wanted_tags() == wanted_tags(shop.catalog) == {"spend", "city"}
    shop.ring.disable("ads")
    assert shop.ring.wanted_tags() == wanted_tags(shop.catalog) == {"spend"}
