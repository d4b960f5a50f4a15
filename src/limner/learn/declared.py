"""What the files of a workspace declare. A mistake in one model keeps no other from its work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from limner.errors import DefinitionError, NotFound, Problem, did_you_mean
from limner.learn.declaration import Declaration, Kinds, read_model
from limner.model.place import Place
from limner.model.yaml_text import load_yaml

SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Declared:
    models: Mapping[str, Declaration]
    """Those that can be read, by name."""
    problems: Sequence[Problem] = ()
    """Everything that is wrong with the others."""

    def find(self, name: str, folder: str) -> Declaration:
        """NotFound; DefinitionError where it may be one of those that cannot be read."""
        if name not in self.models:
            self.raise_problems()
            hint = did_you_mean(name, self.models) or f"Declare it in {folder}/*.yaml."
            raise NotFound(f"There is no model {name!r}.", hint=hint)
        return self.models[name]

    def raise_problems(self) -> None:
        if self.problems:
            raise DefinitionError(list(self.problems))


def read_model_files(folder: Path, kinds: Kinds) -> Declared:
    """All models of the folder's YAML files."""
    files = sorted(path for path in folder.glob("*") if path.suffix in SUFFIXES and path.is_file())
    found: dict[str, Declaration] = {}
    sources: dict[str, str] = {}
    problems: list[Problem] = []
    for file in files:
        where = f"{folder.name}/{file.name}"
        try:
            declared = read_models(load_yaml(file.read_bytes(), where), Place(where, problems=problems), kinds)
        except DefinitionError as error:
            problems += error.problems
            continue
        for one in declared:
            if one.name in found:
                said = f"the name is taken: {sources[one.name]} has a model {one.name!r} already."
                problems.append(Problem(f"{where}: {one.name}", "", said, "Rename one of them, or delete it."))
            else:
                found[one.name], sources[one.name] = one, where
    return Declared(found, problems)


def read_models(data: object, place: Place, kinds: Kinds) -> list[Declaration]:
    """Models under the key ``models`` of one file: those that can be read, what is wrong with others being told."""
    fields = place.mapping({} if data is None else data, "a file of models") or {}
    place.only(fields, ("models",), "a file of models")
    named = place.at("models").mapping(fields.get("models") or {}, "models") or {}
    read = [
        read_model(name, data, Place(f"{place.where}: {name}", problems=place.problems), kinds)
        for name, data in named.items()
    ]
    return [one for one in read if one is not None]
