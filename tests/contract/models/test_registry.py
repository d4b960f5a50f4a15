"""What `ports.models.Models` promises. A new adapter is done when it is added to `models`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from limner.adapters.catalog import SqlCatalog, SqlModels
from limner.errors import Conflict, NotFound
from limner.ports.catalog import AuditEntry
from limner.ports.models import ModelVersion

FITTED = ModelVersion("churn", 0, "churn", 7, "ada", 99, "d" * 64, "s" * 64, {"passed": True, "metrics": {"auc": 0.8}})


@pytest.fixture
def models(store: SqlCatalog) -> SqlModels:
    return SqlModels(store)


def test_versions_are_numbered_by_model(models: SqlModels) -> None:
    assert models.versions() == []
    kept = [models.add_version(FITTED), models.add_version(FITTED), models.add_version(replace(FITTED, name="值"))]
    assert [(one.name, one.version) for one in kept] == [("churn", 1), ("churn", 2), ("值", 1)]
    assert models.versions("churn") == kept[:2]
    assert models.versions() == kept


def test_card_and_publication_change_and_nothing_else(models: SqlModels) -> None:
    kept = models.add_version(FITTED)
    later = replace(kept, card={"passed": False}, published_at=12)
    models.put_version(replace(later, author="eve", sha256="x"))
    assert models.versions() == [later]
    with pytest.raises(NotFound):
        models.put_version(replace(kept, version=5))


def test_a_version_and_its_audit_are_kept_together_or_not_at_all(models: SqlModels, store: SqlCatalog) -> None:
    entry = AuditEntry(5, "ada", "model.fit", "churn")
    models.add_version(FITTED, [entry])
    assert store.audit("churn") == [entry]
    with pytest.raises(Conflict):
        models.add_version(FITTED, [replace(entry, who=None)])  # type: ignore[arg-type]
    assert len(models.versions()) == 1
