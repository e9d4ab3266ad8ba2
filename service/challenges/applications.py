"""A supplier applies, changes its application until the last day, or takes it back."""

from sqlmodel import Session, col, select

from service.accounts.actor import Actor
from service.accounts.audit import record_event
from service.challenges.calls import touch
from service.challenges.schemas import ApplicationInput, ApplicationPatch
from service.challenges.states import ChallengeState, require_state, state_of
from service.db.tables import Challenge, ChallengeApplication, Supplier, SupplierStatus
from service.kit import clock
from service.kit.problems import Problem, field_problem


def apply(
    session: Session, actor: Actor, challenge: Challenge, data: ApplicationInput
) -> ChallengeApplication:
    """The actor's company applies to a locked call; one application of a company stands for each.

    One, so that reviewers compare companies' best ideas and none buys more chances by writing more.
    Raises `Problem` 409 when it is not open, the company is not approved or has applied, 422 for a field that
    the call does not have.
    """
    _refuse_unless_open(challenge)
    supplier = session.get_one(Supplier, actor.supplier_id)
    if supplier.status != SupplierStatus.APPROVED.value:
        raise Problem(409, "challenge_supplier_not_approved")
    _refuse_unknown_field(challenge, data.field)
    if find_standing(session, challenge, supplier) is not None:
        raise Problem(409, "challenge_applied_already")
    application = ChallengeApplication(
        challenge_id=challenge.id, supplier_id=supplier.id, **data.model_dump()
    )
    session.add(application)
    session.flush()
    _note(session, actor, application, "written")
    return application


def change_application(
    session: Session,
    actor: Actor,
    challenge: Challenge,
    application: ChallengeApplication,
    patch: ApplicationPatch,
) -> None:
    """Apply a patch to a locked application. Raises `Problem` 409 once it is closed, or withdrawn."""
    _refuse_unless_open(challenge)
    _refuse_withdrawn(application)
    changes = patch.model_dump(exclude_unset=True)
    if "field" in changes:
        _refuse_unknown_field(challenge, changes["field"])
    for name, value in changes.items():
        setattr(application, name, value)
    _changed(session, application)
    _note(session, actor, application, "changed")


def withdraw(session: Session, actor: Actor, challenge: Challenge, application: ChallengeApplication) -> None:
    """Take back a locked application of a locked call, at any time before the decision.

    Raises `Problem` 409 `challenge_state` after it, `challenge_application_withdrawn` the second time.
    """
    require_state(challenge, ChallengeState.ANNOUNCED, ChallengeState.OPEN, ChallengeState.REVIEWING)
    _refuse_withdrawn(application)
    application.withdrawn_at = clock.now()
    _changed(session, application)
    touch(session, challenge)
    _note(session, actor, application, "withdrawn")


def find_standing(session: Session, challenge: Challenge, supplier: Supplier) -> ChallengeApplication | None:
    """The application of that company that was not withdrawn."""
    return session.exec(
        select(ChallengeApplication).where(
            ChallengeApplication.challenge_id == challenge.id,
            ChallengeApplication.supplier_id == supplier.id,
            col(ChallengeApplication.withdrawn_at).is_(None),
        )
    ).first()


def _refuse_unless_open(challenge: Challenge) -> None:
    state = state_of(challenge)
    if state is ChallengeState.OPEN:
        return
    if state in (ChallengeState.DRAFT, ChallengeState.ANNOUNCED):
        raise Problem(409, "challenge_not_open_yet", opens_on=challenge.opens_on.isoformat())
    raise Problem(409, "challenge_closed", closes_on=challenge.closes_on.isoformat())


def _refuse_withdrawn(application: ChallengeApplication) -> None:
    if application.withdrawn_at is not None:
        raise Problem(409, "challenge_application_withdrawn")


def _refuse_unknown_field(challenge: Challenge, field: str) -> None:
    if field not in challenge.fields:
        raise field_problem("/field", "challenge_field_unknown", fields=", ".join(challenge.fields))


def _changed(session: Session, application: ChallengeApplication) -> None:
    application.version += 1
    application.updated_at = clock.now()
    session.flush()


def _note(session: Session, actor: Actor, application: ChallengeApplication, what: str) -> None:
    """Under the application's id, not the company's: the history of a company is open to reviewers."""
    record_event(
        session,
        actor,
        f"challenge_application.{what}",
        application.id,
        after={"challenge_id": str(application.challenge_id)},
    )
