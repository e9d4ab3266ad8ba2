"""Small rules of accounts: waits, devices, scopes, mailboxes."""

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from service.accounts.devices import agent_family, network_of
from service.accounts.own_company import mailbox
from service.accounts.scopes import Scope, needed_scopes
from service.accounts.throttle import ACCOUNT, ADDRESS, PAIR, Rule


@given(st.sampled_from([PAIR, ADDRESS, ACCOUNT]), st.integers(0, 10**9))
def test_waits_grow_and_are_never_endless(rule: Rule, failures: int) -> None:
    wait, next_wait = rule.wait(failures), rule.wait(failures + 1)
    assert wait <= next_wait
    assert next_wait.total_seconds() <= rule.longest
    assert (wait.total_seconds() == 0) == (failures < rule.free)


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("198.51.100.77", "198.51.100.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("::ffff:198.51.100.77", "198.51.100.0/24"),
        ("fe80::1%eth0", "fe80::/48"),
        ("testclient", "unknown"),
        ("", "unknown"),
    ],
)
def test_of_an_address_only_its_network_is_kept(host: str, network: str) -> None:
    assert network_of(host) == network


@given(st.ip_addresses())
def test_no_full_address_is_its_own_network(address: object) -> None:
    assert network_of(str(address)).partition("/")[2] in ("24", "48")


@pytest.mark.parametrize(
    ("sent", "family"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/128.0 Safari/537.36 Edg/128.0", "Edge"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Whale/3.27 Safari/537.36", "Whale"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/128.0 Safari/537.36", "Chrome"),
        ("Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15", "Safari"),
        ("curl/8.5.0", "curl"),
        ("", "unknown"),
    ],
)
def test_of_a_browser_only_its_family_is_kept(sent: str, family: str) -> None:
    assert agent_family(sent) == family


@pytest.mark.parametrize(
    ("method", "path", "scopes"),
    [
        ("GET", "/v1/suppliers/1", (Scope.SUPPLIERS_READ, Scope.READ)),
        ("POST", "/v1/manufacturers/1/needs", (Scope.NEEDS_WRITE, Scope.WRITE)),
        ("GET", "/v1/needs/1/recommendations", (Scope.RECOMMENDATIONS_READ, Scope.READ)),
        ("POST", "/v1/recommendations/preview", (Scope.RECOMMENDATIONS_WRITE, Scope.WRITE)),
        ("DELETE", "/v1/suppliers/1", (Scope.SUPPLIERS_WRITE, Scope.WRITE)),
        ("GET", "/v1/something-new", (Scope.READ,)),
        ("POST", "/v1/something-new", (Scope.WRITE,)),
    ],
)
def test_a_request_needs_the_scope_of_its_area_or_the_one_for_all(
    method: str, path: str, scopes: tuple[Scope, ...]
) -> None:
    assert needed_scopes(method, path) == scopes


def test_no_request_that_changes_something_is_open_to_reading_scopes(shared_app: FastAPI) -> None:
    reading = {scope for scope in Scope if scope.value.endswith("read")}
    operations = [
        (method.upper(), path)
        for path, methods in shared_app.openapi()["paths"].items()
        for method in methods
    ]
    assert len(operations) > 50
    for method, path in operations:
        assert (method == "GET") == bool(reading & set(needed_scopes(method, path))), path


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("kim@hanbit.example", "Kim+kt@HANBIT.example", True),
        ("kim@hanbit.example", "lee@hanbit.example", False),
        ("kim@hanbit.example", "kim@saebyeok.example", False),
    ],
)
def test_a_mailbox_is_the_same_however_it_is_written(one: str, other: str, same: bool) -> None:
    assert (mailbox(one) == mailbox(other)) is same
