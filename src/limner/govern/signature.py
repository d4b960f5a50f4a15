"""Signed deliveries, by the Standard Webhooks specification: who signed it, not long ago, and not twice the same."""

from __future__ import annotations

import base64
import secrets
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from time import monotonic

from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from limner.errors import LimnerError

HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
LONGEST_ID = 200
"""Bytes; it becomes part of event ids."""
TOLERANCE = 300
"""Seconds by which the sender's clock, or the way here, may be off; the library's."""
MOST_REMEMBERED = 100_000
"""Deliveries; what is beyond is still harmless, for events are known by their ids."""


class Unsigned(LimnerError):
    """A request nobody who knows the secret has just signed."""

    code = "unauthorised"


@dataclass(frozen=True, slots=True)
class Signed:
    """A delivery whose signature is right."""

    id: str
    """The sender's, the same at every try of this delivery."""
    second: int
    """Unix time of this try."""


def make_secret() -> str:
    """256 random bits, as the specification writes them."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def sign(secret: str, id: str, second: int, body: bytes) -> dict[str, str]:
    """The headers of a delivery at this Unix time; the body is UTF-8."""
    signature = Verifier(secret).sign(id, datetime.fromtimestamp(second, UTC), body.decode())
    return dict(zip(HEADERS, (id, str(second), signature)))


def verify(trusted: Sequence[str], headers: Mapping[str, str], body: bytes) -> Signed:
    """Whether one of these secrets signed the body. Raises Unsigned with what is wrong.

    Signatures are compared in a time that says nothing about them, by the library.
    """
    told = {name: headers.get(name, "") for name in HEADERS}
    missing = [name for name in HEADERS if not told[name]]
    if missing:
        raise Unsigned(f"The request has no {' and no '.join(missing)}.", hint="See standardwebhooks.com.")
    if len(told["webhook-id"].encode("utf-8", "replace")) > LONGEST_ID or not told["webhook-id"].isprintable():
        raise Unsigned(f"Its webhook-id is not a line of at most {LONGEST_ID} bytes.")
    reason = "no secret"
    for secret in trusted:
        try:
            Verifier(secret).verify(body, told, json_parse=False)
            return Signed(told["webhook-id"], int(float(told["webhook-timestamp"])))
        except WebhookVerificationError as error:
            reason = str(error)
        except ValueError:  # a signature that is not "VERSION,BASE64", or a body that is not UTF-8
            reason = "Malformed signature or body"
    raise Unsigned(f"The request is not signed as it should be: {reason}.", hint="Check the secret and the clock.")


class Replays:
    """The tries confirmed not long ago: the same one again is a copy somebody took on the way.

    A sender that tries again says so with a new timestamp, signs it anew, and is welcome. Threads may share it.
    """

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self._most = most
        self._lock = Lock()
        self._until: OrderedDict[tuple[str, Signed], float] = OrderedDict()

    def refuse_copy(self, source: str, signed: Signed) -> None:
        """Raises Unsigned when this try has been confirmed already."""
        with self._lock:
            known = (source, signed) in self._until
        if known:
            raise Unsigned("This very request has been received before.", hint="Sign it anew to try again.")

    def remember(self, source: str, signed: Signed) -> None:
        """Until its timestamp is too old anyway."""
        with self._lock:
            moment = monotonic()
            while self._until and (len(self._until) >= self._most or next(iter(self._until.values())) < moment):
                self._until.popitem(last=False)
            self._until[source, signed] = moment + 2 * TOLERANCE
