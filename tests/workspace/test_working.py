"""Long work beside a workspace that is served gives what the same verb gives here, whatever happens to it."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from threading import Thread
from typing import Any

import pyarrow.parquet
import pytest

import limner
from limner.errors import Conflict, DataError, DefinitionError, NotFound, Unavailable
from limner.fold.columns import load_columns
from limner.jobs import errand as errand_module
from limner.jobs.child import Child
from limner.jobs.errand import Errand
from limner.jobs.tasks import Task
from limner.model.clock import local_midnight, now
from limner.ports.jobs import Kind, State
from limner.timeline import timelines
from limner.workspace import Workspace, delivering, working

TAGS = """
tags:
  orders: {layer: fact, fold: {count: '*', of: order_paid}}
  spend: {layer: fact, fold: {sum: amount, of: order_paid, within: 30d}}
  skus: {layer: fact, fold: {list: sku, of: order_paid}}
  first: {layer: fact, fold: {first: sku, of: order_paid}}
  best: {layer: fact, fold: {top: sku, by: {sum: amount}, evidence: {times: 1, share: 0.1, lift: 1.1}}}
  rare: {layer: business, if: {orders: {lt: 4}}}
"""
ROWS = 12_000
"""Three pieces."""


def write_events(path: Path, count: int, first: int = 0) -> Path:
    """Several of one customer at one instant, in an order only their ids tell."""
    with path.open("w") as file:
        for number in range(first, first + count):
            properties = {"amount": number % 97, "sku": f"s{number % 13}"}
            event = {"type": "track", "event": "order_paid", "userId": f"u{number % 700}", "properties": properties}
            event |= {"messageId": f"{number * 7919 % 100_003}", "timestamp": f"2026-11-{1 + number % 9:02}T10:00:00Z"}
            file.write(json.dumps(event) + "\n")
    return path


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    limner.init(tmp_path / "shop")
    (tmp_path / "shop" / "tags" / "shop.yaml").write_text(TAGS, encoding="utf-8")
    with limner.open(tmp_path / "shop") as workspace:
        workspace.tags_apply()
        yield workspace


def serve(workspace: Workspace) -> None:
    workspace.intake.start()
    workspace.follow()
    workspace.desk.open()


def fill(workspace: Workspace, folder: Path) -> None:
    """Timelines with a base and a tail, some customers in both."""
    workspace.import_files(write_events(folder / "old.jsonl", 3_000))
    workspace.fold()
    workspace.import_files(write_events(folder / "new.jsonl", 500, 2_900))


def columns_of(workspace: Workspace) -> dict[str, Any]:
    stored = load_columns(workspace.parts.folder / "columns")
    assert stored is not None
    folded = stored.folded
    values = {name: (c.values.tolist(), c.confidence is None) for name, c in folded.columns.items()}
    return {"customers": folded.customers.tolist(), "events": folded.events, "seq": stored.seq, **values}


def test_a_fold_beside_gives_the_same_columns(workspace: Workspace, tmp_path: Path) -> None:
    fill(workspace, tmp_path)
    serve(workspace)
    told: list[str] = []
    report = workspace.fold("2026-11-08", progress=lambda what, done, total: told.append(what), author="ada")
    beside = columns_of(workspace)
    workspace.desk.close()
    assert workspace.fold("2026-11-08").customers == report.customers == 700
    assert beside == columns_of(workspace)
    assert "fold" in told
    [job] = workspace.jobs_list()
    assert (job["kind"], job["state"], job["who"], job["result"]) == ("fold", "done", "ada", report.as_dict())
    assert list((workspace.parts.folder / "jobs" / "running").iterdir()) == []


@pytest.mark.parametrize(
    "rule", [None, {"rare": True}, {"did": "order_paid", "where": {"sku": "s3"}, "is": {"gte": 1}}]
)
def test_an_export_beside_gives_the_same_file(workspace: Workspace, tmp_path: Path, rule: object) -> None:
    fill(workspace, tmp_path)
    files = [tmp_path / "beside.parquet", tmp_path / "here.parquet"]
    serve(workspace)
    for out in files:
        if rule is None:
            document = workspace.export(out, "2026-11-08")
        else:
            document = workspace.audience_export(rule, out, "2026-11-08")
        assert document["file"] == str(out)
        workspace.desk.close()
    beside, here = (pyarrow.parquet.read_table(file) for file in files)
    assert beside.num_rows > 0
    assert beside.equals(here)


def test_who_is_blocked_is_exported_as_shown(workspace: Workspace, tmp_path: Path) -> None:
    fill(workspace, tmp_path)
    serve(workspace)
    workspace.tick()
    workspace.identity_block("user_id:u5")
    workspace.import_files(write_events(tmp_path / "more.jsonl", 700, 20_000))
    workspace.export(tmp_path / "out.parquet")
    rows = {row["user_id"]: row["orders"] for row in pyarrow.parquet.read_table(tmp_path / "out.parquet").to_pylist()}
    assert rows["u5"] == workspace.profile("user_id:u5").tags["orders"].value == 5
    assert rows["u6"] == workspace.profile("user_id:u6").tags["orders"].value == 6


def test_a_compaction_beside_changes_nothing(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(workspace, tmp_path)
    serve(workspace)
    workspace.tick()
    before = [workspace.profile(f"user_id:u{user}", "2026-11-08").as_dict() for user in range(0, 700, 50)]
    monkeypatch.setattr(timelines, "TAIL_ROWS", 50)
    until = workspace.parts.log.watermark()
    workspace._have_compacted()
    base = workspace.parts.timelines._base
    assert base is not None
    assert base.until == until
    assert before == [workspace.profile(f"user_id:u{user}", "2026-11-08").as_dict() for user in range(0, 700, 50)]
    assert workspace.doctor_parity().differing == 0
    for job in workspace.jobs_list():  # the server may have begun one by itself, too
        wait_for(workspace, job["id"])
    assert {job["state"] for job in workspace.jobs_list()} == {"done"}


def after_a_piece(workspace: Workspace, do: Callable[[Errand], None]) -> None:
    """Have something happen once, before an import's second piece is stored."""
    passed: list[float] = []

    def let_pass(patience: float) -> None:
        passed.append(patience)
        if len(passed) == 2:
            [errand] = workspace.desk._errands.values()
            do(errand)

    workspace.intake.let_pass = let_pass  # type: ignore[method-assign]


def test_an_import_goes_on_after_what_it_has_brought_in(workspace: Workspace, tmp_path: Path) -> None:
    path = write_events(tmp_path / "events.jsonl", ROWS)
    path.write_text(path.read_text() + "no event\n")
    serve(workspace)
    after_a_piece(workspace, Errand.stop)
    with pytest.raises(Conflict, match="jobs resume 1"):
        workspace.import_files(path, author="ada")
    job = workspace.jobs_show(1)
    assert (job["state"], job["result"]["accepted"]) == ("cancelled", workspace.parts.log.watermark())
    assert 0 < job["result"]["accepted"] < ROWS
    assert workspace.jobs_resume(1)["state"] in ("waiting", "running")
    wait_for(workspace, 1)
    report = workspace.jobs_show(1)["result"]
    assert (report["accepted"], report["duplicate"], report["rejected"]) == (ROWS, 0, 1)
    assert len(workspace.rejects_list()) == 1
    assert workspace.import_files(path).as_dict()["duplicate"] == ROWS  # type: ignore[union-attr]
    with pytest.raises(Conflict, match="is done"):
        workspace.jobs_resume(1)
    with pytest.raises(Conflict, match="has ended"):
        workspace.jobs_cancel(1)
    with pytest.raises(NotFound, match="no job 9"):
        workspace.jobs_show(9)


def wait_for(workspace: Workspace, id: int) -> None:
    if (errand := workspace.desk._errands.get(id)) is not None:
        errand.watch(lambda *told: None)


def test_a_process_that_is_killed_leaves_a_failed_job(workspace: Workspace, tmp_path: Path) -> None:
    path = write_events(tmp_path / "events.jsonl", ROWS)
    serve(workspace)
    after_a_piece(workspace, lambda errand: os.kill(errand.pid, signal.SIGKILL))
    with pytest.raises(Unavailable, match=r"was killed \(signal 9\)"):
        workspace.import_files(path)
    job = workspace.jobs_show(1)
    assert job["state"] == "failed"
    assert "signal 9" in job["error"]
    workspace.desk.resume(1).watch(lambda *told: None)
    assert workspace.jobs_show(1)["result"]["accepted"] == workspace.parts.log.watermark() == ROWS


def test_a_process_that_hears_nothing_is_stopped_all_the_same(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(errand_module, "GRACE", 0.2)
    start = errand_module.start_child

    def start_frozen(folder: Path, task: Task) -> Child:
        child = start(folder, task)
        os.kill(child.pid, signal.SIGSTOP)
        Thread(target=workspace.desk.cancel, args=(1,)).start()
        return child

    monkeypatch.setattr(errand_module, "start_child", start_frozen)
    serve(workspace)
    with pytest.raises(Conflict, match="was cancelled"):
        workspace.import_files(write_events(tmp_path / "events.jsonl", 10))


def test_a_file_that_was_changed_is_read_from_the_beginning(workspace: Workspace, tmp_path: Path) -> None:
    path = write_events(tmp_path / "events.jsonl", ROWS)
    serve(workspace)
    after_a_piece(workspace, Errand.stop)
    with pytest.raises(Conflict):
        workspace.import_files(path)
    write_events(path, 100, 50_000)
    workspace.desk.resume(1).watch(lambda *told: None)
    assert workspace.jobs_show(1)["result"]["accepted"] == 100


def test_what_is_wrong_is_said_at_once(workspace: Workspace, tmp_path: Path) -> None:
    serve(workspace)
    with pytest.raises(DataError, match="is not there"):
        workspace.import_files(tmp_path / "none.jsonl")
    with pytest.raises(DefinitionError, match="ordres"):
        workspace.audience_export({"ordres": 1}, tmp_path / "out.csv")
    with pytest.raises(DataError, match="ends in neither"):
        workspace.export(tmp_path / "out.doc")
    assert workspace.jobs_list() == []
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 and no more")
    mapping = tmp_path / "m.yaml"
    mapping.write_text("event: e\ntime: {column: t}\n")
    with pytest.raises(DataError, match="cut short"):
        workspace.import_files(broken, mapping)
    with pytest.raises(DataError, match=r"nowhere.*No such file"):
        workspace.export(tmp_path / "nowhere" / "out.csv")
    assert [job["state"] for job in workspace.jobs_list()] == ["failed", "failed"]


def test_a_workspace_that_is_closed_leaves_imports_to_the_next_server(workspace: Workspace, tmp_path: Path) -> None:
    path = write_events(tmp_path / "events.jsonl", ROWS)
    serve(workspace)
    seen: list[State] = []

    def close(errand: Errand) -> None:
        seen.append(errand.job.state)
        errand.stop()
        workspace.desk.is_open = False

    after_a_piece(workspace, close)
    errand = workspace._submit_import([str(path)], None, "ada")
    workspace.desk._threads[1].join()
    workspace.desk.close()
    assert seen == [State.RUNNING]
    with pytest.raises(Unavailable, match="served again"):
        workspace.desk.finish(errand, lambda *told: None)
    stored = workspace.parts.log.watermark()
    assert 0 < stored < ROWS
    workspace.intake.let_pass = lambda patience: None  # type: ignore[method-assign]
    workspace.desk.open()
    wait_for(workspace, 1)
    assert workspace.jobs_show(1)["result"]["accepted"] == ROWS
    assert (tmp_path / "shop" / "catalog.sqlite").read_bytes().find(str(path).encode()) < 0


@pytest.mark.parametrize(
    "rule",
    [{"rare": True}, {"did": "order_paid", "within": "7d", "is": {"gte": 1}}, {"audience": "some", "snapshot": 1}],
)
def test_a_trend_beside_is_the_same(workspace: Workspace, tmp_path: Path, rule: object) -> None:
    fill(workspace, tmp_path)
    workspace.audience_save("some", {"orders": {"gte": 5}})
    workspace.audience_snapshot("some")
    asked = (rule, ["orders", "spend"], "2026-11-02", "2026-11-09T12:00", 3)
    here = workspace.audience_trend(*asked)
    workspace.desk.open()
    errand = workspace.desk._errands[workspace.trend_submit(*asked, author="ada")["id"]]
    told: list[str] = []
    workspace.desk.finish(errand, lambda what, done, total: told.append(what))
    [job] = workspace.jobs_list()
    assert (job["state"], job["kind"], job["who"]) == ("done", "trend", "ada")
    assert job["result"]["points"] == [asdict(point) for point in here["points"]]
    assert sum(point.size for point in here["points"]) > 0
    assert "trend" in told
    with pytest.raises(DefinitionError, match="no tag 'order'"):
        workspace.trend_submit(rule, ["order"])


def test_a_package_beside_is_the_same(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(workspace, tmp_path)
    workspace.audience_save("some", {"orders": {"gte": 5}})
    target = {"kind": "folder", "path": str(tmp_path / "there")}
    package = {"name": "some", "audience": "some", "columns": ["orders", "skus"], "identifiers": {"user_id": "plain"}}
    workspace.package_save({**package, "format": "xlsx", "target": target})
    here = workspace.package_write("some", tmp_path / "here")
    monkeypatch.setattr(working, "SMALL", 0)
    workspace.desk.open()
    written = workspace.package_write("some", tmp_path / "beside", snapshot=1, author="ada")
    assert (tmp_path / "beside").read_bytes() == (tmp_path / "here").read_bytes()
    assert (written["file"], written["rows"]) == (str(tmp_path / "beside"), here["rows"])
    assert here["rows"] > 0
    errand = workspace.desk._errands[workspace.package_submit("some", "ada")["id"]]
    sent = workspace.desk.finish(errand, lambda *told: None)
    assert (sent["status"], sent["rows"], len(list((tmp_path / "there").iterdir()))) == ("delivered", here["rows"], 1)
    assert workspace.package_retry(sent["id"])["sha256"] == sent["sha256"]
    assert [job["kind"] for job in workspace.jobs_list()] == ["package"] * 3
    assert not list(tmp_path.glob(".*.new"))


def stop_at_once(errand: Errand) -> dict[str, Any]:
    errand.stop()
    errand.tell("package", 0, 0)
    return {}


def test_a_package_by_schedule_is_a_job(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    fill(workspace, tmp_path)
    workspace.audience_save("some", {"orders": {"gte": 5}})
    (tmp_path / "there").write_text("no folder")
    package = {"name": "some", "audience": "some", "columns": ["orders"], "schedule": "0 3 * * *"}
    workspace.package_save({**package, "target": {"kind": "folder", "path": str(tmp_path / "there")}})
    monkeypatch.setattr(working, "SMALL", 0)
    workspace.desk.open()
    hour, start = 3600 * 1_000_000, local_midnight(now(), workspace.parts.zone)
    monkeypatch.setattr(delivering, "now", lambda: start + 58 * hour)  # ten in the morning
    workspace.package_round()
    workspace.package_round()  # neither is due
    [failed] = workspace.package_deliveries()
    assert (failed["status"], failed["tries"]) == ("waiting", 1)
    (tmp_path / "there").unlink()
    monkeypatch.setattr(delivering, "now", lambda: start + 60 * hour)
    workspace.package_round()
    [brought] = workspace.package_deliveries()
    assert (brought["status"], brought["tries"], brought["sha256"]) == ("delivered", 2, failed["sha256"])
    jobs = [(job["kind"], job["who"], job["subject"], job["state"]) for job in workspace.jobs_list()]
    assert jobs == [("package", "schedule", "some", "done")] * 2
    assert not workspace.desk.find(1).is_asked_for, "nobody who asks for something waits for it"

    monkeypatch.setattr(delivering, "now", lambda: start + 108 * hour)
    workspace.desk.learn(Kind.PACKAGE, stop_at_once)
    workspace.package_round()
    workspace.package_round()  # somebody cancelled it: it is left alone for a while
    assert [job["state"] for job in workspace.jobs_list()] == ["cancelled", "done", "done"]
    assert "was cancelled" in caplog.text


def test_a_package_that_somebody_brings_is_not_brought_twice(workspace: Workspace, tmp_path: Path) -> None:
    fill(workspace, tmp_path)
    workspace.audience_save("some", {"orders": {"gte": 5}})
    target = {"kind": "folder", "path": str(tmp_path / "there")}
    workspace.package_save({"name": "some", "audience": "some", "target": target})
    package, _ = workspace._package("some")
    waiting = workspace._pack(package, "ada")
    with workspace._sending:
        workspace.package_round()  # it is on its way
    assert workspace.package_retry(waiting.id)["tries"] == 1
    again = workspace._do_packing({"act": "again", "name": "some", "id": waiting.id}, "schedule", None)
    assert (again["status"], again["tries"]) == ("delivered", 1)


def test_a_package_that_is_cancelled_is_not_brought(workspace: Workspace, tmp_path: Path) -> None:
    fill(workspace, tmp_path)
    workspace.audience_save("some", {"orders": {"gte": 5}})
    target = {"kind": "folder", "path": str(tmp_path / "there")}
    workspace.package_save({"name": "some", "audience": "some", "target": target})
    workspace.desk.open()
    with workspace._sending:  # another is being brought
        job = workspace.package_submit("some")["id"]
        assert workspace.jobs_cancel(job)["state"] == "cancelled"
    assert workspace.package_deliveries() == []
    errand = workspace.desk.resume(job)
    errand.watch(lambda *told: errand.stop())
    brought = [(each["status"], each["reason"]) for each in workspace.package_deliveries()]
    assert brought in ([], [("failed", "It was cancelled.")], [("delivered", "")]), "not left half done"
    assert not list((workspace.parts.folder / "packages").glob(".*"))
