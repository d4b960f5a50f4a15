"""An identity provider: who signs in elsewhere, by OpenID Connect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in on its way. All but the address stays with us, sealed in a cookie of the browser that began it."""

    url: str
    """Where the browser is sent."""
    state: str
    nonce: str
    verifier: str
    """Of PKCE."""


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom the provider vouches for."""

    subject: str
    """Issuer and id: what stays the same whatever they are called."""
    name: str
    groups: tuple[str, ...]
    """What the claim that decides about roles says."""


class Provider(Protocol):
    def begin(self, redirect_uri: str) -> Begun:
        """Raises Unavailable when the provider cannot be reached."""
        ...

    def finish(self, begun: Begun, redirect_uri: str, code: str) -> Vouched:
        """Trade the code the browser brought back for who it is. Raises DataError when what the provider answers does
        not hold, Unavailable when it cannot be reached."""
        ...
