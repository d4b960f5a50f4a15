"""An address that takes a file as the body of a POST, signed as destinations' letters are."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac

from limner.adapters.http.post import HttpPost, Timeouts
from limner.engage.patience import Verdict, judge
from limner.errors import DataError, Unavailable
from limner.model.clock import now
from limner.ports.packages import Parcel
from limner.ports.post import Answer

MOST_BYTES = 256 << 20
TIMEOUTS = Timeouts(connect=10, answer=300)


class WebhookTarget:
    def __init__(self, url: str, allow_private: bool, secret: str | None) -> None:
        self._url, self._allow_private, self._secret = url, allow_private, secret

    def put(self, parcel: Parcel) -> None:
        if (size := parcel.path.stat().st_size) > MOST_BYTES:
            raise DataError(
                f"{parcel.name} has {size:,} bytes; a webhook takes {MOST_BYTES:,}.", hint="Use s3 or sftp."
            )
        body, stamp = parcel.path.read_bytes(), now() // 1_000_000
        headers = {
            "Content-Type": parcel.media_type,
            "Content-Disposition": f'attachment; filename="{parcel.name}"',
            "User-Agent": "limner",
            "webhook-id": parcel.key,
            "webhook-timestamp": str(stamp),
        }
        if self._secret:
            headers["webhook-signature"] = sign_bytes(self._secret, parcel.key, stamp, body)
        answer = asyncio.run(self._send(headers, body))
        verdict = judge(answer)
        if verdict is Verdict.NEVER:
            raise DataError(f"{self._url} refused {parcel.name}: {answer.reason}.")
        if verdict is not Verdict.ACCEPTED:
            raise Unavailable(f"{self._url} did not take {parcel.name}: {answer.reason}.")

    async def _send(self, headers: dict[str, str], body: bytes) -> Answer:
        post = HttpPost(TIMEOUTS)
        try:
            return await post.send(self._url, headers, body, self._allow_private)
        finally:
            await post.close()


def sign_bytes(secret: str, id: str, second: int, body: bytes) -> str:
    """Standard Webhooks' signature of a body that may be no text.

    >>> secret, id = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
    >>> sign_bytes(secret, id, 1614265330, b'{"test": 2432232314}')
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    """
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = b".".join([id.encode(), str(second).encode(), body])
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
