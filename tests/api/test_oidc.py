"""Signing in with an identity provider: a real one, and one whose answers do not hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from fastapi.testclient import TestClient
from joserfc.jwk import RSAKey
from tests.oidc_provider import CLIENT, SECRET, IdentityProvider, running_provider

import limner
from limner.api.app import create_app

SETTINGS = """
[oidc]
issuer = "{issuer}"
client_id = "limner"
title = "Acme"
roles = {{ crm-admins = "admin", crm = "viewer" }}
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[IdentityProvider, TestClient]]:
    folder: Path = tmp_path_factory.mktemp("oidc") / "shop"
    limner.init(folder)
    with pytest.MonkeyPatch.context() as patch, running_provider() as provider:
        patch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
        patch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
        patch.setenv("LIMNER_OIDC_SECRET", SECRET)
        with (folder / "limner.toml").open("a", encoding="utf-8") as file:
            file.write(SETTINGS.format(issuer=provider.issuer))
        with limner.open(folder) as workspace:
            yield provider, TestClient(create_app(workspace, Event()), follow_redirects=False)


@pytest.fixture
def provider(served: tuple[IdentityProvider, TestClient]) -> IdentityProvider:
    provider = served[0]
    provider.user = {"sub": "u-1", "preferred_username": "Eve Example", "roles": ["crm", "other"]}
    provider.audience, provider.nonce, provider.shown = CLIENT, None, None
    return provider


@pytest.fixture
def browser(served: tuple[IdentityProvider, TestClient]) -> TestClient:
    served[1].cookies.clear()
    return served[1]


def go(browser: TestClient, next: str = "/tags") -> str:
    """There; the address the provider sends back to."""
    sent = browser.get("/api/v1/session/oidc", params={"next": next})
    assert sent.status_code == 303, sent.text
    asked = parse_qs(urlsplit(sent.headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert "limner_oidc=" in sent.headers["set-cookie"]
    back = httpx2.get(sent.headers["location"])
    assert back.status_code == 302, back.text
    return back.headers["location"]


def test_there_and_back(browser: TestClient, provider: IdentityProvider) -> None:
    assert browser.get("/api/v1/session:ways").json()["oidc"] == {"title": "Acme", "url": "/api/v1/session/oidc"}
    back = browser.get(go(browser))
    assert (back.status_code, back.headers["location"]) == (303, "/tags")
    shown = browser.get("/api/v1/session").json()
    assert (shown["user"], shown["role"], shown["by"]) == ("Eve-Example", "viewer", "oidc")
    provider.user = {"sub": "u-1", "preferred_username": "renamed", "roles": ["crm-admins", "crm"]}
    browser.get(go(browser))
    shown = browser.get("/api/v1/session").json()
    assert (shown["user"], shown["role"]) == ("Eve-Example", "admin")


def test_it_comes_back_to_no_other_site(browser: TestClient, provider: IdentityProvider) -> None:
    for elsewhere in ("https://evil.example", "//evil.example", "/\\evil.example"):
        assert browser.get(go(browser, elsewhere)).headers["location"] == "/"


def test_who_has_no_role_does_not_come_in(browser: TestClient, provider: IdentityProvider) -> None:
    provider.user = {"sub": "u-2", "preferred_username": "mallory", "roles": ["other"]}
    answer = browser.get(go(browser))
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert browser.get("/api/v1/session").status_code == 401


def test_somebody_in_a_browser_comes_back_to_the_sign_in_page(browser: TestClient, provider: IdentityProvider) -> None:
    provider.user = {"sub": "u-5", "preferred_username": "nobody", "roles": ["other"]}
    page = {"Accept": "text/html,application/xhtml+xml"}
    back = browser.get(go(browser), headers=page)
    assert (back.status_code, back.headers["location"]) == (303, "/?refused=forbidden")
    stranger = browser.get("/api/v1/session/oidc/callback?code=x&state=<script>", headers=page)
    assert (stranger.status_code, stranger.headers["location"]) == (303, "/?refused=unauthorised")
    assert browser.get("/api/v1/session").status_code == 401


def test_a_local_name_is_nobody_else_s(browser: TestClient, provider: IdentityProvider) -> None:
    workspace = browser.app.state.workspace  # type: ignore[attr-defined]
    workspace.users_add("ada", "admin", "correct horse battery")
    provider.user = {"sub": "u-3", "preferred_username": "ada", "roles": ["crm"]}
    assert browser.get(go(browser)).status_code == 409


def test_a_disabled_user_stays_out(browser: TestClient, provider: IdentityProvider) -> None:
    provider.user = {"sub": "u-4", "preferred_username": "gone", "roles": ["crm"]}
    browser.get(go(browser))
    browser.app.state.workspace.users_disable("gone")  # type: ignore[attr-defined]
    assert browser.get(go(browser)).status_code == 403


@pytest.mark.parametrize("wrong", ["audience", "nonce", "key"])
def test_tokens_that_do_not_hold(browser: TestClient, provider: IdentityProvider, wrong: str) -> None:
    if wrong == "audience":
        provider.audience = "somebody else"
    elif wrong == "nonce":
        provider.nonce = "another"
    else:
        provider.shown = RSAKey.generate_key(2048, {"kid": "k1"})
    answer = browser.get(go(browser))
    assert answer.status_code == 400
    assert "does not hold" in answer.json()["message"]
    assert browser.get("/api/v1/session").status_code == 401


def test_answers_nobody_asked_for(browser: TestClient, provider: IdentityProvider) -> None:
    address = urlsplit(go(browser))
    callback = "/api/v1/session/oidc/callback"
    assert browser.get(f"{callback}?code=x&state=wrong").status_code == 401
    assert browser.get(f"{callback}?error=access_denied&{address.query.split('&', 1)[1]}").status_code in (400, 401)
    browser.cookies.clear()
    assert browser.get(f"{callback}?{address.query}").status_code == 401


def test_a_code_works_once(browser: TestClient, provider: IdentityProvider) -> None:
    address = go(browser)
    cookies = dict(browser.cookies)
    assert browser.get(address).status_code == 303
    browser.cookies.update(cookies)
    assert browser.get(address).status_code in (400, 401)
