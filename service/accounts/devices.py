"""Where a request comes from: as little of it as telling sessions apart needs."""

from dataclasses import dataclass
from ipaddress import ip_network

from fastapi import Request

from service.kit.addresses import parsed_address, subscriber_of

UNKNOWN = "unknown"
# In this order: an Edge says that it is a Chrome too, and a Chrome that it is a Safari.
_FAMILIES = {
    "edg": "Edge",
    "whale": "Whale",
    "samsungbrowser": "Samsung Internet",
    "opr/": "Opera",
    "firefox": "Firefox",
    "chrome": "Chrome",
    "safari": "Safari",
    "curl": "curl",
    "python": "Python",
    "java": "Java",
}


@dataclass(frozen=True)
class Device:
    """`address` counts failed sign-ins and is not stored; `agent` and `network` are shown to the owner."""

    address: str
    agent: str
    network: str


def device_of(request: Request) -> Device:
    """The device behind a request."""
    host = request.client.host if request.client else ""
    return Device(subscriber_of(host), agent_family(request.headers.get("User-Agent", "")), network_of(host))


def agent_family(user_agent: str) -> str:
    """The family of the software, never its version or the machine's model."""
    lowered = user_agent.lower()
    return next((family for mark, family in _FAMILIES.items() if mark in lowered), UNKNOWN)


def network_of(host: str) -> str:
    """The first 24 bits of an IPv4 address, the first 48 of an IPv6 one."""
    address = parsed_address(host)
    if address is None:
        return UNKNOWN
    return str(ip_network(f"{address}/{24 if address.version == 4 else 48}", strict=False))
