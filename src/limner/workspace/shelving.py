"""Verbs that look at models: what is declared, what was fitted, and which of it is shown by which tags."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from limner.audiences.registry import rules_of
from limner.errors import Conflict, DefinitionError, NotFound, did_you_mean
from limner.fold.shape import PREDICTED_SHAPES
from limner.learn.contract import MAIN, Known
from limner.learn.declaration import Declaration, parse_model
from limner.learn.declared import Declared, read_model_files
from limner.learn.kinds import KINDS
from limner.learn.plots import Language, draw_curves
from limner.learn.steps import Shelved
from limner.model.clock import iso_time
from limner.model.labels import labels_of
from limner.model.tag import Predicted, Tag
from limner.ports.models import ModelVersion
from limner.workspace.opened import Opened

DECLARED = "models"
"""Folder of what people wrote."""
FITTED = "fitted"
"""Folder of what was learned."""


class Shelving(Opened):
    """Models as they stand on the shelf."""

    def models_check(self) -> dict[str, Any]:
        """Read the files; DefinitionError names everything that is wrong."""
        declared, known = self._declared(), self._known()
        problems = list(declared.problems)
        for one in declared.models.values():
            try:
                KINDS[one.kind].asks(one, known)
            except DefinitionError as error:
                problems += error.problems
        Declared({}, problems).raise_problems()
        return {"models": len(declared.models)}

    def models_list(self) -> list[dict[str, Any]]:
        """Declared models, and those that were: how good the newest version is, and which one is published."""
        read, versions = self._declared(), self.parts.models.versions()
        read.raise_problems()
        declared = read.models
        names = list(dict.fromkeys([*declared, *(one.name for one in versions)]))
        return [
            self._list_one(name, declared.get(name), [one for one in versions if one.name == name]) for name in names
        ]

    def models_show(self, name: str, version: int | None = None) -> dict[str, Any]:
        """One model: its declaration, its versions, and the card of one of them (the newest)."""
        read, versions = self._declared(), self.parts.models.versions(name)
        if not versions:
            read.find(name, DECLARED)
        declared = read.models
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

    def models_plot(
        self,
        name: str,
        out: str | Path,
        version: int | None = None,
        format: str = "svg",
        language: Language = "en",
    ) -> dict[str, Any]:
        """Draw the curves of a version's card as files (``svg`` or ``png``) in a folder, made if it is not there."""
        chosen, folder = self._find_version(name, version), Path(out)
        folder.mkdir(parents=True, exist_ok=True)
        files = {}
        for curve, drawn in draw_curves(chosen.card["curves"], format, language).items():
            path = folder / f"{name}-{chosen.version}-{curve}.{format}"
            path.write_bytes(drawn)
            files[curve] = str(path)
        return {"model": name, "version": chosen.version, "files": files}

    def models_draw(
        self, name: str, curve: str, version: int | None = None, format: str = "svg", language: Language = "en"
    ) -> bytes:
        """One of them. NotFound, with those there are."""
        curves = self._find_version(name, version).card["curves"]
        if curve not in curves:
            raise NotFound(f"{name} has no curve {curve!r}.", hint=did_you_mean(curve, curves))
        return draw_curves({curve: curves[curve]}, format, language)[curve]

    def _declared(self) -> Declared:
        return read_model_files(self.parts.folder / DECLARED, KINDS)

    def _find_declared(self, name: str) -> Declaration:
        return self._declared().find(name, DECLARED)

    def _serving_declared(self) -> dict[str, Declaration]:
        """Declared models, and fitted ones as they were declared then, while something of the files cannot be read."""
        read = self._declared()
        newest = {one.name: one for one in self.parts.models.versions()} if read.problems else {}
        before = {name: one.card["declaration"] for name, one in newest.items() if name not in read.models}
        return {**read.models, **{name: parse_model(name, written, KINDS) for name, written in before.items()}}

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
