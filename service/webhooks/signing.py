"""Secrets and signatures of webhooks, in the form of the Standard Webhooks specification.

A secret is kept nowhere: it follows from the service's own key, the endpoint and the how-manieth secret of
it this is. So no database, backup or log can give it away, and a new service key means new secrets.
"""

import base64
import hmac
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from standardwebhooks import Webhook

from service.db.tables import WebhookEndpoint

PREFIX = "whsec_"


def secret_of(signing_key: str, endpoint_id: UUID, generation: int) -> str:
    """The secret of that generation as its receiver keeps it: 32 bytes in base64 behind `whsec_`."""
    name = f"webhook-secret:{endpoint_id}:{generation}"
    return PREFIX + base64.b64encode(hmac.digest(signing_key.encode(), name.encode(), "sha256")).decode()


def secrets_in_use(signing_key: str, endpoint: WebhookEndpoint, now: datetime) -> list[str]:
    """Those that sign at that time: the present one, and the one before while the overlap lasts."""
    generations = [endpoint.secret_generation]
    if endpoint.previous_until is not None and endpoint.previous_until > now:
        generations.append(endpoint.secret_generation - 1)
    return [secret_of(signing_key, endpoint.id, generation) for generation in generations]


def signed_headers(message_id: str, at: datetime, payload: str, secrets: list[str]) -> Mapping[str, str]:
    """The headers of a try at that time (UTC); a receiver accepts any one of the signatures."""
    signatures = [Webhook(secret).sign(message_id, at, payload) for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
