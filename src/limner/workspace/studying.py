"""The past as a model is to see it, and why it thinks what it thinks of one customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from limner.learn.contract import Dates
from limner.learn.dates import shift_days
from limner.learn.declaration import Declaration
from limner.learn.features import with_all_inputs
from limner.learn.kinds import KINDS
from limner.learn.shelf import read_asks
from limner.learn.steps import Shelved, explain_model
from limner.model.clock import iso_time
from limner.model.tag import Tag
from limner.pipeline import CENSUS, prepare, read_seed
from limner.ports.log import Progress
from limner.study import FoldedStudy, Then, find_ends
from limner.workspace.opened import Instant, silent
from limner.workspace.shelving import Shelving


class Studying(Shelving):
    """Studies."""

    def models_explain(self, name: str, key: str, version: int | None = None) -> dict[str, Any]:
        """Why a customer's prediction would be what it is now: the strongest reasons, in words."""
        declared, chosen = self._find_declared(name), self._find_version(name, version)
        shelved = self._shelved(chosen)
        with self._settled():
            number = self._one_id.refresh().resolve(key)
            study = self._study(declared, read_asks(shelved.folder), "explain", None, silent)
        reasons = explain_model(declared, study.of_one(number), shelved, number)
        return {
            "customer_id": f"c{number}",
            "model": name,
            "version": chosen.version,
            "as_of": iso_time(study.last, self.parts.zone),
            "reasons": [reason.as_dict() for reason in reasons],
        }

    def _wanted(self, request: Mapping[str, Any]) -> tuple[Declaration, list[Tag], Shelved | None]:
        """What a request is about: the declaration, the tags to be folded, the version's files."""
        declared = self._find_declared(request["name"])
        if request["action"] == "fit":
            return declared, list(KINDS[declared.kind].asks(declared, self._known())), None
        shelved = self._shelved(self._find_version(declared.name, request["version"]))
        return declared, read_asks(shelved.folder), shelved

    def _study(
        self, declared: Declaration, asks: Sequence[Tag], action: str, as_of: Instant, progress: Progress
    ) -> FoldedStudy:
        """The past, ready to be looked at. The caller holds the lock."""
        parts, instant = self.parts, self._instant(as_of)
        moment = prepare(parts, self._one_id, with_all_inputs(asks, self.tags()), progress)
        ends = find_ends(moment.view, instant)
        last = instant if as_of is not None else ends.last
        looking = action in ("fit", "evaluate")
        dates = KINDS[declared.kind].dates(declared, ends.first, last, parts.zone) if looking else Dates()
        if action == "evaluate":
            dates = Dates((), dates.test)
        wanted = dates.all() if as_of is None else sorted({*dates.all(), last})
        thens = {}
        for place, one in enumerate(wanted):
            progress("who was who", place, len(wanted))
            snapshot = self._one_id.snapshot_at(one)
            thens[one] = Then(
                snapshot.graph.customer_of, read_seed(parts, replace(moment, snapshot=snapshot), one, one)
            )
        outcomes = {shift_days(one, declared.horizon.length, parts.zone) for one in dates.all()}
        return FoldedStudy(
            view=moment.view,
            plan=moment.plan,
            asks=list(asks),
            thens=thens,
            later={one: read_seed(parts, moment, None, one) for one in sorted({*outcomes, last})},
            root=moment.snapshot.graph.root,
            dates=dates,
            first=ends.first,
            last=last,
            seq=moment.seq,
            zone=parts.zone,
            census=parts.folder / CENSUS,
            threads=parts.threads,
            progress=progress,
        )
