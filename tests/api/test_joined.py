"""What one answer consists of is sent together."""

from __future__ import annotations

import asyncio

from limner.api.joined import MOST_HELD, JoinedWrites


class Noted(asyncio.Transport):
    """Keeps what would be sent."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:  # type: ignore[override]
        assert not self.closed
        self.sent.append(data)

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True


def test_writes_of_one_turn_are_one() -> None:
    async def run() -> None:
        noted = Noted()
        joined = JoinedWrites(noted, asyncio.get_running_loop())
        joined.write(b"head")
        joined.write(b"body")
        assert noted.sent == []
        await asyncio.sleep(0)
        joined.write(b"next")
        await asyncio.sleep(0)
        assert noted.sent == [b"headbody", b"next"]
        assert not joined.is_closing()

    asyncio.run(run())


def test_what_is_large_is_not_held() -> None:
    async def run() -> None:
        noted = Noted()
        joined = JoinedWrites(noted, asyncio.get_running_loop())
        joined.write(b"head")
        joined.write(b"x" * MOST_HELD)
        assert noted.sent == [b"head" + b"x" * MOST_HELD]
        await asyncio.sleep(0)
        assert len(noted.sent) == 1

    asyncio.run(run())


def test_the_last_answer_goes_out_before_the_connection_ends() -> None:
    async def run() -> None:
        noted = Noted()
        joined = JoinedWrites(noted, asyncio.get_running_loop())
        joined.write(b"bye")
        joined.close()
        joined.write(b"too late")
        await asyncio.sleep(0)
        assert (noted.sent, noted.closed) == ([b"bye"], True)

    asyncio.run(run())
