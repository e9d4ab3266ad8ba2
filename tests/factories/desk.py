"""An account manager's desk with something on it: a need, suppliers that fit it, and its list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from service.db.session import Database
from service.db.tables import Feedback, RecommendationRun
from tests.factories import companies
from tests.factories.people import stored_supplier
from tests.factories.world import World

PLATING = "도금 두께를 손으로 재고 종이에 적어서 불량이 나도 원인을 찾지 못합니다."


@dataclass(frozen=True)
class Desk:
    """The world, one need and the suppliers by the name they were given."""

    world: World
    need_id: str
    suppliers: dict[str, str]

    @property
    def page(self) -> str:
        """The page of the need."""
        return f"/desk/needs/{self.need_id}"

    def run_ids(self) -> list[str]:
        """Every run of the need, the oldest first."""
        of_need = select(RecommendationRun.id).where(RecommendationRun.need_id == UUID(self.need_id))
        with self._database.transaction() as session:
            return [str(one) for one in session.exec(of_need.order_by(col(RecommendationRun.id)))]

    def verdicts(self) -> list[str]:
        """What was decided so far, in order."""
        return [row.verdict for row in self._decisions()]

    def last_decision(self) -> str:
        """The id of the decision that was made last."""
        return str(self._decisions()[-1].id)

    def let_days_pass(self, days: int) -> None:
        """Everything that was decided was decided so many days earlier."""
        with self._database.transaction() as session:
            for row in session.exec(select(Feedback)):
                row.created_at -= timedelta(days=days)

    @property
    def _database(self) -> Database:
        database: Database = self.world.client.app.state.database
        return database

    def _decisions(self) -> Sequence[Feedback]:
        with self._database.transaction() as session:
            return session.exec(select(Feedback).order_by(col(Feedback.created_at), col(Feedback.id))).all()

    def need_status(self) -> str:
        """Where the need stands."""
        answer = self.world.client.get(f"/v1/needs/{self.need_id}", headers=self.world.headers("admin"))
        return str(answer.json()["status"])


def set_up(world: World, suppliers: dict[str, dict[str, Any]] | None = None, **need: Any) -> Desk:
    """A need about plating and suppliers by name, with what their profiles differ in."""
    profiles = suppliers if suppliers is not None else {"가까운도금": {}, "먼도금": {"region": "50"}}
    ids = {
        name: str(stored_supplier(world.client, company_name=name, **changes))
        for name, changes in profiles.items()
    }
    manufacturer = world.thing("manufacturer_id", "manufacturer")
    body = companies.need(title="도금 두께를 손으로 잽니다", description=PLATING, **need)
    written = world.client.post(
        f"/v1/manufacturers/{manufacturer}/needs", json=body, headers=world.headers("admin")
    )
    world.catch_up()
    return Desk(world, str(UUID(written.json()["id"])), ids)
