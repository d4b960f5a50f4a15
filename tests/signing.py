"""What a sender does by the Standard Webhooks specification, written down from its text."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time


def sign(secret: str, body: bytes, id: str = "msg_1", second: int | None = None) -> dict[str, str]:
    """The headers of a delivery; ``second`` is Unix time, now unless given."""
    second = int(time.time()) if second is None else second
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{id}.{second}.".encode() + body, hashlib.sha256).digest()
    signature = "v1," + base64.b64encode(digest).decode()
    return {"webhook-id": id, "webhook-timestamp": str(second), "webhook-signature": signature}
