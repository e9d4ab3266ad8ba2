"""Where a request comes from: as little of it as telling sessions apart needs."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from fastapi import Request

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
    return Device(_counted(host), agent_family(request.headers.get("User-Agent", "")), network_of(host))


def agent_family(user_agent: str) -> str:
    """The family of the software, never its version or the machine's model."""
    lowered = user_agent.lower()
    return next((family for mark, family in _FAMILIES.items() if mark in lowered), UNKNOWN)


def network_of(host: str) -> str:
    """The first 24 bits of an IPv4 address, the first 48 of an IPv6 one."""
    address = _parsed(host)
    if address is None:
        return UNKNOWN
    return str(ip_network(f"{address}/{24 if address.version == 4 else 48}", strict=False))


def _counted(host: str) -> str:
    """One name for all addresses that one subscriber can take on: an IPv6 one owns its last 64 bits."""
    address = _parsed(host)
    if address is None or address.version == 4:
        return str(address or host)
    return str(ip_network(f"{address}/64", strict=False))


def _parsed(host: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
