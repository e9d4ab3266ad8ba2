"""Notifications by mail: at once, in a digest of the day or of the week, or not at all, as each person wants.

They tell people what happened to their own company, which they registered for, and staff what waits for
them; they advertise nothing, so that they need no marketing consent (정보통신망법 제50조 concerns
advertising). They go to confirmed addresses only, and every one of them holds a link that stops them without
signing in, also by one click in the mail program. Who never chose gets a digest a day, if there is news.

A digest tells what happened before its day began in Korea, whenever it is sent: so it is the same digest
however often it is asked for. It leaves out what somebody whom it concerns has read meanwhile.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, and_, func, or_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from service.accounts.actor import Actor
from service.accounts.audit import record_event
from service.accounts.operations import actor_of
from service.accounts.tokens import TokenError, issue_unsubscribing_token, read_unsubscribing_token
from service.db.tables import Account, MailChoice, MailFrequency, Notification
from service.jobs.names import MAIL_DIGEST, MAIL_NOTIFICATION
from service.jobs.queue import Priority, Queue, enqueue
from service.kit import clock
from service.kit.problems import field_problem
from service.mail.letters import Letter
from service.messages.notifications import WaysOut, digest_text, notice_text, notification_text
from service.notifications.places import LIST, UNSUBSCRIBE, place_of, place_of_several

LOOKS_BACK = timedelta(days=14)
"""What is older is news no more: a digest that could not be sent for so long does not bring it up."""
MOST_TOLD = 50

_DIGESTS = (MailFrequency.DAILY.value, MailFrequency.WEEKLY.value)
_MAILABLE = and_(col(Account.active), col(Account.email_confirmed_at).is_not(None))
_OF_THEIRS = or_(
    col(Notification.supplier_id) == col(Account.supplier_id),
    col(Notification.manufacturer_id) == col(Account.manufacturer_id),
    col(Notification.role) == col(Account.role),
    col(Notification.account_id) == col(Account.id),
)


def mail_choice_of(session: Session, account_id: UUID) -> MailChoice:
    """How that person wants it; the default for who never chose."""
    return session.get(MailChoice, account_id) or MailChoice(account_id=account_id)


def lock_mail_choice(session: Session, account_id: UUID) -> MailChoice:
    """The same to change it: a row from now on."""
    session.execute(insert(MailChoice).values(account_id=account_id, version=1).on_conflict_do_nothing())
    return session.get_one(MailChoice, account_id, with_for_update=True, populate_existing=True)


def choose_mail(session: Session, actor: Actor, choice: MailChoice, frequency: MailFrequency) -> None:
    """Set a locked choice; what was told until now is not mailed again or after all."""
    if frequency.value != choice.frequency:
        choice.told_until = clock.now()
    choice.frequency = frequency.value
    choice.version += 1
    session.flush()
    record_event(session, actor, "account.changed", choice.account_id, after={"fields": ["mail_frequency"]})


def unsubscribe(session: Session, token: str, key: str) -> None:
    """Stop the mail of the account that a mailed link names; once more changes nothing.

    Raises `Problem` 422 `unsubscribe_link_invalid` for a link that is not ours or an account that is gone.
    """
    try:
        account = session.get(Account, read_unsubscribing_token(token, key))
    except TokenError:
        account = None
    if account is None or not account.active:
        raise field_problem("/token", "unsubscribe_link_invalid")
    choice = lock_mail_choice(session, account.id)
    if choice.frequency != MailFrequency.NONE.value:
        choose_mail(session, actor_of(account), choice, MailFrequency.NONE)


def have_mailed_at_once(session: Session, notification: Notification) -> None:
    """Have it mailed after the commit to those who want that."""
    wanted = (
        select(MailChoice.account_id)
        .join(Account)
        .join(Notification, _OF_THEIRS)
        .where(
            MailChoice.frequency == MailFrequency.AT_ONCE.value,
            Notification.id == notification.id,
            _MAILABLE,
        )
    )
    for account_id in session.exec(wanted).all():
        enqueue(
            session,
            MAIL_NOTIFICATION,
            once=f"notification:{notification.id}:{account_id}",
            queue=Queue.OUTWARD,
            notification_id=str(notification.id),
            account_id=str(account_id),
        )


def letter_of_notification(
    session: Session, notification_id: UUID, account_id: UUID, public_url: str, key: str
) -> Letter | None:
    """The letter that tells of it; None when there is nobody to tell any more.

    `key` is the one that signs the service's tokens.
    """
    account, notification = session.get(Account, account_id), session.get(Notification, notification_id)
    if account is None or notification is None or not _is_mailable(account):
        return None
    base = public_url.rstrip("/")
    told = notification_text(notification.code, notification.facts)
    place = base + place_of(notification.code, account.role, notification.facts)
    ways_out = _ways_out(account, base, key)
    subject, text = notice_text(account.name, told, place, ways_out)
    letter_id = uuid5(notification.id, str(account.id))
    return Letter(letter_id, account.email, subject, text, unsubscribe=ways_out.unsubscribe)


def have_digests_mailed(session: Session) -> int:
    """Have today's digests mailed to those for whom there is news; how many."""
    today = clock.today()
    found = session.exec(select(Account.id).where(_is_due(today), _has_news(today))).all()
    for account_id in found:
        enqueue(
            session,
            MAIL_DIGEST,
            once=f"digest:{account_id}",
            priority=Priority.BULK,
            queue=Queue.OUTWARD,
            account_id=str(account_id),
            day=today.isoformat(),
        )
    return len(found)


def take_up_digest(session: Session, account_id: UUID, day: date, public_url: str, key: str) -> Letter | None:
    """The digest of that day, from now on taken up: nobody else sends it, also when this process ends.

    None when it was taken up before, is for another day than today, or has nothing to tell. `key` is the one
    that signs the service's tokens.
    """
    choice = lock_mail_choice(session, account_id)
    account = session.exec(select(Account).where(Account.id == account_id, _is_due(day))).first()
    if account is None or day != clock.today():
        return None
    news = session.exec(
        select(Notification)
        .join(Account, _OF_THEIRS)
        .where(Account.id == account_id, _is_news(day))
        .order_by(col(Notification.id))
    ).all()
    choice.mailed_on = day
    session.flush()
    return _digest(account, day, news, public_url.rstrip("/"), key) if news else None


def put_back_digest(session: Session, account_id: UUID) -> None:
    """The mail server did not take it: it may be tried again today."""
    lock_mail_choice(session, account_id).mailed_on = None


def note_digest_sent(session: Session, account_id: UUID, day: date) -> None:
    """What it told is not told again."""
    choice = lock_mail_choice(session, account_id)
    weekly = choice.frequency == MailFrequency.WEEKLY.value
    ended = _begin_of(_monday_of(day) if weekly else day)
    choice.told_until = max(ended, choice.told_until or ended)


def _is_due(day: date) -> ColumnElement[bool]:
    """Accounts whose digest of the day, or of the week that ended before it, was not taken up yet."""
    choice = select(MailChoice).where(MailChoice.account_id == Account.id).correlate(Account)
    settled = or_(
        col(MailChoice.frequency).not_in(_DIGESTS),
        and_(col(MailChoice.frequency) == MailFrequency.DAILY.value, col(MailChoice.mailed_on) >= day),
        and_(
            col(MailChoice.frequency) == MailFrequency.WEEKLY.value,
            col(MailChoice.mailed_on) >= _monday_of(day),
        ),
    )
    return and_(_MAILABLE, ~choice.where(settled).exists())


def _has_news(day: date) -> ColumnElement[bool]:
    return select(Notification.id).where(_OF_THEIRS, _is_news(day)).correlate(Account).exists()


def _is_news(day: date) -> ColumnElement[bool]:
    """Unread, told before the day or the week began, and after what was mailed last."""
    of_theirs = select(MailChoice.told_until).where(MailChoice.account_id == Account.id)
    weekly = (
        select(MailChoice.account_id)
        .where(MailChoice.account_id == Account.id, MailChoice.frequency == MailFrequency.WEEKLY.value)
        .correlate(Account)
        .exists()
    )
    oldest = _begin_of(day) - LOOKS_BACK
    told_until = func.coalesce(of_theirs.correlate(Account).scalar_subquery(), oldest)
    return and_(
        col(Notification.read_at).is_(None),
        col(Notification.created_at) >= func.greatest(told_until, oldest),
        col(Notification.created_at) < _begin_of(day),
        or_(~weekly, col(Notification.created_at) < _begin_of(_monday_of(day))),
    )


def _digest(account: Account, day: date, news: Sequence[Notification], base: str, key: str) -> Letter:
    """Grouped by kind, in the order in which each kind came up first."""
    shown = news[:MOST_TOLD]
    order = {code: place for place, code in reversed(list(enumerate(each.code for each in shown)))}
    kinds = groupby(sorted(shown, key=lambda each: order[each.code]), key=lambda each: each.code)
    groups = [
        (
            notification_text(code, rows[0].facts).title,
            [(_day_of(row), notification_text(code, row.facts).text) for row in rows],
            base
            + (
                place_of(code, account.role, rows[0].facts)
                if len(rows) == 1
                else place_of_several(code, account.role)
            ),
        )
        for code, rows in ((code, list(each)) for code, each in kinds)
    ]
    ways_out = _ways_out(account, base, key)
    subject, text = digest_text(account.name, groups, len(news), base + LIST, ways_out)
    letter_id = uuid5(account.id, f"digest:{day.isoformat()}")
    return Letter(letter_id, account.email, subject, text, unsubscribe=ways_out.unsubscribe)


def _ways_out(account: Account, base: str, key: str) -> WaysOut:
    token = issue_unsubscribing_token(account.id, key)
    return WaysOut(base + LIST, f"{base}{UNSUBSCRIBE}?token={token}")


def _is_mailable(account: Account) -> bool:
    return account.active and account.email_confirmed_at is not None


def _begin_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=clock.KST)


def _monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _day_of(notification: Notification) -> date:
    return notification.created_at.astimezone(clock.KST).date()
