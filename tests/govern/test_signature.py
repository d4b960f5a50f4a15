"""Only who knows the secret, just now, and not a copy of it: the Standard Webhooks specification and its vector."""

from __future__ import annotations

import base64
import hmac
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.signing import sign

from limner.govern.signature import Replays, Signed, Unsigned, make_secret, verify

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"test": 2432232314}'
PUBLISHED = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}


def test_the_published_vector(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sign(SECRET, BODY, PUBLISHED["webhook-id"], 1614265330) == PUBLISHED

    class Then(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.fromtimestamp(1614265330 + 299, UTC)

    monkeypatch.setattr("standardwebhooks.webhooks.datetime", Then)
    assert verify([SECRET], PUBLISHED, BODY) == Signed(PUBLISHED["webhook-id"], 1614265330)


def test_any_of_the_secrets_and_of_the_signatures_will_do() -> None:
    other = make_secret()
    headers = sign(other, BODY)
    assert verify([SECRET, other], headers, BODY).id == "msg_1"
    several = f"v1,{'A' * 43}= v1a,xyz {headers['webhook-signature']}"
    assert verify([other], {**headers, "webhook-signature": several}, BODY).id == "msg_1"


@pytest.mark.parametrize("seconds", [-299, -60, 0, 60, 299])
def test_a_clock_may_be_off_by_five_minutes(seconds: int) -> None:
    verify([SECRET], sign(SECRET, BODY, second=int(time.time()) + seconds), BODY)


@pytest.mark.parametrize("seconds", [-86_400, -310, 310, 86_400])
def test_a_stale_or_early_one_is_refused(seconds: int) -> None:
    with pytest.raises(Unsigned, match=r"too (old|new)"):
        verify([SECRET], sign(SECRET, BODY, second=int(time.time()) + seconds), BODY)


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_every_header_is_needed_and_none_may_be_another(name: str) -> None:
    headers = sign(SECRET, BODY)
    with pytest.raises(Unsigned, match=name):
        verify([SECRET], {key: value for key, value in headers.items() if key != name}, BODY)
    other = sign(SECRET, BODY + b" ", "msg_2", int(time.time()) - 1)
    with pytest.raises(Unsigned):
        verify([SECRET], {**headers, name: other[name]}, BODY)


@pytest.mark.parametrize(
    "signature",
    ["v1", "v1,", "v1,x", "v1,é", ",", " ", "v1,a,b", "v2," + "A" * 43 + "=", "v1," + "A" * 43 + "=", "x" * 9000, "\0"],
)
def test_a_signature_that_is_none_is_refused_without_a_fuss(signature: str) -> None:
    with pytest.raises(Unsigned):
        verify([SECRET], {**sign(SECRET, BODY), "webhook-signature": signature}, BODY)


@pytest.mark.parametrize("timestamp", ["", "x", "nan", "inf", "-1", "1e400", "9" * 400, "0x10", "２０２６"])
def test_a_timestamp_that_is_none_is_refused_without_a_fuss(timestamp: str) -> None:
    with pytest.raises(Unsigned):
        verify([SECRET], {**sign(SECRET, BODY), "webhook-timestamp": timestamp}, BODY)


@pytest.mark.parametrize("id", ["x" * 201, "轮" * 67, "a\nb", "a\0"])
def test_an_id_that_cannot_be_kept_is_refused(id: str) -> None:
    with pytest.raises(Unsigned, match="webhook-id"):
        verify([SECRET], sign(SECRET, BODY, id), BODY)


def test_another_body_or_secret_is_refused() -> None:
    headers = sign(SECRET, BODY)
    for secret, body in ((make_secret(), BODY), (SECRET, BODY + b" "), (SECRET, b""), (SECRET, b"\xff")):
        with pytest.raises(Unsigned):
            verify([secret], headers, body)


def test_signatures_are_compared_in_constant_time_and_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[bytes, bytes]] = []

    def compare(a: bytes, b: bytes) -> bool:
        compared.append((a, b))
        return True

    monkeypatch.setattr(hmac, "compare_digest", compare)
    forged = base64.b64encode(b"\0" * 32).decode()
    verify([SECRET], {**sign(SECRET, BODY), "webhook-signature": f"v1,{forged}"}, BODY)
    assert [(len(a), len(b)) for a, b in compared] == [(32, 32)], "nothing but this decided"


def test_what_is_refused_is_not_told_the_right_signature() -> None:
    headers = sign(SECRET, BODY)
    right = headers["webhook-signature"].removeprefix("v1,")
    with pytest.raises(Unsigned) as refused:
        verify([SECRET], {**headers, "webhook-signature": "v1," + "A" * 43 + "="}, BODY)
    assert right not in str(refused.value)
    assert SECRET not in str(refused.value)


def test_secrets_are_long_and_never_the_same() -> None:
    secrets = {make_secret() for _ in range(20)}
    assert len(secrets) == 20
    assert {len(base64.b64decode(secret.removeprefix("whsec_"))) for secret in secrets} == {32}


def test_the_same_try_again_is_a_copy_and_another_try_is_not() -> None:
    replays = Replays(most=3)
    first = Signed("msg_1", 100)
    replays.refuse_copy("shop", first)
    replays.remember("shop", first)
    with pytest.raises(Unsigned, match="before"):
        replays.refuse_copy("shop", first)
    replays.refuse_copy("survey", first)
    replays.refuse_copy("shop", Signed("msg_1", 101))
    for second in (101, 102, 103):
        replays.remember("shop", Signed("msg_1", second))
    replays.refuse_copy("shop", first)
    assert len(replays._until) == 3
