"""What an API key may do: a closed list of areas, each to read and to write.

`read` and `write` alone stand for every area. Reading is what HTTP calls safe (GET, HEAD); everything
else needs writing, also where a POST only computes: those calls need no key at all.
"""

from enum import StrEnum

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class Scope(StrEnum):
    """One permission of a key."""

    READ = "read"
    WRITE = "write"
    SUPPLIERS_READ = "suppliers:read"
    SUPPLIERS_WRITE = "suppliers:write"
    MANUFACTURERS_READ = "manufacturers:read"
    MANUFACTURERS_WRITE = "manufacturers:write"
    NEEDS_READ = "needs:read"
    NEEDS_WRITE = "needs:write"
    RECOMMENDATIONS_READ = "recommendations:read"
    RECOMMENDATIONS_WRITE = "recommendations:write"
    IMPORTS_READ = "imports:read"
    IMPORTS_WRITE = "imports:write"


# The first part of a path below /v1, and the area it belongs to. What stands in no area needs the
# scope for everything, so that a new endpoint is never open to an old, narrow key.
_AREAS = {
    "suppliers": "suppliers",
    "manufacturers": "manufacturers",
    "needs": "needs",
    "recommendations": "recommendations",
    "assignments": "recommendations",
    "imports": "imports",
    "jobs": "imports",
}


def needed_scopes(method: str, path: str) -> tuple[Scope, ...]:
    """The scopes of which a key needs one for that request, the narrowest first."""
    general = Scope.READ if method in SAFE_METHODS else Scope.WRITE
    parts = path.removeprefix("/v1/").split("/")
    area = _AREAS.get(parts[0])
    if parts[0] == "manufacturers" and "needs" in parts:
        area = "needs"
    if parts[0] == "needs" and "recommendations" in parts:
        area = "recommendations"
    return (Scope(f"{area}:{general.value}"), general) if area else (general,)
