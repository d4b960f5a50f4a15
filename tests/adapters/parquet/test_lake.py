"""The lake: every row once under its local day, readable by anything that reads Parquet."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

import limner
from limner.adapters.parquet import lake as lake_module
from limner.adapters.parquet.manifest import read_manifest
from limner.cluster import export_lake
from limner.errors import Conflict, DataError, Unavailable
from limner.workspace import Workspace

TAGS = """tags:
  spend: {layer: fact, fold: {sum: amount, of: order_paid}}
  channel: {layer: fact, fold: {last: channel}}
  skus: {layer: fact, fold: {distinct: "products[].sku"}}
"""


@pytest.fixture
def workspace(tmp_path: Path):
    limner.init(tmp_path / "shop")
    (tmp_path / "shop" / "tags" / "tags.yaml").write_text(TAGS, encoding="utf-8")
    with limner.open(tmp_path / "shop") as opened:
        track(opened, tmp_path, "m1", "U1", "2026-11-01T15:59:59Z", {"amount": 12.5, "channel": "app"})
        track(opened, tmp_path, "m2", "U1", "2026-11-01T16:00:00Z", {"products": [{"sku": "a"}, {"sku": None}]})
        track(opened, tmp_path, "m3", "U2", "2026-11-05T00:00:00Z", {"amount": "n/a", "channel": "web"})
        opened.tags_apply()
        yield opened


def track(workspace: Workspace, folder: Path, id: str, user: str, time: str, properties: dict) -> None:
    message = {"type": "track", "event": "order_paid", "userId": user, "messageId": id, "timestamp": time}
    (folder / "events.jsonl").write_text(json.dumps(message | {"properties": properties}) + "\n", encoding="utf-8")
    workspace.import_files(folder / "events.jsonl")


def read_rows(folder: Path) -> list[dict]:
    query = "SELECT * FROM read_parquet(?, hive_partitioning = true) ORDER BY seq"
    return duckdb.sql(query, params=[f"{folder}/*/events/*/*.parquet"]).to_arrow_table().to_pylist()


@pytest.mark.parametrize("chunk", [1, 4_000_000])
def test_rows_lie_under_their_local_day(
    workspace: Workspace, tmp_path: Path, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lake_module, "CHUNK", chunk)
    manifest = export_lake(workspace, tmp_path / "lake")
    rows = read_rows(tmp_path / "lake")
    assert [(row["seq"], str(row["dt"]), row["hour"]) for row in rows] == [
        (1, "2026-11-01", 23),
        (2, "2026-11-02", 0),
        (3, "2026-11-05", 8),
    ]
    columns = {column.path: column.name for column in manifest.vocabulary.columns.values()}
    assert [row[columns["amount"]] for row in rows] == [125_000, None, None]
    assert [len(row[columns["products[].sku"]] or []) for row in rows] == [0, 2, 0]
    words = manifest.vocabulary.dictionaries[columns["channel"]]
    assert [words[row[columns["channel"]]] for row in rows if row[columns["channel"]] is not None] == ["app", "web"]


def test_links_say_whose_a_fragment_is(workspace: Workspace, tmp_path: Path) -> None:
    workspace.identity_merge("user_id:U1", "user_id:U2")
    manifest = export_lake(workspace, tmp_path / "lake", known_at=["2026-11-03"])
    folder = tmp_path / "lake" / manifest.generation / "customers"
    assert pq.read_table(folder / "now.parquet")["customer"].to_pylist() == [0, 0]
    (then,) = [path for path in folder.iterdir() if path.name != "now.parquet"]
    assert pq.read_table(then).to_pylist() == [{"fragment": 0, "customer": 0}]


def test_the_manifest_reads_back_as_it_was(workspace: Workspace, tmp_path: Path) -> None:
    manifest = export_lake(workspace, tmp_path / "lake", known_at=["2026-11-03"])
    assert read_manifest((tmp_path / "lake" / "manifest.json").read_text(encoding="utf-8"), "lake") == manifest
    assert [tag.name for tag in manifest.tags] == ["spend", "channel", "skus"]


def test_an_export_takes_the_place_of_the_one_before(workspace: Workspace, tmp_path: Path) -> None:
    first = export_lake(workspace, tmp_path / "lake")
    track(workspace, tmp_path, "m4", "U3", "2026-11-06T00:00:00Z", {})
    second = export_lake(workspace, tmp_path / "lake")
    assert (first.seq, second.seq) == (3, 4)
    assert sorted(path.name for path in (tmp_path / "lake").iterdir()) == ["manifest.json", second.generation]
    assert len(read_rows(tmp_path / "lake")) == 4


def test_a_full_disk_leaves_the_lake_as_it_was(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export_lake(workspace, tmp_path / "lake")
    before = sorted(tmp_path.glob("lake/**/*"))

    def fill(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(lake_module.ds, "write_dataset", fill)
    with pytest.raises(Unavailable, match="disk is full"):
        export_lake(workspace, tmp_path / "lake")
    assert sorted(tmp_path.glob("lake/**/*")) == before


def test_an_empty_workspace_makes_an_empty_lake(tmp_path: Path) -> None:
    limner.init(tmp_path / "shop")
    with limner.open(tmp_path / "shop") as opened:
        manifest = export_lake(opened, tmp_path / "lake")
    assert manifest.seq == 0
    assert (tmp_path / "lake" / manifest.generation / "events").is_dir()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "x"}', '{"format": 1, "seq": 1}'])
def test_what_is_no_manifest_is_refused(text: str) -> None:
    with pytest.raises(DataError, match=r"lake/manifest\.json is no manifest"):
        read_manifest(text, "lake")


def test_a_newer_lake_is_refused() -> None:
    with pytest.raises(Conflict, match="format 99"):
        read_manifest('{"format": 99}', "lake")
