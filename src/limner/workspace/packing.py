"""Verbs about packages: audiences that are taken away as files, once or by schedule."""

from __future__ import annotations

import hashlib
import logging
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import pyarrow as pa

from limner.audiences.package import Form, Mode, Package, read_package
from limner.audiences.parcel import Changes, Numbers, shape_pieces, write_parcel
from limner.audiences.schedule import next_time
from limner.audiences.sets import as_array
from limner.audiences.shelf import Snapshot
from limner.engage.patience import SECOND, Patience
from limner.errors import Conflict, DataError, LimnerError, NotFound, Unavailable, did_you_mean
from limner.fold.formats import unfinished
from limner.govern.seal import Seal
from limner.jobs.errand import Errand, Stopped
from limner.jobs.moment import hold_base, write_names
from limner.jobs.tasks import PackTask
from limner.model.clock import iso_time, now
from limner.model.column import Folded
from limner.parts import Parts
from limner.pipeline import CENSUS, Moment, fold_some, prepare
from limner.ports.catalog import AuditEntry
from limner.ports.jobs import Kind
from limner.ports.log import Progress
from limner.ports.packages import Delivery, Parcel, Status, StoredPackage
from limner.workspace.crowding import with_inputs
from limner.workspace.engaging import Engaging
from limner.workspace.opened import silent
from limner.workspace.working import spare_threads

LOOK = 0.2
"""Seconds between two looks whether a job that waits for its turn was cancelled."""
KEPT = 10
"""Files of a package that are kept, to be brought again as they were."""
PATIENCE = Patience(first=30.0, longest=3600.0, tries=8, hours=48.0)
MEDIA = {
    Form.CSV: "text/csv",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.PARQUET: "application/vnd.apache.parquet",
    Form.NDJSON: "application/x-ndjson",
}

log = logging.getLogger(__name__)


class Packing(Engaging):
    """Packages, and their deliveries."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self._sealed = Seal(parts.folder / "webhooks.key")
        self._sending = Lock()
        """Deliveries go out one after the other."""
        self.desk.learn(Kind.PACKAGE, self._pack_beside)

    def package_save(
        self, definition: Mapping[str, Any], secret: str | None = None, author: str = ""
    ) -> dict[str, Any]:
        """Make a package, or change all of the one with its name. A secret that is not given anew stays, as long as the
        target stays what it was; it is never shown again."""
        audiences = [each.name for each in self.parts.audiences.audiences()]
        package = read_package(definition, audiences, [tag.name for tag in self.tags()], self.parts.zone)
        if package.target is not None:
            self.parts.targets.check(package.target)
            if package.target["kind"] == "table" and package.format != Form.PARQUET:
                package = replace(package, format=Form.PARQUET)  # what its rows are read from
        there = next((each for each in self.parts.packages.packages() if each.name == package.name), None)
        sealed = None if secret is None else self._sealed.close(secret)
        if secret is None and there is not None and there.definition.get("target") == package.target:
            sealed = there.secret
        stored = StoredPackage(package.name, package.as_dict(), sealed, author, now())
        self.parts.packages.put_package(stored, [AuditEntry(now(), author, "package.save", package.name)])
        return self._show_package(stored)

    def package_list(self) -> list[dict[str, Any]]:
        """All of them, never their secrets, each with its last delivery."""
        return [self._show_package(each) for each in self.parts.packages.packages()]

    def package_drop(self, name: str, author: str = "") -> dict[str, Any]:
        """Forget a package and its deliveries."""
        self._package(name)
        self.parts.packages.drop_package(name, [AuditEntry(now(), author, "package.drop", name)])
        for path in self._parcels().glob(f"{name}-*"):
            path.unlink(missing_ok=True)
        return {"name": name}

    def package_send(self, name: str, author: str = "", progress: Progress = silent) -> dict[str, Any]:
        """Take a snapshot of the audience and bring it, now. A failed try is repeated later, by a served workspace or
        by `package_retry`."""
        self._check_target(name)
        return self._have_packed({"act": "send", "name": name}, author, progress)

    def package_submit(self, name: str, author: str = "") -> dict[str, Any]:
        """The same as a job, without waiting: the job; its result is the delivery."""
        self._check_target(name)
        return self._show_job(self.desk.submit(Kind.PACKAGE, {"act": "send", "name": name}, name, author).job)

    def package_write(
        self, name: str, out: str | Path, snapshot: int | None = None, author: str = "", progress: Progress = silent
    ) -> dict[str, Any]:
        """Write it to a file, all of it: of a snapshot, or of those who are in the audience now."""
        package, _ = self._package(name)
        if snapshot is not None:
            self.shelf.get(package.audience, snapshot)
        asked = {"act": "write", "name": name, "out": str(Path(out).absolute()), "snapshot": snapshot}
        return self._have_packed(asked, author, progress) | {"file": str(out)}

    def package_deliveries(
        self, name: str | None = None, limit: int = 100, before: int | None = None
    ) -> list[dict[str, Any]]:
        """What was brought and what was not, newest first; ``before``: only those with smaller ids."""
        if name is not None:
            self._package(name)
        return [self._show_delivery(each) for each in self.parts.packages.package_deliveries(name, limit, before)]

    def package_retry(self, id: int, author: str = "", progress: Progress = silent) -> dict[str, Any]:
        """Bring a delivery once more, the same content under the same name, whatever became of it."""
        found = self.parts.packages.package_deliveries(None, 1, before=id + 1)
        if not found or found[0].id != id:
            raise NotFound(f"There is no delivery {id}.", hint="`limner package deliveries` shows those there are.")
        self.parts.catalog.record(AuditEntry(now(), author, "package.retry", found[0].package, f"delivery {id}"))
        return self._have_packed({"act": "retry", "name": found[0].package, "id": id}, author, progress)

    def package_round(self) -> None:
        """Bring what is due: by schedule, and what could not be brought before."""
        with self._sending:
            for stored in self.parts.packages.packages():
                try:
                    if self._is_package_due(stored):
                        self._try_delivery(self._pack(load_package(stored), "schedule"))
                except LimnerError as error:  # the others have their turn
                    log.warning("The package %s was not brought: %s", stored.name, error)
            for delivery in self.parts.packages.package_deliveries(None, 1000):
                if delivery.status is Status.WAITING and (delivery.next_at or 0) <= now():
                    self._try_delivery(delivery)

    def _check_target(self, name: str) -> None:
        if self._package(name)[0].target is None:
            raise Conflict(f"The package {name} has no target.", hint="Write it to a file, or give it one.")

    def _have_packed(self, asked: Mapping[str, Any], author: str, progress: Progress) -> dict[str, Any]:
        if self._is_long():
            return dict(self._beside(Kind.PACKAGE, asked, asked["name"], author, progress))
        return self._do_packing(asked, author, None)

    def _pack_beside(self, errand: Errand) -> dict[str, Any]:
        return self._do_packing(errand.request, errand.job.who, errand)

    def _do_packing(self, asked: Mapping[str, Any], author: str, errand: Errand | None) -> dict[str, Any]:
        """With an ``errand``, its process writes the file."""
        package, _ = self._package(asked["name"])
        if asked["act"] == "write":
            return self._write_out(package, Path(asked["out"]), asked["snapshot"], author, errand)
        with self._turn(errand):
            if asked["act"] == "send":
                delivery = self._pack(package, author)
            else:
                found = self.parts.packages.package_deliveries(package.name, 1, before=asked["id"] + 1)
                delivery = replace(found[0], tries=0)
            return self._show_delivery(self._try_delivery(delivery, errand))

    @contextmanager
    def _turn(self, errand: Errand | None) -> Iterator[None]:
        """Wait until no other is brought; a job may be cancelled meanwhile."""
        while not self._sending.acquire(timeout=LOOK):
            if errand is not None:
                errand.tell("waiting", 0, 0)
        try:
            yield
        finally:
            self._sending.release()

    def _write_out(
        self, package: Package, out: Path, snapshot: int | None, author: str, errand: Errand | None
    ) -> dict[str, Any]:
        taken = self._take_snapshot(package) if snapshot is None else self.shelf.get(package.audience, snapshot)
        rows = self._write_package(package, taken, None, out, errand)
        what = f"snapshot {taken.number} of {package.audience}, {rows} rows"
        self.parts.catalog.record(AuditEntry(now(), author, "package.write", package.name, what))
        return {"package": package.name, "snapshot": taken.number, "rows": rows, "file": str(out)}

    def _is_package_due(self, stored: StoredPackage) -> bool:
        package, last = load_package(stored), self.parts.packages.package_deliveries(stored.name, 1)
        if package.schedule is None or package.target is None:
            return False
        since = max([stored.saved_at, *(each.made_at for each in last)])
        due = next_time(package.schedule, since, self.parts.zone)
        return due is not None and due <= now()

    def _others_using(self, name: str) -> list[str]:
        taking = [f"package {p.name}" for p in self.parts.packages.packages() if p.definition["audience"] == name]
        return [*super()._others_using(name), *taking]

    def _package(self, name: str) -> tuple[Package, StoredPackage]:
        known = {each.name: each for each in self.parts.packages.packages()}
        if name not in known:
            raise NotFound(f"There is no package {name[:100]!r}.", hint=did_you_mean(name, known))
        return load_package(known[name]), known[name]

    def _take_snapshot(self, package: Package) -> Snapshot:
        number = self.audience_snapshot(package.audience)["number"]
        return self.shelf.get(package.audience, number)

    def _pack(self, package: Package, author: str) -> Delivery:
        """A delivery on its way, noted before anything is brought."""
        taken, since = self._take_snapshot(package), None
        if package.mode == Mode.INCREMENTAL:
            done = self.parts.packages.package_deliveries(package.name, 1000)
            since = next((each.snapshot for each in done if each.status is Status.DELIVERED), None)
        kind = "full" if since is None else f"since-{since}"
        name = f"{package.name}-{taken.number}-{kind}.{package.ending}"
        delivery = Delivery(package.name, taken.number, since, now(), file=name, next_at=now())
        entry = AuditEntry(
            now(), author, "package.send", package.name, f"snapshot {taken.number}, {taken.size} members"
        )
        return self.parts.packages.put_delivery(delivery, [entry])

    def _try_delivery(self, delivery: Delivery, errand: Errand | None = None) -> Delivery:
        """One try; what became of it is kept."""
        delivery = replace(delivery, tries=delivery.tries + 1)
        try:
            package, stored = self._package(delivery.package)
            path = self._parcels() / str(delivery.file)
            if package.target is None:
                raise DataError(f"The package {package.name} has no target any more.")
            rows = delivery.rows
            if not path.exists():
                taken = self.shelf.get(package.audience, delivery.snapshot)
                since = None if delivery.since is None else self.shelf.get(package.audience, delivery.since)
                rows = self._write_package(package, taken, since, path, errand)
            delivery = replace(delivery, rows=rows, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
            secret = None if stored.secret is None else self._sealed.open(stored.secret)
            key = f"{package.name}-{delivery.id}"
            parcel = Parcel(str(delivery.file), path, MEDIA[Form(package.format)], key, delivery.since is not None)
            self.parts.targets.open(package.target, secret).put(parcel)
            delivery = replace(delivery, status=Status.DELIVERED, done_at=now(), next_at=None, reason="")
        except Stopped:
            if self.desk.is_open:  # else it waits, and is brought when the workspace is served again
                ended = replace(delivery, status=Status.FAILED, next_at=None, reason="It was cancelled.")
                self.parts.packages.put_delivery(ended)
            raise
        except (Unavailable, OSError) as error:
            wait = int(PATIENCE.delay(delivery.tries, random.random) * SECOND)
            over = delivery.tries >= PATIENCE.tries
            status, following = (Status.FAILED, None) if over else (Status.WAITING, now() + wait)
            delivery = replace(delivery, status=status, next_at=following, reason=str(error)[:1000])
        except LimnerError as error:
            delivery = replace(delivery, status=Status.FAILED, next_at=None, reason=str(error)[:1000])
        kept = self.parts.packages.put_delivery(delivery)
        self._clear(delivery.package)
        return kept

    def _write_package(
        self, package: Package, taken: Snapshot, since: Snapshot | None, path: Path, errand: Errand | None = None
    ) -> int:
        """The file, folded at the snapshot's instant; how many rows it has."""
        path.parent.mkdir(parents=True, exist_ok=True)
        members = self._read_snapshot(taken)
        changes: Changes | None = None
        if since is not None:
            before = self._read_snapshot(since)
            added, removed = as_array(members - before).tolist(), as_array(before - members).tolist()
            changes = dict.fromkeys(added, "added") | dict.fromkeys(removed, "removed")
        numbers = as_array(members) if changes is None else np.array(sorted(changes), np.int32)
        if errand is not None:
            return self._write_beside(errand, package, numbers, changes, taken.as_of, path)
        with self._same_file, self._settled():
            moment, named = self._prepare_package(package)
        known = {tag.name: tag for tag in moment.plan.tags}

        def fold_them(customers: Numbers) -> Folded:
            return fold_some(self.parts, moment, customers, taken.as_of)

        pieces = shape_pieces(package, numbers, fold_them, named, known, self.parts.zone, changes)
        return write_parcel(package, pieces, path, self.parts.targets, self.parts.zone, taken.as_of)

    def _write_beside(
        self, errand: Errand, package: Package, numbers: Numbers, changes: Changes | None, as_of: int, path: Path
    ) -> int:
        with self._same_file:
            with self._settled():
                moment, named = self._prepare_package(package)
                hold_base(errand.folder, moment.view)
            answer = self._leave_moment(errand, moment, as_of)
            write_names(errand.folder, named)
            census, threads = self.parts.folder / CENSUS, spare_threads(self.parts.threads)
            task = PackTask(package, numbers, changes, as_of, census, threads, path)
            try:
                return int(errand.run(task, answer)["rows"])
            finally:
                unfinished(path, errand.pid).unlink(missing_ok=True)

    def _prepare_package(self, package: Package) -> tuple[Moment, pa.Table]:
        """The moment to fold, and who is who. The caller holds the lock."""
        moment = prepare(self.parts, self._one_id, with_inputs(self.tags(), package.columns), silent)
        return moment, self._name_all(moment.snapshot.graph.root)

    def _parcels(self) -> Path:
        return self.parts.folder / "packages"

    def _clear(self, name: str) -> None:
        """The files of all but the last deliveries go, and of those that wait."""
        deliveries = self.parts.packages.package_deliveries(name, 1000)
        kept = {each.file for i, each in enumerate(deliveries) if i < KEPT or each.status is Status.WAITING}
        for path in self._parcels().glob(f"{name}-*"):
            if path.name not in kept and any(path.name == each.file for each in deliveries):
                path.unlink(missing_ok=True)

    def _show_package(self, stored: StoredPackage) -> dict[str, Any]:
        last = self.parts.packages.package_deliveries(stored.name, 1)
        shown = {**stored.definition, "has_secret": stored.secret is not None, "author": stored.author}
        shown["saved_at"] = iso_time(stored.saved_at, self.parts.zone)
        return {**shown, "last": self._show_delivery(last[0]) if last else None}

    def _show_delivery(self, delivery: Delivery) -> dict[str, Any]:
        times = {name: getattr(delivery, name) for name in ("made_at", "next_at", "done_at")}
        told = {name: None if at is None else iso_time(at, self.parts.zone) for name, at in times.items()}
        plain = ("id", "package", "snapshot", "since", "tries", "rows", "file", "sha256", "reason")
        return {**{name: getattr(delivery, name) for name in plain}, "status": delivery.status.value, **told}


def load_package(stored: StoredPackage) -> Package:
    return Package(**{**stored.definition, "columns": tuple(stored.definition["columns"])})
