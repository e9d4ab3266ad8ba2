"""What can be done with needs: write down, change, confirm what they call for."""

from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from service.accounts.actor import Actor
from service.accounts.audit import record_event
from service.db.tables import Feedback, Manufacturer, Need, NotificationCode, Supplier, Verdict
from service.jobs.names import EMBED_NEED
from service.jobs.queue import enqueue
from service.kit import clock
from service.needs.schemas import CategoryConfirmation, NeedInput, NeedPatch
from service.notifications.operations import notify_account_managers

_CONFIRMED_TOGETHER = {"title", "description", "categories"}
"""A confirmation is about these as they were."""


def write_down_need(session: Session, actor: Actor, manufacturer: Manufacturer, data: NeedInput) -> Need:
    """A new open need; its text is embedded after the commit. Staff are told of it unless they wrote it."""
    need = Need(manufacturer_id=manufacturer.id, **_columns(data.model_dump()))
    session.add(need)
    session.flush()
    record_event(session, actor, "need.written", need.id, after={"manufacturer_id": str(manufacturer.id)})
    if not actor.is_staff:
        notify_account_managers(
            session,
            NotificationCode.NEED_WRITTEN,
            need_id=str(need.id),
            need_title=need.title,
            company_name=manufacturer.company_name,
        )
    _have_embedded(session, need)
    return need


def change_need(session: Session, actor: Actor, need: Need, patch: NeedPatch) -> Need:
    """Apply a patch to a locked need; a changed text is embedded again.

    Categories that were confirmed are no longer when the text or they themselves change.
    """
    changes = _columns(patch.model_dump(exclude_unset=True))
    before = {name: getattr(need, name) for name in changes}
    for name, value in changes.items():
        setattr(need, name, value)
    if any(before[name] != changes[name] for name in _CONFIRMED_TOGETHER & changes.keys()):
        need.categories_confirmed_at = None
    _count_version(session, need)
    if "status" in changes:
        _have_load_counted_again(session, need)
    record_event(session, actor, "need.changed", need.id, before=_storable(before), after=_storable(changes))
    if {"title", "description"} & changes.keys():
        _have_embedded(session, need)
    return need


def confirm_categories(session: Session, actor: Actor, need: Need, data: CategoryConfirmation) -> Need:
    """The need's own people say what it calls for: known from now on, and learned from later."""
    before = {"categories": need.categories}
    need.categories = data.categories
    need.categories_confirmed_at = clock.now()
    _count_version(session, need)
    record_event(session, actor, "need.categories_confirmed", need.id, before=before, after=data.model_dump())
    return need


def _count_version(session: Session, need: Need) -> None:
    need.version += 1
    need.updated_at = clock.now()
    session.flush()


def _have_load_counted_again(session: Session, need: Need) -> None:
    """A contract occupies its supplier while its need stands so: index copies must read that supplier."""
    contracted = select(Feedback.supplier_id).where(
        Feedback.need_id == need.id, Feedback.verdict == Verdict.CONTRACTED.value
    )
    these = col(Supplier.id).in_(contracted)
    session.execute(update(Supplier).where(these).values(changed_in=Supplier.changed_in))


def _have_embedded(session: Session, need: Need) -> None:
    enqueue(session, EMBED_NEED, once=f"need:{need.id}", need_id=str(need.id))


def _columns(values: dict[str, Any]) -> dict[str, Any]:
    if "excluded_supplier_ids" in values:
        values["excluded_supplier_ids"] = [str(one) for one in values["excluded_supplier_ids"]]
    return values


def _storable(values: dict[str, Any]) -> dict[str, Any]:
    kept = (int, list, str, type(None))
    return {name: value if isinstance(value, kept) else str(value) for name, value in values.items()}
