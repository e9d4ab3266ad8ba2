"""Recommendations, feedback and leads over a live index."""

from collections.abc import Callable

from starlette.testclient import TestClient

from service.accounts.actor import Role
from tests.factories import companies
from tests.factories.people import sign_in, staff, stored_supplier


def test_an_approved_and_embedded_supplier_is_recommended(
    matching_client: TestClient, run_jobs: Callable[[], None]
) -> None:
    supplier_id = stored_supplier(matching_client)
    owner = sign_in(matching_client, Role.MANUFACTURER)
    need = matching_client.post(
        f"/v1/manufacturers/{owner.company_id}/needs", json=companies.need(), headers=owner.headers
    ).json()
    run_jobs()
    matching_client.app.state.matching.refresh()
    answer = matching_client.get(
        f"/v1/needs/{need['id']}/recommendations", headers=staff(matching_client)
    ).json()
    assert [item["supplier"]["id"] for item in answer["items"]] == [str(supplier_id)]
