"""Webhooks go to public addresses only, by whatever name or notation somebody tries."""

import socket

import pytest

from service.webhooks.addresses import AddressError, check_url
from service.webhooks.sending import Sender
from tests.factories.webhooks import listening

PUBLIC = "93.184.215.14"
INSIDE = [
    "127.0.0.1",
    "10.0.0.5",
    "172.16.3.4",
    "192.168.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1%eth0",
    "fd00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.5",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
]


def refusal(url: str, *addresses: str, loopback: bool = False) -> str | None:
    """Why nothing is sent to an address whose name leads there; None where it is."""
    try:
        check_url(lambda _host, _port: addresses, url, loopback=loopback)
    except AddressError as error:
        return str(error)
    return None


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_inside_is_refused(address: str) -> None:
    assert refusal("https://hooks.example/", address) == "webhook_address_refused"


def test_one_address_inside_among_public_ones_is_enough_to_refuse() -> None:
    assert refusal("https://hooks.example/", PUBLIC, "10.0.0.5") == "webhook_address_refused"


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "2130706433", "0x7f.1", "017700000001"])
def test_this_machine_in_any_notation_is_refused(host: str) -> None:
    """Resolved by the system, as a try would be."""
    with pytest.raises(AddressError, match=r"webhook_(address_refused|name_unknown)"):
        Sender().check(f"https://{host}/")


def test_public_addresses_are_let_through() -> None:
    assert refusal("https://hooks.example:8443/", PUBLIC, "2606:2800:21f::1") is None


def test_plain_http_is_for_trials_on_this_machine_only() -> None:
    assert refusal("http://hooks.example/", PUBLIC) == "webhook_not_https"
    assert refusal("http://hooks.example/", PUBLIC, loopback=True) == "webhook_not_https"
    assert refusal("http://localhost/", "127.0.0.1", loopback=True) is None
    assert refusal("https://hooks.example/", "10.0.0.5", loopback=True) == "webhook_address_refused"


def test_a_name_that_nobody_knows_is_told_as_such() -> None:
    def unknown(_host: str, _port: int) -> list[str]:
        raise socket.gaierror

    with pytest.raises(AddressError, match="webhook_name_unknown"):
        check_url(unknown, "https://hooks.example/", loopback=False)


class TestSending:
    """One try at a receiver on this machine."""

    def test_the_connection_goes_to_the_judged_address_and_asks_for_the_name(self) -> None:
        with listening() as receiver:
            port = receiver.url.split(":")[2]
            sender = Sender(loopback=True, resolve=lambda _host, _port: ["127.0.0.1"])
            outcome = sender.send(f"http://hooks.example:{port}", {}, "{}")
            assert (outcome.status, outcome.fault) == (204, None)
            assert receiver.received[0][0]["host"].startswith("hooks.example")

    def test_a_name_that_leads_inside_by_now_gets_nothing(self) -> None:
        """Public when it was registered, elsewhere a moment later."""
        with listening() as receiver:
            sender = Sender(resolve=lambda _host, _port: ["127.0.0.1"])
            outcome = sender.send(receiver.url.replace("http", "https"), {}, "{}")
            assert (outcome.fault, receiver.received) == ("address_refused", [])

    def test_a_redirect_is_not_followed(self) -> None:
        with listening() as receiver, listening() as elsewhere:
            receiver.status, receiver.headers = 307, {"Location": elsewhere.url}
            outcome = Sender(loopback=True).send(receiver.url, {}, "{}")
            assert (outcome.status, outcome.fault) == (307, "redirected")
            assert elsewhere.received == []

    def test_of_a_long_answer_the_first_kilobyte_is_kept(self) -> None:
        with listening() as receiver:
            receiver.status, receiver.body = 500, b"\x00" + b"x" * 1_000_000
            outcome = Sender(loopback=True).send(receiver.url, {}, "{}")
            assert (outcome.fault, len(outcome.response)) == ("refused", 1023)
            assert "\x00" not in outcome.response, "no database would take it"

    def test_who_trickles_is_not_waited_for(self) -> None:
        with listening() as receiver:
            receiver.status, receiver.trickles = 200, True
            assert Sender(loopback=True, seconds=0.2).send(receiver.url, {}, "{}").fault == "timed_out"

    def test_who_does_not_speak_tls_gets_nothing(self) -> None:
        with listening() as receiver:
            outcome = Sender(loopback=True).send(receiver.url.replace("http", "https"), {}, "{}")
            assert (outcome.fault, receiver.received) == ("tls_failed", [])

    def test_nobody_there(self) -> None:
        assert Sender(loopback=True).send("http://127.0.0.1:9/", {}, "{}").fault == "not_connected"
