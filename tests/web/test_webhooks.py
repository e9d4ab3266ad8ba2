"""Webhooks on the pages of administrators, and the choice of mail on everyone's own."""

from datetime import timedelta

import pytest
from sqlmodel import select

from service.db.session import Database
from service.db.tables import DeliveryState, WebhookDelivery, WebhookEndpoint
from service.kit import clock
from service.webhooks.sending import Sender
from tests.factories.webhooks import endpoint
from tests.factories.world import World
from tests.web.opening import open_page, send_form, text_of

NEW = "/admin/webhooks/new"


def form(**changes: str | list[str]) -> dict[str, str | list[str]]:
    return {**endpoint(), "event_types": "", "enabled": "true"} | changes


def there(database: Database) -> WebhookEndpoint:
    with database.transaction() as session:
        return session.exec(select(WebhookEndpoint)).one()


def test_a_secret_is_shown_by_the_answer_to_the_form_and_nowhere_else(
    world: World, database: Database
) -> None:
    shown = send_form(world, "admin", NEW, form(event_types=["need.created", "need.closed"]))
    assert shown.status_code == 201
    assert "whsec_" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    made = there(database)
    assert made.event_types == ["need.created", "need.closed"]
    for path in ("/admin/webhooks", f"/admin/webhooks/{made.id}", f"/admin/webhooks/{made.id}/edit"):
        assert "whsec_" not in open_page(world, "admin", path).text


def test_an_internal_address_is_refused_beside_its_field(world: World) -> None:
    world.client.app.state.webhook_sender, kept = Sender(), world.client.app.state.webhook_sender
    refused = send_form(world, "admin", NEW, form(url="https://169.254.169.254/latest"))
    world.client.app.state.webhook_sender = kept
    assert refused.status_code == 422
    assert 'id="url-error"' in refused.text
    assert 'value="https://169.254.169.254/latest"' in refused.text


def test_it_is_changed_as_the_page_showed_it(world: World, database: Database) -> None:
    webhook = world.thing("webhook_id", None)
    changed = form(description="본사", enabled="", version="1")
    answer = send_form(world, "admin", f"/admin/webhooks/{webhook}/edit", changed)
    assert answer.headers["Location"] == f"/admin/webhooks/{webhook}?done=saved"
    made = there(database)
    assert (made.description, made.enabled, made.event_types) == ("본사", False, [])
    again = send_form(world, "admin", f"/admin/webhooks/{webhook}/edit", changed)
    assert again.status_code == 422, "somebody changed it meanwhile"


def test_what_failed_is_found_and_sent_again(world: World, database: Database) -> None:
    delivery, webhook = world.thing("delivery_id", None), world.thing("webhook_id", None)
    with database.transaction() as session:
        row = session.exec(select(WebhookDelivery)).one()
        row.state, row.next_attempt_at = DeliveryState.FAILED.value, None
    path = f"/admin/webhooks/{webhook}"
    assert delivery in open_page(world, "admin", f"{path}?state=failed").text
    assert delivery not in open_page(world, "admin", f"{path}?state=succeeded").text
    since = (clock.today() - timedelta(days=1)).isoformat()
    answer = send_form(world, "admin", f"{path}/redelivery", {"since": since})
    assert answer.headers["Location"] == f"{path}?done=webhook_redelivered"
    assert delivery in open_page(world, "admin", f"{path}?state=pending").text
    assert send_form(world, "admin", f"{path}/redelivery", {"since": "어제"}).status_code == 422


def test_a_webhook_is_tried_out_rotated_and_deleted(world: World) -> None:
    path = f"/admin/webhooks/{world.thing('webhook_id', None)}"
    tried = send_form(world, "admin", f"{path}/test", {})
    assert tried.headers["Location"].startswith("/admin/webhook-deliveries/")
    again = tried.headers["Location"].partition("?")[0] + "/redelivery"
    assert send_form(world, "admin", again, {}).status_code == 303
    rotated = send_form(world, "admin", f"{path}/rotation", {"overlap_hours": "72"})
    assert "앞선 비밀값으로도 함께 서명합니다" in text_of(rotated)
    assert send_form(world, "admin", f"{path}/deletion", {}).status_code == 303
    assert open_page(world, "admin", path).status_code == 404


@pytest.mark.parametrize("role", ["supplier", "manufacturer", "account_manager", "admin"])
def test_everyone_chooses_when_notifications_are_mailed(world: World, role: str) -> None:
    assert 'value="daily" checked' in open_page(world, role, "/me/notifications").text
    answer = send_form(world, role, "/me/notifications", {"frequency": "weekly"})
    assert answer.headers["Location"] == "/me/notifications?done=saved"
    assert 'value="weekly" checked' in open_page(world, role, "/me/notifications").text
    assert send_form(world, role, "/me/notifications", {"frequency": "hourly"}).status_code == 422
