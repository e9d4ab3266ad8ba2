"""Whose address counts: the peer's, unless a proxy that the settings trust names another."""

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.business_status.endpoints import CHECKS
from service.cli.serving import server_config
from service.db.session import Database
from service.settings import Settings
from tests.factories.answers import problem
from tests.factories.encoders import CountingEncoder

NUMBER = {"business_number": "120-81-47521"}
PROXY, OTHER = "10.0.0.5", "10.0.0.6"


class Door:
    """The service as uvicorn runs it with these proxies trusted, and who knocks."""

    def __init__(
        self, settings: Settings, database: Database, encoder: CountingEncoder, *proxies: str
    ) -> None:
        changes = {"trusted_proxies": proxies, "rate_limit": "on"}
        changed = settings.model_copy(update=changes)
        config = server_config(create_app(changed, database, encoder=encoder), changed)
        config.load()
        self.application = config.loaded_app

    def turned_away(self, peer: str, forwarded: str | None = None) -> bool:
        """Whether the next check of a business number from there is one too many."""
        headers = {"X-Forwarded-For": forwarded} if forwarded else {}
        client = TestClient(self.application, client=(peer, 50_000))
        answer = client.post("/v1/business-numbers/check", json=NUMBER, headers=headers)
        if answer.status_code == 429:
            problem(answer, 429, "rate_limited")
        return answer.status_code == 429

    def exhausted(self, peer: str, forwarded: str | None = None) -> None:
        """Use up what one address may ask for."""
        assert not any(self.turned_away(peer, forwarded) for _ in range(CHECKS.amount))
        assert self.turned_away(peer, forwarded)


@pytest.mark.parametrize("peer", ["127.0.0.1", "203.0.113.7"])
def test_by_default_nobody_is_believed(
    settings: Settings,
    database: Database,
    encoder: CountingEncoder,
    monkeypatch: pytest.MonkeyPatch,
    peer: str,
) -> None:
    """Not a process on the same machine either, and not by a variable of uvicorn's own."""
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    door = Door(settings, database, encoder)
    door.exhausted(peer, "198.51.100.1")
    assert door.turned_away(peer, "198.51.100.2")


@pytest.mark.parametrize("trusted", [PROXY, "10.0.0.5/32"])
def test_a_trusted_proxy_names_the_client_and_nobody_else_does(
    settings: Settings, database: Database, encoder: CountingEncoder, trusted: str
) -> None:
    door = Door(settings, database, encoder, trusted)
    door.exhausted(PROXY, "198.51.100.1")
    assert not door.turned_away(PROXY, "198.51.100.2")
    assert door.turned_away(PROXY, "192.0.2.99, 198.51.100.1"), "what the client wrote itself stands before"
    door.exhausted(OTHER, "198.51.100.3")
    assert door.turned_away(OTHER, "198.51.100.4")


def test_a_subscriber_does_not_get_more_by_changing_its_address(
    settings: Settings, database: Database, encoder: CountingEncoder
) -> None:
    door = Door(settings, database, encoder)
    door.exhausted("2001:db8:1:1::1")
    assert door.turned_away("2001:db8:1:1:ffff::2")
    assert not door.turned_away("2001:db8:1:2::1")
