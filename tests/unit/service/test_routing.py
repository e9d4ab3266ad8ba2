"""A signpost finds what its feature's router would have found, and asks it for nothing else."""

from collections.abc import Iterator

import pytest
from fastapi import APIRouter, FastAPI
from starlette.testclient import TestClient

from service.kit.routing import Signpost


def feature(prefix: str, *paths: str) -> APIRouter:
    router = APIRouter(prefix=prefix)
    for path in paths:
        router.add_api_route(path, lambda path=path: {"at": f"{prefix}{path}"})
    return router


@pytest.fixture
def client() -> Iterator[TestClient]:
    app, nested = FastAPI(), APIRouter()
    nested.include_router(feature("/inner", "/leaf"))
    for router in (feature("/needs", "", "/{need_id}"), feature("", "/needs/{need_id}/leads", "/"), nested):
        app.include_router(Signpost(router, "/v1"), prefix="/v1")
    app.include_router(Signpost(feature("", "/plain")))
    app.include_router(Signpost(feature("", "/{anything}/tail")))
    with TestClient(app) as made:
        yield made


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("/v1/needs", "/needs"),
        ("/v1/needs/7", "/needs/{need_id}"),
        ("/v1/needs/7/leads", "/needs/{need_id}/leads"),
        ("/v1/", "/"),
        ("/v1/inner/leaf", "/inner/leaf"),
        ("/plain", "/plain"),
        ("/whatever/tail", "/{anything}/tail"),
    ],
)
def test_every_address_is_found(client: TestClient, address: str, found: str) -> None:
    assert client.get(address).json() == {"at": found}


@pytest.mark.parametrize("address", ["/needs", "/v1/plain", "/v1/nowhere", "/v1/v1/needs", "/leaf"])
def test_no_other_address_is(client: TestClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_a_wrong_method_is_told_from_a_wrong_address(client: TestClient) -> None:
    assert client.post("/v1/needs/7/leads").status_code == 405


def test_a_feature_is_not_asked_for_the_addresses_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def matches(self: APIRouter, scope: dict[str, str]) -> object:
        asked.append(scope["path"])
        return original(self, scope)

    app, original = FastAPI(), APIRouter.matches
    app.include_router(Signpost(feature("/needs", ""), "/v1"), prefix="/v1")
    monkeypatch.setattr(APIRouter, "matches", matches)
    with TestClient(app) as client:
        client.get("/v1/suppliers")
        assert asked == []
        client.get("/v1/needs")
        assert asked
