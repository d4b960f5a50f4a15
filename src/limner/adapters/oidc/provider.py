"""The port Provider by OpenID Connect: authorization code with PKCE, the ID token checked against the issuer's keys."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Lock
from time import monotonic
from typing import Any

from limner.errors import DataError, MissingExtra, Unavailable
from limner.ports.provider import Begun, Vouched
from limner.settings import OidcSettings

try:
    import requests
    from authlib.integrations.base_client.errors import OAuthError
    from authlib.integrations.requests_client import OAuth2Session
    from authlib.oidc.core import CodeIDToken
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet
except ImportError as error:
    raise MissingExtra("Signing in by OpenID Connect", "oidc") from error

SCOPE = "openid profile email"
PATIENCE = 10
"""Seconds for each answer of the provider."""
FRESH = 600.0
"""Seconds for which what it says of itself is not asked again."""
LEEWAY = 60
"""Seconds its clock may be off."""
ALGORITHMS = ["RS256", "ES256", "PS256", "EdDSA", "RS384", "RS512", "ES384", "ES512"]
"""Of signatures by a key only the provider has: never `none`, nor one with a secret we have too."""


class OidcProvider:
    """Safe to share between threads."""

    def __init__(self, settings: OidcSettings) -> None:
        self._settings = settings
        self._lock = Lock()
        self._said: tuple[float, Mapping[str, Any]] | None = None

    def begin(self, redirect_uri: str) -> Begun:
        verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
        with self._session(redirect_uri) as session:
            url, state = session.create_authorization_url(
                self._say()["authorization_endpoint"], code_verifier=verifier, nonce=nonce
            )
        return Begun(url, state, nonce, verifier)

    def finish(self, begun: Begun, redirect_uri: str, code: str) -> Vouched:
        said = self._say()
        with self._session(redirect_uri) as session:
            token = session.fetch_token(
                said["token_endpoint"], code=code, code_verifier=begun.verifier, timeout=PATIENCE
            )
            keys = requests.get(said["jwks_uri"], timeout=PATIENCE).json()
        if "id_token" not in token:
            raise DataError("The identity provider sent no ID token.")
        return self._read(token["id_token"], keys, begun.nonce)

    def _read(self, id_token: str, keys: Any, nonce: str) -> Vouched:
        known = self._settings
        wanted = {
            "iss": {"essential": True, "value": known.issuer},
            "aud": {"essential": True, "value": known.client_id},
        }
        try:
            decoded = jwt.decode(id_token, KeySet.import_key_set(keys), algorithms=ALGORITHMS)
            claims = CodeIDToken(decoded.claims, decoded.header, wanted, {"nonce": nonce, "client_id": known.client_id})
            claims.validate(leeway=LEEWAY)
        except (JoseError, ValueError) as error:
            raise DataError(f"The identity provider's ID token does not hold: {error}.") from None
        said = claims.get(known.role_claim, [])
        groups = (said,) if isinstance(said, str) else tuple(map(str, said)) if isinstance(said, list) else ()
        name = str(claims.get("preferred_username") or claims.get("email") or claims["sub"])
        return Vouched(f"{known.issuer} {claims['sub']}", name, groups)

    def _say(self) -> Mapping[str, Any]:
        """What the issuer says of itself: where to send whom."""
        with self._lock:
            if self._said is None or monotonic() - self._said[0] > FRESH:
                with _reaching():
                    place = f"{self._settings.issuer.rstrip('/')}/.well-known/openid-configuration"
                    answer = requests.get(place, timeout=PATIENCE)
                    answer.raise_for_status()
                    said = answer.json()
                if said.get("issuer") != self._settings.issuer:
                    raise DataError(
                        f"{place} speaks for the issuer {said.get('issuer')!r}, not for {self._settings.issuer!r}.",
                        hint="issuer of [oidc] in limner.toml must be letter for letter what the provider says.",
                    )
                self._said = (monotonic(), said)
            return self._said[1]

    @contextmanager
    def _session(self, redirect_uri: str) -> Iterator[Any]:
        session = OAuth2Session(
            self._settings.client_id,
            self._settings.client_secret,
            scope=SCOPE,
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_basic" if self._settings.client_secret else "none",
        )
        with session, _reaching():
            yield session


@contextmanager
def _reaching() -> Iterator[None]:
    try:
        yield
    except OAuthError as error:
        raise DataError(f"The identity provider refused: {error}.", hint="Begin to sign in again.") from None
    except (requests.RequestException, ValueError) as error:
        raise Unavailable(f"The identity provider cannot be reached: {error}.", hint="Try again in a moment.") from None
