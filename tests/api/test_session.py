"""Signing in over HTTP: the cookie, the token writes need, and what each role may do."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Semaphore

import pytest
from fastapi.testclient import TestClient

from limner.govern.lockout import FREE_OF_NAME, Lockout
from limner.workspace import Workspace

PASSWORD = "correct horse battery"
CREDENTIALS = {"user": "a-viewer", "password": PASSWORD}


@pytest.fixture(scope="module")
def workspace(anybody: TestClient) -> Workspace:
    workspace: Workspace = anybody.app.state.workspace  # type: ignore[attr-defined]
    for role in ("viewer", "operator", "admin"):
        workspace.users_add(f"a-{role}", role, PASSWORD)
    return workspace


@pytest.fixture
def browser(anybody: TestClient, workspace: Workspace) -> TestClient:
    """A client with cookies of its own."""
    workspace.door._lockout = Lockout()
    return TestClient(anybody.app, raise_server_exceptions=False)


def sign_in(browser: TestClient, user: str = "a-admin", password: str = PASSWORD) -> dict[str, str]:
    """Sign in; the head its writes need."""
    answer = browser.post("/api/v1/session", json={"user": user, "password": password})
    assert answer.status_code == 200, answer.text
    return {"X-CSRF-Token": answer.json()["csrf_token"]}


def test_signing_in_sets_a_cookie_scripts_cannot_read(browser: TestClient) -> None:
    answer = browser.post("/api/v1/session", json={"user": "a-viewer", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert all(part in cookie for part in ("limner_session=", "httponly", "samesite=lax", "path=/"))
    assert "secure" not in cookie
    assert answer.headers["cache-control"] == "no-store"
    shown = browser.get("/api/v1/session").json()
    assert shown == answer.json()
    assert (shown["user"], shown["role"], shown["roles"]) == ("a-viewer", "viewer", ["viewer"])
    assert shown["timezone"] == "Asia/Shanghai"
    assert (shown["language"], shown["masks"], shown["by"]) == (None, True, "password")
    assert shown["rights"] == ["count_audiences", "read_portraits", "read_tags"]


def test_behind_https_the_cookie_is_secure(anybody: TestClient, workspace: Workspace) -> None:
    browser = TestClient(anybody.app, base_url="https://limner.example.com")
    answer = browser.post("/api/v1/session", json={"user": "a-viewer", "password": PASSWORD})
    assert "secure" in answer.headers["set-cookie"].lower()


def test_identifiers_are_masked_by_role(browser: TestClient) -> None:
    for role, value in (("viewer", "U***"), ("operator", "U1")):
        sign_in(browser, f"a-{role}")
        portrait = browser.get("/api/v1/profiles/user_id:U1").json()
        assert portrait["identifiers"] == [{"type": "user_id", "value": value}]


def test_who_is_not_signed_in_may_do_nothing(browser: TestClient) -> None:
    for path in ("session", "profiles/user_id:U1", "users"):
        answer = browser.get(f"/api/v1/{path}")
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorised")
    assert browser.get("/api/v1/session:ways").json() == {"password": True, "oidc": None}


def test_a_role_may_not_do_what_it_may_not(browser: TestClient) -> None:
    head = sign_in(browser, "a-operator")
    assert browser.get("/api/v1/users").status_code == 403
    answer = browser.post("/api/v1/users", json={"name": "x"}, headers=head)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_writes_need_the_token_and_keys_do_not(browser: TestClient, shop: tuple[object, str]) -> None:
    head, asked = sign_in(browser), {"json": {"rule": {"tier": "high"}}}
    for wrong in ({}, {"X-CSRF-Token": "x"}, {"X-CSRF-Token": head["X-CSRF-Token"][:-1]}):
        answer = browser.post("/api/v1/audiences:estimate", headers=wrong, **asked)
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf")
    assert browser.post("/api/v1/audiences:estimate", headers=head, **asked).status_code == 200
    key = {"Authorization": f"Bearer {shop[1]}"}
    assert browser.post("/api/v1/audiences:estimate", headers=key, **asked).status_code == 200


def test_a_key_that_is_sent_decides(browser: TestClient) -> None:
    sign_in(browser)
    answer = browser.get("/api/v1/users", headers={"Authorization": "Bearer nobody"})
    assert answer.status_code == 401


def test_signing_out_here_and_everywhere(browser: TestClient, anybody: TestClient) -> None:
    other = TestClient(anybody.app)
    head = sign_in(browser)
    sign_in(other)
    cookie = browser.cookies["limner_session"]
    assert browser.delete("/api/v1/session").json()["code"] == "csrf"
    assert browser.delete("/api/v1/session", headers=head).status_code == 204
    browser.cookies.set("limner_session", cookie)
    assert browser.get("/api/v1/session").status_code == 401
    browser.cookies.clear()
    assert other.get("/api/v1/session").status_code == 200
    head = sign_in(browser)
    assert browser.delete("/api/v1/session?everywhere=true", headers=head).status_code == 204
    assert other.get("/api/v1/session").status_code == 401


def test_wrong_passwords_are_answered_alike_and_then_not_at_all(browser: TestClient) -> None:
    told = []
    for user in ("a-admin", "nobody"):
        for _ in range(FREE_OF_NAME + 1):
            answer = browser.post("/api/v1/session", json={"user": user, "password": "wrong"})
            told.append((answer.status_code, answer.json()["message"][:24]))
    assert told[: FREE_OF_NAME + 1] == told[FREE_OF_NAME + 1 :]
    assert told[0][0] == 401
    assert told[FREE_OF_NAME] == (429, "Too many wrong passwords")
    assert int(answer.headers["retry-after"]) <= 5


def test_another_site_s_page_signs_nobody_in(browser: TestClient) -> None:
    asked = {"user": "a-admin", "password": PASSWORD}
    answer = browser.post("/api/v1/session", json=asked, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert browser.post("/api/v1/session", data=asked).status_code == 422  # what a form of another site would send


def test_language_and_password_of_one_s_own(browser: TestClient, workspace: Workspace) -> None:
    workspace.users_add("carol", "viewer", PASSWORD)
    head = sign_in(browser, "carol")
    assert browser.put("/api/v1/session/language", json={"language": "zh"}, headers=head).json()["language"] == "zh"
    assert browser.get("/api/v1/session").json()["language"] == "zh"
    assert browser.put("/api/v1/session/language", json={"language": "fr"}, headers=head).status_code == 422
    new = {"old": "wrong", "new": "another long password"}
    assert browser.put("/api/v1/session/password", json=new, headers=head).status_code == 401
    assert browser.put("/api/v1/session/password", json=new | {"old": PASSWORD}, headers=head).status_code == 200
    assert browser.get("/api/v1/session").status_code == 200
    sign_in(browser, "carol", "another long password")


def test_administrators_manage_users(browser: TestClient, anybody: TestClient) -> None:
    head = {**sign_in(browser), "If-Match": "*"}
    made = browser.post("/api/v1/users", json={"name": "dora", "role": "analyst"}, headers=head)
    assert (made.status_code, made.headers["cache-control"]) == (201, "no-store")
    dora = TestClient(anybody.app)
    sign_in(dora, "dora", made.json()["password"])
    assert browser.post("/api/v1/users", json={"name": "dora"}, headers=head).status_code == 409
    assert browser.post("/api/v1/users", json={"name": "d", "role": "write"}, headers=head).status_code == 400
    assert browser.post("/api/v1/users/dora:role", json={"role": "viewer"}, headers=head).json()["role"] == "viewer"
    assert dora.get("/api/v1/session").status_code == 401
    password = browser.post("/api/v1/users/dora:password", headers=head).json()["password"]
    sign_in(dora, "dora", password)
    assert browser.post("/api/v1/users/dora:signout", headers=head).status_code == 200
    assert browser.post("/api/v1/users/dora:disable", headers=head).json()["disabled_at"] is not None
    assert browser.post("/api/v1/users/dora:enable", headers=head).json()["disabled_at"] is None
    listed = browser.get("/api/v1/users?limit=2").json()
    assert len(listed["users"]) == 2
    assert listed["next"] is not None
    assert "password" not in listed["users"][0]
    assert browser.post("/api/v1/users/nobody:disable", headers=head).status_code == 404


def test_many_sign_in_at_once_and_others_are_answered_meanwhile(anybody: TestClient, workspace: Workspace) -> None:
    """More than there are threads, while one password is looked at for as long as the test wants."""
    waiting, go_on = Semaphore(0), Event()
    opened = workspace.door.sign_in(*CREDENTIALS.values(), "::1")

    def slowly(name: str, password: str, address: str) -> object:
        waiting.release()
        assert go_on.wait(30)
        return opened

    app = anybody.app
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(60) as pool, TestClient(app) as shared:
        patch.setattr(workspace.door, "sign_in", slowly)
        asked = [pool.submit(shared.post, "/api/v1/session", json=CREDENTIALS) for _ in range(50)]
        assert waiting.acquire(timeout=30)
        assert shared.get("/api/v1/session").status_code == 401
        go_on.set()
        assert {each.result().status_code for each in asked} == {200}
