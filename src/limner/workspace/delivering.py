"""Verbs about deliveries: packages that are brought to their targets, once or by schedule, and again where that failed.

Beside a large log each is a job: its process folds and writes the file, the server brings it.
"""

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

from limner.audiences.package import Form, Mode, Package
from limner.audiences.schedule import next_time
from limner.engage.patience import SECOND, Patience
from limner.errors import Conflict, DataError, LimnerError, NotFound, Unavailable
from limner.jobs.errand import Errand, Stopped
from limner.model.clock import now
from limner.parts import Parts
from limner.ports.catalog import AuditEntry
from limner.ports.jobs import SCHEDULE, Kind
from limner.ports.log import Progress
from limner.ports.packages import Delivery, Parcel, Status, StoredPackage
from limner.workspace.opened import silent
from limner.workspace.packing import Packing, load_package, show_delivery
from limner.workspace.recurring import Cooldown

LOOK = 0.2
"""Seconds between two looks whether a job that waits for its turn was cancelled."""
KEPT = 10
"""Files of a package that are kept, to be brought again as they were."""
PATIENCE = Patience(first=30.0, longest=3600.0, tries=8, hours=48.0)
AGAIN = 600.0
"""Seconds before what failed without a delivery to remember it, such as a job that was cancelled, is due again."""
MEDIA = {
    Form.CSV: "text/csv",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.PARQUET: "application/vnd.apache.parquet",
    Form.NDJSON: "application/x-ndjson",
}

log = logging.getLogger(__name__)


class Delivering(Packing):
    """Deliveries of packages."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self._sending = Lock()
        """Deliveries go out one after the other."""
        self._failed_packages = Cooldown(AGAIN)
        self.desk.learn(Kind.PACKAGE, self._pack_beside)

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
        found = self.parts.packages.package_deliveries(name, limit, before)
        return [show_delivery(each, self.parts.zone) for each in found]

    def package_retry(self, id: int, author: str = "", progress: Progress = silent) -> dict[str, Any]:
        """Bring a delivery once more, the same content under the same name, whatever became of it."""
        name = self._delivery(id).package
        self.parts.catalog.record(AuditEntry(now(), author, "package.retry", name, f"delivery {id}"))
        return self._have_packed({"act": "retry", "name": name, "id": id}, author, progress)

    def package_round(self) -> None:
        """Have brought what is due: by schedule, and what could not be brought before. Each whatever became of the
        others; what failed without a delivery that says when it is due again is left alone for a while."""
        for asked in self._list_due():
            name = asked["name"]
            if self._failed_packages.waits(name):
                continue
            try:
                self._have_packed(asked, SCHEDULE, silent)
                self._failed_packages.forget(name)
            except LimnerError as error:
                self._failed_packages.note_failure(name)
                log.warning("The package %s was not brought: %s", name, error)

    def _list_due(self) -> Iterator[dict[str, Any]]:
        """What to ask for. Deliveries are looked at once the packages have been brought."""
        for stored in self.parts.packages.packages():
            if self._is_package_due(stored):
                yield {"act": "send", "name": stored.name}
        if self._sending.locked():
            return  # what is on its way looks as if it waited; the next round is soon
        for delivery in self.parts.packages.package_deliveries(None, 1000):
            if is_due(delivery):
                yield {"act": "again", "name": delivery.package, "id": delivery.id}

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
            elif asked["act"] == "retry":
                delivery = replace(self._delivery(asked["id"]), tries=0)
            else:
                delivery = self._delivery(asked["id"])
                if not is_due(delivery):  # somebody has had it brought meanwhile
                    return show_delivery(delivery, self.parts.zone)
            return show_delivery(self._try_delivery(delivery, errand), self.parts.zone)

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
            delivery = self._write_parcel(package, delivery, errand)
            self._put(package, stored, delivery)
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

    def _write_parcel(self, package: Package, delivery: Delivery, errand: Errand | None) -> Delivery:
        """The delivery with its file, unless that is there still."""
        if package.target is None:
            raise DataError(f"The package {package.name} has no target any more.")
        path, rows = self._parcels() / str(delivery.file), delivery.rows
        if not path.exists():
            taken = self.shelf.get(package.audience, delivery.snapshot)
            since = None if delivery.since is None else self.shelf.get(package.audience, delivery.since)
            rows = self._write_package(package, taken, since, path, errand)
        return replace(delivery, rows=rows, sha256=hashlib.sha256(path.read_bytes()).hexdigest())

    def _put(self, package: Package, stored: StoredPackage, delivery: Delivery) -> None:
        """Bring the file to its target."""
        assert package.target is not None, "the file was written for it"
        secret = None if stored.secret is None else self._sealed.open(stored.secret)
        file, key = str(delivery.file), f"{package.name}-{delivery.id}"
        parcel = Parcel(file, self._parcels() / file, MEDIA[Form(package.format)], key, delivery.since is not None)
        self.parts.targets.open(package.target, secret).put(parcel)

    def _delivery(self, id: int) -> Delivery:
        found = self.parts.packages.package_deliveries(None, 1, before=id + 1)
        if not found or found[0].id != id:
            raise NotFound(f"There is no delivery {id}.", hint="`limner package deliveries` shows those there are.")
        return found[0]

    def _clear(self, name: str) -> None:
        """The files of all but the last deliveries go, and of those that wait."""
        deliveries = self.parts.packages.package_deliveries(name, 1000)
        kept = {each.file for i, each in enumerate(deliveries) if i < KEPT or each.status is Status.WAITING}
        for path in self._parcels().glob(f"{name}-*"):
            if path.name not in kept and any(path.name == each.file for each in deliveries):
                path.unlink(missing_ok=True)


def is_due(delivery: Delivery) -> bool:
    """Does it wait to be brought, and is it time by now?"""
    return delivery.status is Status.WAITING and (delivery.next_at or 0) <= now()
