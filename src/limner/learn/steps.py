"""What is done with a model: fit, evaluate, predict, explain. The same beside the server and in this process."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from limner.learn.contract import Evaluation, Reason, Said, Study
from limner.learn.declaration import Declaration
from limner.learn.kinds import KINDS
from limner.learn.quality import find_missing
from limner.learn.said import write_said
from limner.learn.shelf import read_model, write_model
from limner.model.clock import iso_time


@dataclass(frozen=True, slots=True)
class Shelved:
    """A version's files."""

    folder: Path
    sha256: str


def fit_model(declaration: Declaration, study: Study, folder: Path) -> dict[str, Any]:
    """Fit it and write it into an empty folder: ``sha256``, and the ``card``. DataError when it cannot be learned."""
    kind = KINDS[declaration.kind]
    fitted = kind.fit(declaration, study)
    study.tell("evaluate", 0, 0)
    evaluation = fitted.evaluate(declaration, study)
    sha256 = write_model(folder, kind, fitted, study.asks)
    about = fitted.about()
    return {"sha256": sha256, "card": {"about": about, **write_card(declaration, study, about, evaluation)}}


def evaluate_model(declaration: Declaration, study: Study, shelved: Shelved) -> dict[str, Any]:
    """Look at it again on the latest time whose outcome is known: what changes in its card."""
    fitted = read_model(shelved.folder, KINDS[declaration.kind], shelved.sha256)
    return write_card(declaration, study, fitted.about(), fitted.evaluate(declaration, study))


def predict_model(declaration: Declaration, study: Study, shelved: Shelved) -> Said:
    """What it says of everybody as of ``study.last``."""
    study.tell("predict", 0, 0)
    return read_model(shelved.folder, KINDS[declaration.kind], shelved.sha256).predict(declaration, study)


def explain_model(declaration: Declaration, study: Study, shelved: Shelved, customer: int) -> list[Reason]:
    fitted = read_model(shelved.folder, KINDS[declaration.kind], shelved.sha256)
    return fitted.explain(declaration, study, customer)


def carry_out(
    action: str, declaration: Declaration, study: Study, shelved: Shelved | None, out: Path
) -> dict[str, Any]:
    """``fit``, ``evaluate`` or ``predict``; files go into the empty folder ``out``. Plain values come back."""
    if action == "fit":
        return fit_model(declaration, study, out)
    assert shelved is not None, "what is not fitted now was fitted before"
    if action == "evaluate":
        return {"card": evaluate_model(declaration, study, shelved)}
    said = predict_model(declaration, study, shelved)
    return {"files": write_said(said, out), "customers": len(said.customers)}


def write_card(declaration: Declaration, study: Study, about: dict[str, Any], found: Evaluation) -> dict[str, Any]:
    """What a version's card says of how good it is."""
    zone, dates = study.zone, study.dates
    missing = find_missing(declaration, about, found)
    return {
        "dates": {
            "train": [iso_time(instant, zone) for instant in dates.train],
            "test": None if dates.test is None else iso_time(dates.test, zone),
            "last": iso_time(study.last, zone),
            "horizon": str(declaration.horizon),
        },
        "metrics": {name: None if value != value else value for name, value in found.metrics.items()},  # noqa: PLR0124
        "sizes": dict(found.sizes),
        "curves": {name: asdict(curve) for name, curve in found.curves.items()},
        "quality": dict(declaration.quality),
        "missing": missing,
        "passed": not missing,
    }
