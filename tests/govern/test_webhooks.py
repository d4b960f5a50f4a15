"""The life of a webhook, and its secret: shown once, kept sealed."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.signing import sign

from limner.adapters.catalog import SqlCatalog, open_catalog
from limner.errors import Conflict, DataError, NotFound, Unavailable
from limner.govern.keys import GRACE
from limner.govern.seal import Seal
from limner.govern.signature import Unsigned
from limner.govern.webhooks import WebhookRing

BODY = b"{}"


class Clock:
    now = 1_795_364_502_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[SqlCatalog]:
    catalog = open_catalog(tmp_path / "catalog.sqlite")
    yield catalog
    catalog.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ring(catalog: SqlCatalog, tmp_path: Path, clock: Clock) -> WebhookRing:
    return WebhookRing(catalog, Seal(tmp_path / "webhooks.key"), "Asia/Shanghai", clock)


def passes(ring: WebhookRing, secret: str | None) -> bool:
    assert secret is not None
    try:
        ring.check(ring.find("shop"), sign(secret, BODY), BODY)
    except Unsigned:
        return False
    return True


def test_the_secret_is_shown_once_and_kept_sealed(ring: WebhookRing, tmp_path: Path) -> None:
    made = ring.create("shop", "event: e", "data.items", author="ada")
    assert made.secret is not None
    assert made.as_dict() == {
        "source": "shop",
        "path": "/v1/webhooks/shop",
        "mapping": "event: e",
        "rows": "data.items",
        "created_at": "2026-11-23T00:21:42+08:00",
        "disabled_at": None,
        "old_secret_until": None,
        "state": made.state,
        "secret": made.secret,
    }
    assert [shown.secret for shown in ring.list_webhooks()] == [None]
    plain = made.secret.removeprefix("whsec_").encode()
    assert all(plain not in path.read_bytes() for path in tmp_path.iterdir())
    assert stat.S_IMODE((tmp_path / "webhooks.key").stat().st_mode) == 0o600
    assert passes(ring, made.secret)


def test_an_old_secret_works_for_a_day_unless_it_is_ended(ring: WebhookRing, clock: Clock) -> None:
    secrets = [ring.create("shop", "").secret, ring.rotate("shop").secret]
    assert [passes(ring, secret) for secret in secrets] == [True, True]
    clock.now += GRACE
    assert [passes(ring, secret) for secret in secrets] == [False, True]
    assert ring.list_webhooks()[0].as_dict()["old_secret_until"] is None
    secrets.append(ring.rotate("shop", at_once=True).secret)
    assert [passes(ring, secret) for secret in secrets] == [False, False, True]


def test_a_disabled_one_is_unknown_until_it_is_made_anew(ring: WebhookRing, catalog: SqlCatalog) -> None:
    first = ring.create("shop", "a", author="ada")
    with pytest.raises(Conflict, match="already"):
        ring.create("shop", "b")
    assert ring.disable("shop", author="ada").webhook == ring.disable("shop").webhook
    with pytest.raises(NotFound):
        ring.find("shop")
    for change in (lambda: ring.rotate("shop"), lambda: ring.remap("shop", "c")):
        with pytest.raises(Conflict, match="disabled"):
            change()
    ring.create("shop", "b", author="ada")
    assert ring.find("shop").mapping == "b"
    assert not passes(ring, first.secret)
    acts = [entry.action for entry in catalog.audit("shop")][::-1]
    assert acts == ["webhook.create", "webhook.disable", "webhook.create"]


def test_another_mapping_keeps_the_secret(ring: WebhookRing) -> None:
    secret = ring.create("shop", "a", "x").secret
    assert ring.remap("shop", "b").secret is None
    assert (ring.find("shop").mapping, ring.find("shop").rows) == ("b", None)
    assert ring.mappings() == {"shop": "b"}
    assert passes(ring, secret)


def test_a_copy_is_refused_once_the_first_is_safe_and_not_before(ring: WebhookRing) -> None:
    made = ring.create("shop", "")
    webhook, headers = ring.find("shop"), sign(str(made.secret), BODY)
    signed = ring.check(webhook, headers, BODY)
    assert ring.check(webhook, headers, BODY) == signed, "the first may have failed"
    ring.confirm(webhook, signed)
    with pytest.raises(Unsigned, match="before"):
        ring.check(webhook, headers, BODY)
    with pytest.raises(Unsigned, match="before"):
        ring.check(webhook, {**headers, "webhook-timestamp": headers["webhook-timestamp"] + ".0"}, BODY)


@pytest.mark.parametrize("source", ["", "a/b", "a b", "../x", "x" * 101, "-a", "a\n", "a?b"])
def test_a_source_must_fit_into_a_path(ring: WebhookRing, source: str) -> None:
    with pytest.raises(DataError):
        ring.create(source, "")


def test_unknown_ones_are_said(ring: WebhookRing) -> None:
    for act in (ring.find, ring.rotate, ring.disable):
        with pytest.raises(NotFound, match="no webhook 'shop'"):
            act("shop")


def test_a_lost_key_is_said_and_rotating_mends_it(catalog: SqlCatalog, ring: WebhookRing, tmp_path: Path) -> None:
    secret = ring.create("shop", "").secret
    (tmp_path / "webhooks.key").unlink()
    again = WebhookRing(catalog, Seal(tmp_path / "webhooks.key"), "UTC")
    with pytest.raises(Unavailable, match=r"webhooks\.key is missing"):
        passes(again, secret)
    assert passes(again, again.rotate("shop").secret)
    assert not passes(again, secret)
