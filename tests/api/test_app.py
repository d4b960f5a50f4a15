"""Keys, health, the front page, the contract of the paths."""

from __future__ import annotations

import re
from threading import Event

import pytest
from fastapi._compat.v2 import ModelField
from fastapi.testclient import TestClient

from limner.api.app import create_app
from limner.govern.roles import Role

READING = ["/api/v1/tags", "/api/v1/profiles/user_id:U1", "/api/v1/profiles/user_id:U1/timeline"]


@pytest.mark.parametrize("path", READING)
def test_without_a_key_nothing_is_read(anybody: TestClient, path: str) -> None:
    response = anybody.get(path)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert response.json()["code"] == "unauthorised"


def test_a_write_key_does_not_read(anybody: TestClient) -> None:
    write_key = anybody.app.state.workspace.keys.issue("another source", Role.WRITE)  # type: ignore[attr-defined]
    response = anybody.get("/api/v1/tags", headers={"Authorization": f"Bearer {write_key}"})
    assert response.status_code == 403


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/openapi.json", "/"])
def test_some_paths_are_open(anybody: TestClient, path: str) -> None:
    assert anybody.get(path).status_code == 200


def test_it_is_not_ready_before_it_is_warm(anybody: TestClient) -> None:
    starting = TestClient(create_app(anybody.app.state.workspace, Event()))  # type: ignore[attr-defined]
    response = starting.get("/readyz")
    assert response.status_code == 503
    assert response.headers["retry-after"] == "5"
    assert starting.get("/healthz").status_code == 200


def test_routes_are_made_before_the_first_request(anybody: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """FastAPI silences warnings while it makes them, and threads of a server that serves would undo it."""
    app = create_app(anybody.app.state.workspace, Event())  # type: ignore[attr-defined]
    made: list[ModelField] = []

    def note(field: ModelField) -> None:
        made.append(field)

    monkeypatch.setattr(ModelField, "__post_init__", note)
    assert TestClient(app).get("/none/of/them").status_code in (401, 404)
    assert not made


def test_requests_are_counted_by_route_not_by_customer(client: TestClient) -> None:
    client.get("/api/v1/profiles/user_id:U1")
    text = client.get("/metrics").text
    assert re.search(
        r'limner_requests_total\{method="GET",route="/api/v1/profiles/\{key:path\}",status="200"\} \d', text
    )
    assert "U1" not in text


PATHS = {
    "portraits": """profiles/{key} profiles/{key}/timeline profiles/{key}/identities profiles/{key}/tags/{name}
        profiles/{key}/notes profiles/{key}/notes/{id} profiles/{key}/history profiles/{key}/graph customers:search
        profiles/{key}/recommendations profiles/{key}/next-best-action
        profiles:lookup profiles:export heavy identities:block identities:unblock
        identities:split identities:merge identities:explain""",
    "tags": """tags tags/{name} tags/{name}/versions tags/{name}/versions/{version} tags/{name}:diff
        tags/{name}/lineage tags/{name}/health tags/{name}/runs tags/{name}:import
        tags:preview tags:explain tags:schema tags:health tags:refresh
        templates templates/{name}:apply forms forms/{name}:fill""",
    "review": """reviews tags/{name}:preview tags/{name}:submit tags/{name}:withdraw tags/{name}:approve
        tags/{name}:refuse tags/{name}:publish tags/{name}:deprecate tags/{name}:restore tags/{name}:retire
        tags/{name}:rollback""",
    "audiences": """audiences audiences/{name} audiences/{name}/members audiences/{name}/snapshots
        audiences/{name}:snapshot audiences/{name}/diff audiences:estimate audiences:insight audiences:differences
        audiences:cross audiences:overlap audiences:trend""",
    "sources": "sources sources/{name}",
    "packages": "packages packages/{name} packages/{name}/file packages/{name}:send packages:deliveries packages:retry",
    "destinations": """destinations destinations/{name} destinations/{name}:enable destinations/{name}:disable
        destinations/{name}:replay destinations/{name}:test
        destinations:dead destinations:retry changes/live""",
    "events": """sources sources/{name} events events/{name}/properties events:recent events:violations events:live
        events:plan""",
    "actions": "actions actions:decide",
    "models": """models models/{name} models/{name}/reasons models/{name}/plots/{curve} models/{name}:fit
        models/{name}:evaluate models/{name}:publish""",
    "personas": """personas personas/{name} personas/{name}/picture personas/{name}:write personas:fit
        personas:publish""",
    "work": "imports jobs jobs/{id} jobs/{id}:cancel jobs/{id}:resume",
    "keys": """keys keys/{id} keys/{id}:rotate keys/{id}:disable
        webhooks webhooks/{source} webhooks/{source}:map webhooks/{source}:rotate webhooks/{source}:disable""",
    "system": "overview audit system settings rejects rejects:retry",
    "people": """session session:ways session/language session/password session/oidc session/oidc/callback
        users users/{name} users/{name}:password users/{name}:role
        users/{name}:disable users/{name}:enable users/{name}:signout""",
}


def test_the_contract_of_the_paths(anybody: TestClient) -> None:
    paths = {path for path in anybody.get("/openapi.json").json()["paths"] if path.startswith("/api/")}
    promised = {f"/api/v1/{path}" for area in PATHS.values() for path in area.split()}
    assert paths == promised


def test_the_front_page_needs_nobody_else(anybody: TestClient) -> None:
    response = anybody.get("/")
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert not re.search(r"""(src|href)=["']https?:""", response.text)


def test_the_front_page_says_the_same_in_both_languages(anybody: TestClient) -> None:
    page = anybody.get("/").text
    chinese, english = re.search(r"zh: \{(.*?)\},\n\s*en: \{(.*?)\},\n\};", page, re.DOTALL).groups()  # type: ignore[union-attr]
    words = [set(re.findall(r"(\w+): \"", text)) for text in (chinese, english)]
    assert words[0] == words[1]
    assert set(re.findall(r'data-say="(\w+)"', page)) <= words[0]


def test_an_unknown_path_is_a_problem_document(anybody: TestClient) -> None:
    response = anybody.get("/api/v2/profiles")
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
