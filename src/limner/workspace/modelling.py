"""Verbs about models: fitted on the past, looked at, published as dated columns of the tags that name them."""

from __future__ import annotations

import logging
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

from limner.audiences.registry import rules_of
from limner.errors import Conflict, DefinitionError, LimnerError, NotFound, did_you_mean
from limner.fold.columns import load_columns
from limner.fold.dated import Rows, read_rows
from limner.fold.shape import PREDICTED_SHAPES
from limner.jobs.errand import Errand
from limner.jobs.moment import hold_base, write_plan, write_study, write_view
from limner.jobs.tasks import LearnTask
from limner.learn.contract import MAIN, Dates, Known
from limner.learn.dates import shift_days
from limner.learn.declaration import Declaration, read_model_files
from limner.learn.features import with_all_inputs
from limner.learn.kinds import KINDS
from limner.learn.plots import draw_curves
from limner.learn.said import drop_silent
from limner.learn.shelf import adopt_model, read_asks
from limner.learn.steps import Shelved, carry_out, explain_model
from limner.model.clock import iso_time, now
from limner.model.labels import labels_of
from limner.model.run import Run
from limner.model.tag import Predicted, Tag
from limner.parts import Parts
from limner.pipeline import CENSUS, prepare, read_seed, refold
from limner.ports.catalog import AuditEntry
from limner.ports.jobs import Job, Kind
from limner.ports.log import Progress
from limner.ports.models import ModelVersion
from limner.study import FoldedStudy, Then, find_ends
from limner.workspace.exporting import Exporting
from limner.workspace.opened import Instant, silent
from limner.workspace.working import answer_keys, spare_threads

SCHEDULE = "schedule"
"""The author of what nobody asked for."""
AGAIN = 3600.0
"""Seconds before what failed by schedule is tried again."""
UNITS = {"d": 86_400_000_000, "h": 3_600_000_000}
SAID = {"fit": "fitted", "publish": "published"}
DECLARED = "models"
"""Folder of what people wrote."""
FITTED = "fitted"
"""Folder of what was learned."""

log = logging.getLogger(__name__)


class Modelling(Exporting):
    """Models."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.desk.learn(Kind.MODEL, self._learn_beside)
        self._failed_models: dict[tuple[str, str], float] = {}
        """What failed by schedule (model and action), and when that was."""

    # --- what there is ---------------------------------------------------------------------------------------------

    def models_check(self) -> dict[str, Any]:
        """Read the files; DefinitionError names everything that is wrong."""
        declared = self._declared()
        known = self._known()
        for one in declared.values():
            KINDS[one.kind].asks(one, known)
        return {"models": len(declared)}

    def models_list(self) -> list[dict[str, Any]]:
        """Declared models, and those that were: how good the newest version is, and which one is published."""
        declared, versions = self._declared(), self.parts.models.versions()
        names = list(dict.fromkeys([*declared, *(one.name for one in versions)]))
        return [
            self._list_one(name, declared.get(name), [one for one in versions if one.name == name]) for name in names
        ]

    def models_show(self, name: str, version: int | None = None) -> dict[str, Any]:
        """One model: its declaration, its versions, and the card of one of them (the newest)."""
        declared, versions = self._declared(), self.parts.models.versions(name)
        if name not in declared and not versions:
            raise NotFound(f"There is no model {name!r}.", hint=did_you_mean(name, declared))
        chosen = None if not versions and version is None else choose_version(name, versions, version)
        told = [show_version(one, self.parts.zone) for one in reversed(versions)]
        return {
            **self._list_one(name, declared.get(name), versions),
            "declaration": dict(declared[name].written) if name in declared else None,
            "versions": told,
            "card": None if chosen is None else self._show_card(chosen),
        }

    def _list_one(self, name: str, declared: Declaration | None, versions: Sequence[ModelVersion]) -> dict[str, Any]:
        newest = versions[-1] if versions else None
        published = find_published(versions)
        zone = self.parts.zone
        return {
            "name": name,
            "kind": declared.kind if declared is not None else newest.kind if newest is not None else None,
            "title": dict(declared.title) if declared is not None else {},
            "declared": declared is not None,
            "version": None if newest is None else newest.version,
            "fitted_at": None if newest is None else iso_time(newest.fitted_at, zone),
            "passed": None if newest is None else bool(newest.card["passed"]),
            "missing": [] if newest is None else list(newest.card["missing"]),
            "metrics": {} if newest is None else dict(newest.card["metrics"]),
            "published": None if published is None else published.version,
            "published_at": None if published is None else iso_time(published.published_at or 0, zone),
            "tags": [tag.name for tag in self._shown_by(name)],
        }

    def _show_card(self, version: ModelVersion) -> dict[str, Any]:
        return {**show_version(version, self.parts.zone), **version.card}

    # --- what is done ----------------------------------------------------------------------------------------------

    def models_fit(
        self, name: str, as_of: Instant = None, author: str = "", progress: Progress = silent
    ) -> dict[str, Any]:
        """Fit a new version on what was known at past instants, and evaluate it on later ones; its card.

        DataError when there is too little to learn from; what was published stays.
        """
        return self._do_with_model({"action": "fit", "name": name, "as_of": as_of, "version": None}, author, progress)

    def models_evaluate(
        self,
        name: str,
        version: int | None = None,
        as_of: Instant = None,
        author: str = "",
        progress: Progress = silent,
    ) -> dict[str, Any]:
        """Look at a version (the newest) again, on the latest time whose outcome is known; its card."""
        return self._do_with_model(
            {"action": "evaluate", "name": name, "as_of": as_of, "version": version}, author, progress
        )

    def models_publish(
        self,
        name: str,
        version: int | None = None,
        as_of: Instant = None,
        author: str = "",
        progress: Progress = silent,
    ) -> dict[str, Any]:
        """Have a version (the newest) say of everybody what it thinks, and write the tags that show it.

        Conflict when it is not good enough, or no tag shows it: with what is missing. What was published stays.
        """
        self._find_declared(name)
        chosen = self._find_version(name, version)
        self._check_publishable(chosen)
        request = {"action": "predict", "name": name, "as_of": as_of, "version": chosen.version}
        return self._do_with_model(request, author, progress)

    def models_submit(
        self, action: str, name: str, version: int | None = None, as_of: Instant = None, author: str = ""
    ) -> dict[str, Any]:
        """Have it fitted, evaluated or published (``predict``) as a job, without waiting: the job. What is known to be
        wrong is said at once."""
        self._find_declared(name)
        if action != "fit":
            chosen = self._find_version(name, version)
            version = chosen.version
            if action == "predict":
                self._check_publishable(chosen)
        self._instant(as_of)
        request = {"action": action, "name": name, "as_of": as_of, "version": version}
        return self._show_job(self._submit_model(request, author))

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

    def models_plot(
        self, name: str, out: str | Path, version: int | None = None, format: str = "svg"
    ) -> dict[str, Any]:
        """Draw the curves of a version's card as files (``svg`` or ``png``) in a folder, made if it is not there."""
        chosen, folder = self._find_version(name, version), Path(out)
        folder.mkdir(parents=True, exist_ok=True)
        files = {}
        for curve, drawn in draw_curves(chosen.card["curves"], format).items():
            path = folder / f"{name}-{chosen.version}-{curve}.{format}"
            path.write_bytes(drawn)
            files[curve] = str(path)
        return {"model": name, "version": chosen.version, "files": files}

    def models_draw(self, name: str, curve: str, version: int | None = None, format: str = "svg") -> bytes:
        """One of them. NotFound, with those there are."""
        curves = self._find_version(name, version).card["curves"]
        if curve not in curves:
            raise NotFound(f"{name} has no curve {curve!r}.", hint=did_you_mean(curve, curves))
        return draw_curves({curve: curves[curve]}, format)[curve]

    def _do_with_model(self, request: Mapping[str, Any], author: str, progress: Progress) -> dict[str, Any]:
        self._find_declared(request["name"])
        self._instant(request["as_of"])
        if self.desk.is_open:
            subject = f"{request['action']} {request['name']}"
            return dict(self._beside(Kind.MODEL, request, subject, author, progress))
        with tempfile.TemporaryDirectory(prefix=".model-", dir=self.parts.folder) as scratch:
            with self._settled():
                declared, asks, shelved = self._wanted(request)
                study = self._study(declared, asks, request["action"], request["as_of"], progress)
            began = time.perf_counter()
            result = carry_out(request["action"], declared, study, shelved, Path(scratch))
            return self._conclude(request, declared, study, result, Path(scratch), author, began)

    def _submit_model(self, request: Mapping[str, Any], author: str) -> Job:
        return self.desk.submit(Kind.MODEL, request, f"{request['action']} {request['name']}", author).job

    def _learn_beside(self, errand: Errand) -> dict[str, Any]:
        request, folder = errand.request, errand.folder
        with self._same_file:
            with self._settled():
                declared, asks, shelved = self._wanted(request)
                study = self._study(declared, asks, request["action"], request["as_of"], errand.tell)
                hold_base(folder, study.view)
            write_view(folder, study.view)
            write_plan(folder, study.plan, {path: study.plan.types(path) for path in study.plan.kinds})
            write_study(folder, replace(study, threads=spare_threads(self.parts.threads)))
            began = time.perf_counter()
            out = folder / "out"
            out.mkdir()
            task = LearnTask(request["action"], declared, shelved, self.parts.folder / CENSUS, out)
            result = errand.run(task, answer_keys(study.view))
        return self._conclude(request, declared, study, result, out, errand.job.who, began)

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

    # --- by schedule -----------------------------------------------------------------------------------------------

    def models_round(self) -> list[dict[str, Any]]:
        """Fit and publish what is due by its schedule, each whatever became of the others; what failed is tried again
        after a while."""
        done = []
        try:
            declarations = self._declared()
        except DefinitionError:  # who wrote them is told by `models check`, and by every other verb
            return []
        for name, declared in declarations.items():
            for action in self._due(declared):
                if self._failed_models.get((name, action), -AGAIN) + AGAIN > time.monotonic():
                    continue
                try:
                    do = self.models_fit if action == "fit" else self.models_publish
                    done.append(do(name, author=SCHEDULE))
                    self._failed_models.pop((name, action), None)
                except LimnerError as error:
                    self._failed_models[name, action] = time.monotonic()
                    log.warning("The model %s was not %s by its schedule: %s", name, SAID[action], error)
        return done

    def _due(self, declared: Declaration) -> list[str]:
        """Of fit and publish, in this order. A version that is not good enough is not tried again and again."""
        if not declared.schedule:
            return []
        versions, instant, due = self.parts.models.versions(declared.name), now(), []
        fitted = max((one.fitted_at for one in versions), default=None)
        if is_over("fit", fitted, declared, instant):
            due.append("fit")
        published = max((one.published_at or 0 for one in versions), default=0) or None
        fit_for_it = bool(due) or (bool(versions) and bool(versions[-1].card["passed"]))
        if fit_for_it and is_over("publish", published, declared, instant):
            due.append("publish")
        return due

    # --- what comes of it ------------------------------------------------------------------------------------------

    def _conclude(
        self,
        request: Mapping[str, Any],
        declared: Declaration,
        study: FoldedStudy,
        result: Mapping[str, Any],
        out: Path,
        author: str,
        began: float,
    ) -> dict[str, Any]:
        ends: Mapping[str, Callable[..., dict[str, Any]]] = {
            "fit": self._keep_fitted,
            "evaluate": self._keep_evaluated,
            "predict": self._keep_predicted,
        }
        told = ends[request["action"]](request, declared, study, result, out, author)
        return {**told, "seconds": round(time.perf_counter() - began, 3)}

    def _keep_fitted(
        self,
        request: Mapping[str, Any],
        declared: Declaration,
        study: FoldedStudy,
        result: Mapping[str, Any],
        out: Path,
        author: str,
    ) -> dict[str, Any]:
        instant = now()
        card = {
            **result["card"],
            "title": dict(declared.title),
            "declaration": dict(declared.written),
            "limner": version_of("limner"),
        }
        with self._lock:
            versions = self.parts.models.versions(declared.name)
            number = 1 + max((one.version for one in versions), default=0)
            adopt_model(out, self._folder_of(declared.name, number))
            version = ModelVersion(
                declared.name,
                number,
                declared.kind,
                instant,
                author,
                study.seq,
                declared.digest,
                result["sha256"],
                card,
            )
            audit = [AuditEntry(instant, author, "model.fit", declared.name, f"version {number}")]
            try:
                kept = self.parts.models.add_version(version, audit)
            except BaseException:
                shutil.rmtree(self._folder_of(declared.name, number), ignore_errors=True)
                raise
        return self._show_card(kept)

    def _keep_evaluated(
        self,
        request: Mapping[str, Any],
        declared: Declaration,
        study: FoldedStudy,
        result: Mapping[str, Any],
        out: Path,
        author: str,
    ) -> dict[str, Any]:
        with self._lock:
            before = self._find_version(declared.name, request["version"])
            later = replace(before, card={**before.card, **result["card"]})
            audit = [AuditEntry(now(), author, "model.evaluate", declared.name, f"version {before.version}")]
            self.parts.models.put_version(later, audit)
        return self._show_card(later)

    def _keep_predicted(
        self,
        request: Mapping[str, Any],
        declared: Declaration,
        study: FoldedStudy,
        result: Mapping[str, Any],
        out: Path,
        author: str,
    ) -> dict[str, Any]:
        """Write the dated columns: at the instant that was asked for, else now."""
        at = now() if request["as_of"] is None else study.last
        written = {}
        with self._settled():
            version = self._find_version(declared.name, request["version"])
            source = f"{declared.name} v{version.version}"
            for tag in self._check_publishable(version):
                assert isinstance(tag.definition, Predicted), "others show no model"
                file = result["files"][tag.definition.output]
                rows = drop_silent(read_rows(out / file))
                written[tag.name] = self._write_tag(tag, rows, at, source, author)
            self.parts.models.put_version(replace(version, published_at=at), [])
        self._show_at(at)
        zone = self.parts.zone
        return {
            "model": declared.name,
            "version": version.version,
            "predicted_at": iso_time(at, zone),
            "as_of": iso_time(study.last, zone),
            "customers": result["customers"],
            "tags": written,
        }

    def _show_at(self, at: int) -> None:
        """Without a live state counts and exports are of the kept columns' instant: bring them up to what was just
        predicted."""
        with self._settled():
            kept = None if self._live is not None else load_columns(self.parts.folder / "columns")
            if kept is not None and kept.folded.as_of < at:
                self._stored = None
                refold(self.parts, self._one_id, self.tags(), at, silent)

    def _write_tag(self, tag: Tag, rows: Rows, at: int, source: str, author: str) -> int:
        run = Run(0, tag.name, at, rows.column.type, len(rows.nodes), author, source)
        self.parts.dated.add(run, rows, [AuditEntry(at, author, "model.publish", tag.name, source)])
        return len(rows.nodes)

    # --- who is who ------------------------------------------------------------------------------------------------

    def _declared(self) -> dict[str, Declaration]:
        return read_model_files(self.parts.folder / DECLARED, KINDS)[0]

    def _find_declared(self, name: str) -> Declaration:
        declared = self._declared()
        if name not in declared:
            hint = did_you_mean(name, declared) or f"Declare it in {DECLARED}/*.yaml."
            raise NotFound(f"There is no model {name!r}.", hint=hint)
        return declared[name]

    def _find_version(self, name: str, version: int | None) -> ModelVersion:
        """A version of a model, the newest. NotFound."""
        return choose_version(name, self.parts.models.versions(name), version)

    def _shown_by(self, name: str) -> list[Tag]:
        """The published tags that show a model."""
        return [tag for tag in self.tags() if isinstance(tag.definition, Predicted) and tag.definition.model == name]

    def _check_publishable(self, version: ModelVersion) -> list[Tag]:
        """The tags that show it. Conflict with what is missing."""
        declared = self._find_declared(version.name)
        if not version.card["passed"]:
            missing = " ".join(version.card["missing"])
            raise Conflict(
                f"{version.name} v{version.version} is not published: {missing}",
                hint="What was published before stays as it is.",
            )
        outputs, tags = KINDS[declared.kind].outputs(declared), self._shown_by(version.name)
        if not tags:
            hint = f"Declare one, {{layer: prediction, model: {version.name}}}, and `limner tags apply`."
            raise Conflict(f"No published tag shows {version.name}.", hint=hint)
        for tag in tags:
            assert isinstance(tag.definition, Predicted), "others show no model"
            output, given = tag.definition.output, tag.definition.given
            if output not in outputs:
                named = [name for name in outputs if name != MAIN]
                raise Conflict(f"{tag.name}: {version.name} says no {output!r}.", hint=did_you_mean(output, named))
            wanted = outputs[output].given
            if PREDICTED_SHAPES[wanted] != PREDICTED_SHAPES[given]:
                said = f"{tag.name} takes {given}, but what {version.name} says is {wanted}."
                raise Conflict(said, hint=f"Write model: {{name: {version.name}, type: {wanted}}}.")
        return tags

    def _known(self) -> Known:
        tags = self.tags()
        return Known(
            tags=tags,
            events=self.parts.seen.events(),
            audiences=rules_of(self.parts.audiences.audiences()),
            labels=labels_of(self.parts.tracking).with_tags(tags),
        )

    def _folder_of(self, name: str, version: int) -> Path:
        return self.parts.folder / FITTED / f"{name}-{version}"

    def _shelved(self, version: ModelVersion) -> Shelved:
        return Shelved(self._folder_of(version.name, version.version), version.sha256)


def choose_version(name: str, versions: Sequence[ModelVersion], number: int | None) -> ModelVersion:
    """One of a model's versions; None = the newest. NotFound."""
    if not versions:
        raise NotFound(f"{name} was never fitted.", hint=f"`limner models fit {name}` does.")
    if number is None:
        return versions[-1]
    for version in versions:
        if version.version == number:
            return version
    raise NotFound(f"{name} has no version {number}.", hint=f"It has versions 1 to {versions[-1].version}.")


def is_over(action: str, last: int | None, declared: Declaration, instant: int) -> bool:
    """Has the time between two of these gone by?"""
    span = declared.schedule.get(action)
    return span is not None and (last is None or last + span.length * UNITS[span.unit] <= instant)


def find_published(versions: Sequence[ModelVersion]) -> ModelVersion | None:
    """The one whose predictions are shown."""
    published = [one for one in versions if one.published_at is not None]
    return max(published, key=lambda one: one.published_at or 0, default=None)


def show_version(version: ModelVersion, zone: str) -> dict[str, Any]:
    """All but the card."""
    at = version.published_at
    return {
        "name": version.name,
        "version": version.version,
        "kind": version.kind,
        "fitted_at": iso_time(version.fitted_at, zone),
        "author": version.author,
        "watermark": version.seq,
        "digest": version.digest,
        "published_at": None if at is None else iso_time(at, zone),
        "passed": version.card["passed"],
        "missing": version.card["missing"],
    }
