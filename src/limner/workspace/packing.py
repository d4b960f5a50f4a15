"""Verbs about packages: audiences that are taken away as files, and how these files are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from limner.audiences.package import Form, Package, read_package
from limner.audiences.parcel import Changes, Numbers, shape_pieces, write_parcel
from limner.audiences.sets import as_array
from limner.audiences.shelf import Snapshot
from limner.errors import NotFound, did_you_mean
from limner.fold.formats import unfinished
from limner.govern.expecting import expect
from limner.govern.seal import Seal
from limner.jobs.errand import Errand
from limner.jobs.moment import hold_base, write_names
from limner.jobs.tasks import PackTask
from limner.model.clock import iso_time, now
from limner.model.column import Folded
from limner.parts import Parts
from limner.pipeline import CENSUS, Moment, fold_some, prepare
from limner.ports.catalog import AuditEntry
from limner.ports.packages import Delivery, StoredPackage
from limner.workspace.crowding import with_inputs
from limner.workspace.engaging import Engaging
from limner.workspace.opened import silent
from limner.workspace.working import spare_threads


class Packing(Engaging):
    """Packages, and their files."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self._sealed = Seal(parts.folder / "webhooks.key")

    def package_save(
        self, definition: Mapping[str, Any], secret: str | None = None, author: str = "", expected: str | None = None
    ) -> dict[str, Any]:
        """Make a package, or change all of the one with its name. A secret that is not given anew stays, as long as the
        target stays what it was; it is never shown again.

        ``expected``: its ``state`` as the caller saw it, or NEW; `Stale` or `Unseen` when it is another.
        """
        audiences = [each.name for each in self.parts.audiences.audiences()]
        package = read_package(definition, audiences, [tag.name for tag in self.tags()], self.parts.zone)
        if package.target is not None:
            self.parts.targets.check(package.target)
            if package.target["kind"] == "table" and package.format != Form.PARQUET:
                package = replace(package, format=Form.PARQUET)  # what its rows are read from
        with self._lock:
            there = next((each for each in self.parts.packages.packages() if each.name == package.name), None)
            expect(f"The package {package.name}", None if there is None else there.state, expected)
            sealed = None if secret is None else self._sealed.close(secret)
            if secret is None and there is not None and there.definition.get("target") == package.target:
                sealed = there.secret
            stored = StoredPackage(package.name, package.as_dict(), sealed, author, now())
            self.parts.packages.put_package(stored, [AuditEntry(now(), author, "package.save", package.name)])
        return self._show_package(stored)

    def package_list(self) -> list[dict[str, Any]]:
        """All of them, never their secrets, each with its last delivery."""
        return [self._show_package(each) for each in self.parts.packages.packages()]

    def package_show(self, name: str) -> dict[str, Any]:
        """One of them."""
        return self._show_package(self._package(name)[1])

    def package_drop(self, name: str, author: str = "", expected: str | None = None) -> dict[str, Any]:
        """Forget a package and its deliveries. ``expected``: its ``state`` as the caller saw it."""
        with self._lock:
            expect(f"The package {name}", self._package(name)[1].state, expected)
            self.parts.packages.drop_package(name, [AuditEntry(now(), author, "package.drop", name)])
        for path in self._parcels().glob(f"{name}-*"):
            path.unlink(missing_ok=True)
        return {"name": name}

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
        with self._same_file:
            with self._settled():
                moment = self._prepare_package(package)
            named = self._name_all(moment.snapshot.graph.root)
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
                moment = self._prepare_package(package)
                hold_base(errand.folder, moment.view)
            answer = self._leave_moment(errand, moment, as_of)
            write_names(errand.folder, self._name_all(moment.snapshot.graph.root))
            census, threads = self.parts.folder / CENSUS, spare_threads(self.parts.threads)
            task = PackTask(package, numbers, changes, as_of, census, threads, path)
            try:
                return int(errand.run(task, answer)["rows"])
            finally:
                unfinished(path, errand.pid).unlink(missing_ok=True)

    def _prepare_package(self, package: Package) -> Moment:
        """The moment to fold. The caller holds the lock."""
        return prepare(self.parts, self._one_id, with_inputs(self.tags(), package.columns), silent)

    def _parcels(self) -> Path:
        return self.parts.folder / "packages"

    def _show_package(self, stored: StoredPackage) -> dict[str, Any]:
        last = self.parts.packages.package_deliveries(stored.name, 1)
        shown = {**stored.definition, "has_secret": stored.secret is not None, "author": stored.author}
        shown |= {"saved_at": iso_time(stored.saved_at, self.parts.zone), "state": stored.state}
        return {**shown, "last": show_delivery(last[0], self.parts.zone) if last else None}


def load_package(stored: StoredPackage) -> Package:
    return Package(**{**stored.definition, "columns": tuple(stored.definition["columns"])})


def show_delivery(delivery: Delivery, zone: str) -> dict[str, Any]:
    times = {name: getattr(delivery, name) for name in ("made_at", "next_at", "done_at")}
    told = {name: None if at is None else iso_time(at, zone) for name, at in times.items()}
    plain = ("id", "package", "snapshot", "since", "tries", "rows", "file", "sha256", "reason")
    return {**{name: getattr(delivery, name) for name in plain}, "status": delivery.status.value, **told}
