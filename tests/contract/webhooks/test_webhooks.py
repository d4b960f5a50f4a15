"""What `ports.webhooks.Webhooks` promises. A new adapter is done when it is added to `store` and everything passes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from limner.adapters.catalog import SqlCatalog, open_catalog
from limner.errors import Conflict
from limner.ports.catalog import AuditEntry
from limner.ports.webhooks import Webhook

SHOP = Webhook("shop", "event: e\n# 映射", "data.items", "sealed-1", 5)
SURVEY = Webhook("问卷", "event: f", None, "sealed-2", 6, 7, "sealed-0", 2**60)


def test_they_come_back_as_they_were_in_their_order(store: SqlCatalog, place: Path | str) -> None:
    assert store.webhooks() == []
    store.put_webhook(SHOP)
    store.put_webhook(SURVEY)
    assert store.webhooks() == [SHOP, SURVEY]
    again = open_catalog(place)
    assert again.webhooks() == [SHOP, SURVEY]
    again.close()


def test_one_of_a_known_source_takes_its_place(store: SqlCatalog) -> None:
    store.put_webhook(SHOP)
    store.put_webhook(SURVEY)
    changed = replace(SHOP, mapping="event: g", rows=None, secret="sealed-3", created_at=9, previous_secret="sealed-1")
    store.put_webhook(changed)
    assert store.webhooks() == [changed, SURVEY]


def test_a_webhook_and_its_audit_are_kept_together_or_not_at_all(store: SqlCatalog) -> None:
    entry = AuditEntry(5, "ada", "webhook.create", "shop")
    store.put_webhook(SHOP, [entry])
    assert store.audit("shop") == [entry]
    with pytest.raises(Conflict):
        store.put_webhook(SURVEY, [replace(entry, who=None)])  # type: ignore[arg-type]
    assert store.webhooks() == [SHOP]
