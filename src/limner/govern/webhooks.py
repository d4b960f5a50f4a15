"""Webhooks: made, rotated, disabled, and held against every request that claims to be theirs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from threading import Lock
from time import monotonic
from typing import Any

from limner.errors import Conflict, DataError, NotFound, Unavailable
from limner.govern.expecting import expect
from limner.govern.keys import FRESH, GRACE
from limner.govern.seal import Seal
from limner.govern.signature import Replays, Signed, make_secret, verify
from limner.model.clock import iso_time, now
from limner.model.dump import digest_state
from limner.ports.catalog import AuditEntry
from limner.ports.webhooks import Webhook, Webhooks

SOURCE = re.compile(r"\w[\w.-]{0,99}")
"""Names that can stand in a path."""


@dataclass(frozen=True, slots=True)
class ShownWebhook:
    """A webhook as it is shown. The secret is there once, when it was made."""

    webhook: Webhook
    zone: str
    secret: str | None = None

    @property
    def state(self) -> str:
        """Another one with every change."""
        return state_of(self.webhook)

    def as_dict(self) -> dict[str, Any]:
        """``source, path, mapping, rows, created_at, disabled_at, old_secret_until, state`` and, once, ``secret``."""
        document = {
            "source": self.webhook.source,
            "path": f"/v1/webhooks/{self.webhook.source}",
            "mapping": self.webhook.mapping,
            "rows": self.webhook.rows,
            "created_at": self._time(self.webhook.created_at),
            "disabled_at": self._time(self.webhook.disabled_at),
            "old_secret_until": self._time(self.webhook.previous_until),
            "state": self.state,
        }
        return document if self.secret is None else {**document, "secret": self.secret}

    def _time(self, instant: int | None) -> str | None:
        return None if instant is None else iso_time(instant, self.zone)


class WebhookRing:
    """The catalog's webhooks, kept at hand. One per process, shared between threads."""

    def __init__(self, webhooks: Webhooks, seal: Seal, zone: str, clock: Callable[[], int] = now) -> None:
        self._webhooks = webhooks
        self._seal = seal
        self._zone = zone
        self._clock = clock
        self._changing = Lock()
        self._replays = Replays()
        self._known: Mapping[str, Webhook] = {}
        self._read_at: float | None = None

    def list_webhooks(self) -> list[ShownWebhook]:
        """All, disabled ones too, in the order they were first made."""
        return [ShownWebhook(self._settled(webhook), self._zone) for webhook in self._webhooks.webhooks()]

    def show(self, source: str) -> ShownWebhook:
        """One webhook, disabled or not. Raises NotFound."""
        return ShownWebhook(self._get(source), self._zone)

    def create(self, source: str, mapping: str, rows: str | None = None, author: str = "") -> ShownWebhook:
        """A webhook with a new secret; a disabled one of that name is made anew. The mapping was checked before."""
        if not SOURCE.fullmatch(source):
            raise DataError(f"{source[:100]!r} is no name of a source.", hint="Letters, digits, and _ . - after them.")
        secret = make_secret()
        with self._changing:
            there = self._find(source)
            if there is not None and there.disabled_at is None:
                raise Conflict(
                    f"There is a webhook {source} already.", hint="Rotate its secret, or change its mapping."
                )
            webhook = Webhook(source, mapping, rows, self._seal.close(secret), self._clock())
            self._keep(webhook, "webhook.create", author)
        return ShownWebhook(webhook, self._zone, secret)

    def remap(
        self, source: str, mapping: str, rows: str | None = None, author: str = "", expected: str | None = None
    ) -> ShownWebhook:
        """Another mapping; the secret stays. What came before is not read again, but for the rejects when retried.

        ``expected``: its state as the caller saw it.
        """
        with self._changing:
            webhook = replace(self._in_use(source, expected), mapping=mapping, rows=rows)
            self._keep(webhook, "webhook.map", author)
        return ShownWebhook(webhook, self._zone)

    def rotate(self, source: str, at_once: bool = False, author: str = "", expected: str | None = None) -> ShownWebhook:
        """A new secret; the one before works for a day, or no longer when ``at_once``."""
        secret = make_secret()
        with self._changing:
            webhook = self._in_use(source, expected)
            webhook = replace(
                webhook,
                secret=self._seal.close(secret),
                previous_secret=None if at_once else webhook.secret,
                previous_until=None if at_once else self._clock() + GRACE,
            )
            self._keep(webhook, "webhook.rotate", author)
        return ShownWebhook(webhook, self._zone, secret)

    def disable(self, source: str, author: str = "", expected: str | None = None) -> ShownWebhook:
        """End it. Once more changes nothing."""
        with self._changing:
            webhook = self._expect(source, expected)
            if webhook.disabled_at is None:
                webhook = replace(webhook, disabled_at=self._clock(), previous_secret=None, previous_until=None)
                self._keep(webhook, "webhook.disable", author)
        return ShownWebhook(webhook, self._zone)

    def mappings(self) -> dict[str, str]:
        """The mapping's text of every source that has one."""
        return {webhook.source: webhook.mapping for webhook in self._webhooks.webhooks()}

    def find(self, source: str) -> Webhook:
        """The webhook in use. Raises NotFound. Asked with every request, it asks the catalog now and then."""
        read_at = self._read_at
        if read_at is None or monotonic() - read_at > FRESH:
            self._known = {webhook.source: webhook for webhook in self._webhooks.webhooks()}
            self._read_at = monotonic()
        webhook = self._known.get(source)
        if webhook is None or webhook.disabled_at is not None:
            raise NotFound(
                f"There is no webhook {source[:100]!r}.", hint="`limner webhooks list` shows those there are."
            )
        return webhook

    def check(self, webhook: Webhook, headers: Mapping[str, str], body: bytes) -> Signed:
        """Whether the request is the sender's own, and new. Raises Unsigned.

        ``headers``: names in lower case. Call `confirm` once the delivery is safe: until then the same is welcome.
        """
        webhook = self._settled(webhook)
        secrets = [self._seal.open(webhook.secret)]
        if webhook.previous_secret is not None:
            with suppress(Unavailable):  # it was rotated because its key was lost
                secrets.append(self._seal.open(webhook.previous_secret))
        signed = verify(secrets, headers, body)
        self._replays.refuse_copy(webhook.source, signed)
        return signed

    def confirm(self, webhook: Webhook, signed: Signed) -> None:
        self._replays.remember(webhook.source, signed)

    def _keep(self, webhook: Webhook, action: str, author: str) -> None:
        self._webhooks.put_webhook(webhook, [AuditEntry(self._clock(), author, action, webhook.source)])
        self._read_at = None

    def _find(self, source: str) -> Webhook | None:
        found = (webhook for webhook in self._webhooks.webhooks() if webhook.source == source)
        return next(found, None)

    def _get(self, source: str) -> Webhook:
        webhook = self._find(source)
        if webhook is None:
            raise NotFound(
                f"There is no webhook {source[:100]!r}.", hint="`limner webhooks list` shows those there are."
            )
        return self._settled(webhook)

    def _expect(self, source: str, expected: str | None) -> Webhook:
        """The webhook, if it is as the caller saw it. Raises Stale."""
        webhook = self._get(source)
        expect(f"The webhook {source}", state_of(webhook), expected)
        return webhook

    def _in_use(self, source: str, expected: str | None) -> Webhook:
        webhook = self._expect(source, expected)
        if webhook.disabled_at is not None:
            raise Conflict(f"The webhook {source} is disabled.", hint="Make it anew: `limner webhooks create`.")
        return webhook

    def _settled(self, webhook: Webhook) -> Webhook:
        """Without a previous secret whose time is over."""
        over = webhook.previous_until is not None and webhook.previous_until <= self._clock()
        return replace(webhook, previous_secret=None, previous_until=None) if over else webhook


def state_of(webhook: Webhook) -> str:
    """Of all that somebody may change; an old secret ends by itself."""
    return digest_state([webhook.secret, webhook.mapping, webhook.rows, webhook.created_at, webhook.disabled_at])
