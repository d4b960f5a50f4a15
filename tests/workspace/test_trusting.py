"""Three sources that contradict each other: what is learned of them, when, and what is said about it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from fastapi.testclient import TestClient

import limner
from limner.api.app import create_app
from limner.cli.main import run
from limner.errors import DefinitionError, NotFound
from limner.govern.roles import Role
from limner.model.reliability import Prior, dump_reliabilities, parse_reliabilities
from limner.workspace import Workspace

TAGS = """
tags:
  city: {layer: fact, fold: {trait: city, resolve: trusted, half_life: 3650d}}
  latest_city: {layer: fact, fold: {trait: city}}
  far: {layer: business, if: {city: 苏州}}
"""
SOURCES = "sources: {crm: 0.9, app: {traits: {city: 0.7}}}"
CITIES = ("上海", "苏州", "杭州", "北京")
JUNE = "2026-06-01"
MAPPING = "event: identify\nevent_id: member\ntime: {column: at, timezone: Asia/Shanghai}\nidentify: {customer_no: member}\ntraits: {city: city}"  # noqa: E501


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty customers. Form and app agree; the CRM contradicts them about every second one, in May."""
    folder = tmp_path_factory.mktemp("trusting") / "shop"
    limner.init(folder)
    (folder / "tags" / "a.yaml").write_text(TAGS, encoding="utf-8")
    (folder / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    with limner.open(folder) as workspace:
        workspace.tags_apply()
        for source, day in (("form", "2026-03-01"), ("app", "2026-04-01"), ("crm", "2026-05-15")):
            rows = [f"C{n},{CITIES[(n + (source == 'crm' and n % 2)) % 4]},{day}" for n in range(40)]
            file, mapping = folder.parent / f"{source}.csv", folder.parent / f"{source}.yaml"
            file.write_text("\n".join(["member,city,at", *rows]), encoding="utf-8")
            mapping.write_text(f"source: {source}\n{MAPPING}", encoding="utf-8")
            workspace.import_files(file, mapping)
    return folder


@pytest.fixture(scope="module")
def shop(folder: Path) -> Iterator[Workspace]:
    with limner.open(folder) as workspace:
        yield workspace


def reading(shop: Workspace, key: str, as_of: str, tag: str = "city") -> dict[str, Any]:
    return shop.profile(key, as_of=as_of).as_dict()["tags"][tag]  # type: ignore[no-any-return]


def test_agreement_teaches_what_configuration_did_not_know(shop: Workspace) -> None:
    found = {each["source"]: each for each in shop.sources_list(JUNE)}
    assert found.keys() == {"app", "crm", "form"}
    assert found["crm"]["configured"] == 0.9 > found["crm"]["reliability"] > 0.5
    assert found["form"]["configured"] is None
    assert found["form"]["reliability"] > 0.9
    assert {name: each["agreement"] for name, each in found.items()} == {"app": 0.75, "crm": 0.5, "form": 0.75}
    assert all(each["claims"] == 40 for each in found.values())


def test_what_was_not_said_yet_taught_nothing_then(shop: Workspace) -> None:
    """In April there were two sources, and they agreed."""
    shown = shop.sources_show("app", "2026-04-20")
    assert (shown["learned_at"], shown["agreement"]) == ("2026-04-20T00:00:00+08:00", 1.0)
    (trait,) = shown["traits"]
    assert (trait["tag"], trait["trait"], trait["half_life"], trait["configured"]) == ("city", "city", 3650, 0.7)
    assert trait["learned"] > 0.7
    assert shop.sources_show("crm", "2026-04-20")["reliability"] == 0.9
    with pytest.raises(NotFound, match="No source 'ap' has sent anything") as refusal:
        shop.sources_show("ap")
    assert "app" in str(refusal.value.hint)


def test_the_portrait_says_whom_it_believed_and_whom_not(shop: Workspace) -> None:
    said = reading(shop, "customer_no:C1", JUNE)
    assert said["value"] == "苏州"
    assert 0.8 < said["confidence"] < 1
    candidates = said["evidence"]["candidates"]
    said_by = {(one["value"], one["source"]) for one in candidates[:2]}
    assert said_by == {("苏州", "app"), ("苏州", "form")}, "the chosen value comes first"
    assert (candidates[2]["value"], candidates[2]["source"]) == ("杭州", "crm")
    assert all(one["weight"] > 0 and one["when"] for one in candidates)
    assert reading(shop, "customer_no:C1", JUNE, "latest_city")["value"] == "杭州"
    agreed = reading(shop, "customer_no:C2", JUNE)
    assert agreed["confidence"] > said["confidence"]
    assert reading(shop, "customer_no:C1", "2026-04-20")["confidence"] > 0.9, "as of April there was no contradiction"


def test_batch_and_portraits_agree(shop: Workspace) -> None:
    shop.fold(as_of=JUNE)
    members = shop.audience_count({"city": "苏州"}, as_of=JUNE)["count"]
    assert members == sum(reading(shop, f"customer_no:C{n}", JUNE)["value"] == "苏州" for n in range(40)) == 10
    assert shop.audience_count({"far": True}, as_of=JUNE)["count"] == members


def test_from_the_command_line(folder: Path, shop: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    shop.close()
    assert run(["-w", str(folder), "sources", "list", "--as-of", JUNE, "--json"], {}) == 0
    listed = json.loads(capsys.readouterr().out)["sources"]
    assert [each["source"] for each in listed] == ["app", "crm", "form"]
    assert run(["-w", str(folder), "sources", "show", "crm", "--as-of", JUNE], {}) == 0
    assert "configured: 0.9" in capsys.readouterr().out
    assert run(["-w", str(folder), "profile", "customer_no:C1", "--as-of", JUNE], {}) == 0
    assert "not believed: 杭州 (crm)" in " ".join(capsys.readouterr().out.split())
    with limner.open(folder) as workspace:
        client = TestClient(create_app(workspace, Event()))
        client.headers["Authorization"] = f"Bearer {workspace.keys.issue('reader', Role.VIEWER)}"
        page = client.get("/api/v1/sources", params={"as_of": JUNE, "limit": 2}).json()
        assert ([each["source"] for each in page["sources"]], bool(page["next"])) == (["app", "crm"], True)
        assert client.get("/api/v1/sources/form", params={"as_of": JUNE}).json()["traits"][0]["claims"] == 40
        assert client.get("/api/v1/sources/nobody").status_code == 404


def test_what_is_configured_anew_counts_at_once(folder: Path) -> None:
    """Without waiting for a midnight; and with ``learn: false`` it is all that counts."""
    (folder / "sources.yaml").write_text("learn: false\nsources: {crm: 0.99, app: 0.3, form: 0.3}", encoding="utf-8")
    with limner.open(folder) as workspace:
        assert reading(workspace, "customer_no:C1", JUNE)["value"] == "杭州"
        assert [each["reliability"] for each in workspace.sources_list(JUNE)] == [0.3, 0.99, 0.3]
    (folder / "sources.yaml").write_text(SOURCES, encoding="utf-8")


def test_sources_yaml_is_read_with_all_its_mistakes() -> None:
    with pytest.raises(DefinitionError) as refusal:
        parse_reliabilities({"sources": {"crm": 1.5, "app": {"traits": {"city": "good"}}, "web": {"x": 1}}, "lern": 1})
    said = str(refusal.value)
    assert len(refusal.value.problems) == 4
    assert "sources.crm: 1.5 is out of range" in said
    assert "Did you mean learn?" in said
    known = parse_reliabilities({"sources": {"crm": 1, "app": {"traits": {"traits.city": 0}}}, "learn": False})
    assert parse_reliabilities(dump_reliabilities(known)) == known
    assert known.prior("crm", "city") == Prior(0.99, 100)
    assert known.prior("app", "city").reliability == 0.01
    assert known.prior("app", "age") == Prior(0.8, 10)


def test_erasure_forgets_what_was_learned_with_the_erased(folder: Path) -> None:
    """The summaries of all midnights go; what is learned anew knows nothing of whoever was erased."""
    with limner.open(folder) as workspace:
        assert workspace.sources_show("crm", JUNE)["claims"] == 40
        workspace.erase("customer_no:C1")
        assert not list((folder / "population").glob("*"))
        assert workspace.sources_show("crm", JUNE)["claims"] == 39
