"""The check of parity: silent over whatever a workspace has been through, loud over anything planted."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.contract.engine.lives import DEFINITIONS, make_events

import limner
from limner.audiences.crowd import Crowd
from limner.cli.main import run
from limner.fold.columns import load_columns, save_columns
from limner.identity.normalise import normalise_batch
from limner.model.timeline import Kind
from limner.parity import afresh, checking
from limner.parity.checking import check_parity
from limner.timeline.shard import map_batch, write_batch
from limner.workspace import Workspace, silent

AS_OF = "2026-01-20T15:00:00"


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "PAUSE", 0.0)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with every kind of tag, events in a base and in a tail, merges and splits."""
    folder = tmp_path_factory.mktemp("parity") / "shop"
    limner.init(folder)
    tags = {name: {"layer": "fact"} | dict(definition) for name, definition in DEFINITIONS.items()}
    (folder / "tags" / "lives.yaml").write_text(json.dumps({"tags": tags}, ensure_ascii=False))
    events = make_events(1_500, 3)
    with limner.open(folder) as workspace:
        workspace.parts.log.append(normalise_batch(events.slice(0, 900)))
        workspace.tags_apply()
        workspace.fold(as_of=AS_OF)
        workspace.parts.log.append(normalise_batch(events.slice(900)))
        workspace.identity_merge("user_id:u1", "user_id:u2")
        workspace.identity_split("phone:+8613800000003")
        workspace.fold(as_of=AS_OF)
    return folder


@pytest.fixture
def folder(lived: Path, tmp_path: Path) -> Path:
    """One of its own, to plant something in."""
    copy = tmp_path / "shop"
    shutil.copytree(lived, copy, ignore=shutil.ignore_patterns("limner.sock"))
    return copy


@pytest.fixture
def shop(folder: Path) -> Iterator[Workspace]:
    with limner.open(folder) as workspace:
        yield workspace


@pytest.mark.parametrize("as_of", [None, "2025-11-20", "2026-03-01T12:00:00"])
def test_live_and_log_agree_on_everybody_and_everything(
    shop: Workspace, as_of: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(afresh, "EVENTS_AT_ONCE", 300)  # several lots
    parity = shop.doctor_parity(sample=10_000, as_of=as_of)
    assert parity.differences == ()
    assert (parity.differing, parity.unsettled) == (0, 0)
    assert parity.customers == len(shop.crowd(as_of).folded.customers)
    assert parity.tags == len(DEFINITIONS)
    assert parity.compared == parity.customers * parity.tags


def test_the_same_log_gives_the_same_sample_with_the_latest_and_the_largest(shop: Workspace) -> None:
    parity = shop.doctor_parity(sample=3)
    assert 50 <= parity.customers <= 63
    assert shop.doctor_parity(sample=3).compared == parity.compared


def test_an_empty_workspace_has_nothing_to_differ(tmp_path: Path) -> None:
    limner.init(tmp_path / "shop")
    with limner.open(tmp_path / "shop") as workspace:
        parity = workspace.doctor_parity()
        assert (parity.customers, parity.compared, parity.differing) == (0, 0, 0)


def spend_column(workspace: Workspace) -> str:
    return workspace.parts.log.vocabulary().columns["amount", Kind.NUMBER].name


def test_a_wrong_value_among_the_stored_columns_is_found(folder: Path) -> None:
    stored = load_columns(folder / "columns")
    assert stored is not None
    column = stored.folded.columns["events"]
    values = column.values.copy()
    largest = values.argmax()
    values[largest] += 1
    columns = dict(stored.folded.columns) | {"events": replace(column, values=values)}
    save_columns(folder / "columns", replace(stored.folded, columns=columns), stored.seq, stored.versions)
    with limner.open(folder) as workspace:
        parity = workspace.doctor_parity(sample=0)
    [found] = parity.differences
    assert (parity.differing, found.customer, found.tag) == (1, stored.folded.customers[largest], "events")
    assert (found.where, found.live, found.log) == ("columns", int(values[largest]), int(values[largest]) - 1)


def test_a_customer_missing_among_the_columns_is_found_though_not_in_the_sample(folder: Path) -> None:
    stored = load_columns(folder / "columns")
    assert stored is not None
    kept = np.delete(np.arange(len(stored.folded.customers)), 7)
    save_columns(folder / "columns", stored.folded.take(kept), stored.seq, stored.versions)
    with limner.open(folder) as workspace:
        parity = workspace.doctor_parity(sample=0)
    [found] = parity.differences
    assert found.as_dict() == {
        "customer_id": f"c{stored.folded.customers[7]}",
        "tag": "customer_id",
        "where": "columns",
        "live": None,
        "log": f"c{stored.folded.customers[7]}",
    }


def test_a_wrong_value_in_a_timeline_is_found(folder: Path) -> None:
    with limner.open(folder) as workspace:
        name = spend_column(workspace)
        assert workspace.doctor_parity(sample=0).differing == 0
    [path] = list((folder / "timelines").glob("*.arrow"))
    batch = map_batch(path)
    place = batch.schema.names.index(name)
    values = batch.column(place).to_numpy().copy()
    values[values > 0] += 70_000
    changed = batch.set_column(place, batch.schema.field(place), pa.array(values))
    size = path.stat().st_size
    path.unlink()
    write_batch(path, changed)
    assert path.stat().st_size == size, "or it would be taken for torn, and be built anew"
    with limner.open(folder) as workspace:
        parity = workspace.doctor_parity(sample=0)
    assert parity.differing > 20
    assert len(parity.differences) == 20
    assert {"spend", "average"} <= {difference.tag for difference in parity.differences}
    assert {difference.where for difference in parity.differences} == {"portrait"}, "the columns were folded before"


def test_a_wrong_value_among_the_promoted_columns_is_found(shop: Workspace, folder: Path) -> None:
    name = spend_column(shop)
    with shop.parts.log._file.transaction() as cursor:  # type: ignore[attr-defined]
        cursor.execute(f"UPDATE event SET {name} = {name} + 10000 WHERE {name} IS NOT NULL")
    shop.close()
    for derived in ("timelines", "columns"):
        shutil.rmtree(folder / derived)
    with limner.open(folder) as workspace:
        workspace.fold(as_of=AS_OF)
        parity = workspace.doctor_parity(sample=0)
    assert {"columns", "portrait"} <= {difference.where for difference in parity.differences}
    assert parity.differing > 20


class Lagging:
    """Answers of the live state, the columns wrong for one customer for so many looks."""

    def __init__(self, workspace: Workspace, looks: int) -> None:
        self.workspace, self.looks = workspace, looks
        folded = workspace.crowd().folded
        self.customer = int(folded.customers[folded.columns["events"].values.argmax()])

    def crowd(self, as_of: str | None = None) -> Crowd:
        crowd = self.workspace.crowd(as_of)
        if self.looks > 0:
            self.looks -= 1
            column = crowd.folded.columns["events"]
            values = column.values.copy()
            values[crowd.folded.customers == self.customer] -= 1
            columns = dict(crowd.folded.columns) | {"events": replace(column, values=values)}
            return Crowd(replace(crowd.folded, columns=columns), crowd.zone)
        return crowd

    def profile(self, key: str, as_of: str | None = None) -> Any:
        return self.workspace.profile(key, as_of)

    def held(self) -> list[int]:
        return self.workspace.held()


def check(live: Lagging, monkeypatch: pytest.MonkeyPatch) -> Any:
    found: list[Any] = []
    monkeypatch.setattr(
        "limner.workspace.operating.check_parity",
        lambda _, grounds, *rest: found.append(check_parity(live, grounds, *rest)) or found[0],
    )
    return live.workspace.doctor_parity(sample=0)


@pytest.mark.parametrize(("looks", "differing"), [(1, 0), (99, 1)])
def test_what_is_right_at_the_second_look_is_no_difference(
    shop: Workspace, looks: int, differing: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    parity = check(Lagging(shop, looks), monkeypatch)
    assert (parity.differing, parity.unsettled) == (differing, 0)


def test_who_gets_events_all_the_time_is_not_accused(shop: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    live = Lagging(shop, 99)
    root = shop.moment().snapshot
    identifiers = dict(root.observations.identifiers(root.members(live.customer)))
    number = iter(range(1_000))
    real = live.crowd

    def crowd(as_of: str | None = None) -> Crowd:
        n = next(number)
        event = make_events(1, 99).set_column(0, "event_id", pa.array([f"late-{n}"]))
        for name in [name for name in event.column_names if name.startswith("id.")]:
            event = event.drop_columns([name])
        for kind, value in identifiers.items():
            event = event.append_column(f"id.{kind}", pa.array([value]))
        answer = real(as_of)
        shop.parts.log.append(normalise_batch(event))
        return answer

    monkeypatch.setattr(live, "crowd", crowd)
    parity = check(live, monkeypatch)
    assert (parity.differing, parity.unsettled) == (0, 1)


def test_the_command_says_it_by_its_exit_status(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["-w", str(folder), "doctor", "--parity", "--sample", "5", "--json"]
    assert run(words, {}) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["differing"] == 0
    assert set(document) >= {"as_of", "customers", "tags", "compared", "differing", "differences"}
    stored = load_columns(folder / "columns")
    assert stored is not None
    kept = np.arange(1, len(stored.folded.customers))
    save_columns(folder / "columns", stored.folded.take(kept), stored.seq, stored.versions)
    assert run(words, {}) == 1
    assert json.loads(capsys.readouterr().out)["differences"][0]["tag"] == "customer_id"
    assert run(words[:-1], {}) == 1
    assert "customer_id" in capsys.readouterr().out


def test_progress_is_told_and_may_break_it_off(shop: Workspace) -> None:
    class Enough(Exception):
        pass

    def stop(what: str, done: int, total: int) -> None:
        assert what == "compare"
        raise Enough

    with pytest.raises(Enough):
        shop.doctor_parity(progress=stop)
    assert shop.parity is None
    assert shop.doctor_parity(sample=1, progress=silent).differing == 0
    assert shop.parity is not None
