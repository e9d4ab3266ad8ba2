"""How long what is kept, under which rule, and how it is erased.

PIPA art. 21 wants personal data destroyed without delay once its purpose is fulfilled; where no law names a
number of days the number is the alliance's own and says so. Erased means overwritten or deleted in every
table; the space is given back by PostgreSQL's vacuum, and backups age out by their own schedule.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

from sqlalchemy import CursorResult, Executable, event, text
from sqlmodel import Session

from service.kit import clock
from service.mail.carriers import letters_in
from service.privacy.access_log import cut_front, head_to_cut
from service.privacy.challenge_texts import erase_ended, erase_withdrawn, forget_applicants, forget_reviewers

CLOSED_ACCOUNT_KEPT_FOR = timedelta(days=10)
DRAFT_KEPT_FOR = timedelta(days=14)

ACCESS_LOG_KEPT_FOR = timedelta(days=2 * 365)
MAIL_KEPT_FOR = timedelta(days=30)

Erase = Callable[[Session, datetime], int]
Anchor = Callable[[Session, datetime], str | None]


@dataclass(frozen=True)
class Rule:
    """What is erased once it is older than `kept_for`; `erase` takes the cut-off and counts.

    `anchor` tells, before that, what of it the destruction record has to keep.
    """

    name: str
    kept_for: timedelta
    basis: str
    erase: Erase
    anchor: Anchor = lambda _session, _cut_off: None


def _count(session: Session, statement: Executable, cut_off: datetime) -> int:
    result = session.execute(statement, {"cut_off": cut_off})
    assert isinstance(result, CursorResult)
    return int(result.rowcount)


def _by(statement: str) -> Erase:
    """Erases by one statement over `:cut_off`."""
    return lambda session, cut_off: _count(session, text(statement), cut_off)


def erase_accounts(session: Session, account_ids: Sequence[UUID]) -> None:
    """Leave of these people an id that says nothing: other rows may still point at it."""
    for table in ("account_session", "account_link", "mail_choice", "notification"):
        session.execute(text(f"DELETE FROM {table} WHERE account_id = ANY(:ids)"), {"ids": list(account_ids)})
    forget_reviewers(session, account_ids)
    session.execute(
        text("""
            UPDATE account SET email = 'erased-' || id || '@erased.invalid', name = '', phone = NULL,
                   password_hash = '', active = false, email_confirmed_at = NULL
            WHERE id = ANY(:ids)"""),
        {"ids": list(account_ids)},
    )


_FORGET_PEOPLE_OF_SUPPLIERS = text("""
    UPDATE supplier SET representative_name = NULL, address = NULL, status_reason = NULL,
           version = version + 1
    WHERE id = ANY(:ids)""")
_FORGET_BEFORE, _FORGET_AFTER = (
    text(f"""
        UPDATE audit_event SET {side} = {side} - ARRAY['address', 'reason']
        WHERE subject_id = ANY(:ids) AND {side} ?| ARRAY['address', 'reason']""")
    for side in ("before", "after")
)


_END_KEYS = text("UPDATE api_key SET revoked_at = :now WHERE supplier_id = ANY(:ids) AND revoked_at IS NULL")


def _forget_suppliers(session: Session, supplier_ids: Sequence[UUID]) -> None:
    for statement in (_FORGET_PEOPLE_OF_SUPPLIERS, _FORGET_BEFORE, _FORGET_AFTER):
        session.execute(statement, {"ids": list(supplier_ids)})
    forget_applicants(session, supplier_ids)
    session.execute(_END_KEYS, {"ids": list(supplier_ids), "now": clock.now()})


def erase_rejected(session: Session, cut_off: datetime) -> int:
    """The people of registrations that were refused; the company and its number stay."""
    found = session.execute(
        text("""
            SELECT supplier.id, account.id FROM supplier
            LEFT JOIN account ON account.supplier_id = supplier.id AND account.password_hash <> ''
            WHERE supplier.status = 'rejected' AND supplier.status_changed_at < :cut_off
              AND (account.id IS NOT NULL OR supplier.representative_name IS NOT NULL
                   OR supplier.address IS NOT NULL OR supplier.status_reason IS NOT NULL)"""),
        {"cut_off": cut_off},
    ).all()
    erase_accounts(session, [account_id for _, account_id in found if account_id])
    supplier_ids = {supplier_id for supplier_id, _ in found}
    _forget_suppliers(session, list(supplier_ids))
    return len(supplier_ids)


def _erase_people(session: Session, ids: Sequence[UUID]) -> None:
    """With the last one of a supplier goes its representative's name too."""
    erase_accounts(session, ids)
    left_alone = session.execute(
        text("""
            SELECT supplier_id FROM account WHERE id = ANY(:ids) AND supplier_id IS NOT NULL
            EXCEPT SELECT supplier_id FROM account WHERE active"""),
        {"ids": list(ids)},
    ).scalars()
    _forget_suppliers(session, list(left_alone))


def erase_closed(session: Session, cut_off: datetime) -> int:
    """People who asked for it."""
    ids = list(
        session.execute(
            text("""
                UPDATE account_closure SET erased_at = :now
                WHERE requested_at < :cut_off AND erased_at IS NULL RETURNING account_id"""),
            {"cut_off": cut_off, "now": clock.now()},
        ).scalars()
    )
    _erase_people(session, ids)
    return len(ids)


def erase_left(session: Session, cut_off: datetime) -> int:
    """People of companies whose account was closed by others, so that nobody asked for it."""
    ids = list(
        session.execute(
            text("""
                SELECT account.id FROM account JOIN audit_event ON subject_id = account.id
                WHERE NOT active AND password_hash <> '' AND role IN ('supplier', 'manufacturer')
                  AND action = 'account.deactivated'
                GROUP BY account.id HAVING max(occurred_at) < :cut_off"""),
            {"cut_off": cut_off},
        ).scalars()
    )
    _erase_people(session, ids)
    return len(ids)


def erase_mails(outbox: Path, session: Session, cut_off: datetime) -> int:
    """Letters that lie as files, once the transaction that tells of it is committed."""
    old = [path for path in letters_in(outbox) if path.stat().st_mtime < cut_off.timestamp()]

    def remove(_session: object) -> None:
        for path in old:
            path.unlink(missing_ok=True)

    event.listen(session, "after_commit", remove, once=True)
    return len(old)


RULES: tuple[Rule, ...] = (
    Rule(
        "closed_accounts",
        CLOSED_ACCOUNT_KEPT_FOR,
        "개인정보 보호법 제36조, 시행령 제43조: 삭제 요구를 받은 날부터 10일 이내",
        erase_closed,
    ),
    Rule(
        "left_accounts",
        timedelta(days=365),
        "개인정보 보호법 제21조; 기간은 얼라이언스가 정함 (회사를 나간 사람을 다시 초대할 수 있는 기간)",
        erase_left,
    ),
    Rule(
        "rejected_registrations",
        timedelta(days=90),
        "개인정보 보호법 제21조; 기간은 얼라이언스가 정함 (이의 제기 기간)",
        erase_rejected,
    ),
    Rule(
        "registration_drafts",
        DRAFT_KEPT_FOR,
        "개인정보 보호법 제21조; 기간은 얼라이언스가 정함 (끝내지 않은 등록. 사람에 관한 항목은 담지 않음)",
        _by("DELETE FROM registration_draft WHERE saved_at < :cut_off"),
    ),
    Rule(
        "notifications",
        timedelta(days=365),
        "개인정보 보호법 제21조; 기간은 얼라이언스가 정함 (회사와 담당자에게 보낸 알림)",
        _by("DELETE FROM notification WHERE created_at < :cut_off"),
    ),
    Rule(
        "webhook_messages",
        timedelta(days=90),
        "개인정보 보호법 제21조; 기간은 얼라이언스가 정함 (웹훅으로 보낸 것과 받는 곳의 답)",
        _by("DELETE FROM webhook_message WHERE occurred_at < :cut_off"),
    ),
    Rule(
        "idempotency_answers",
        timedelta(hours=24),
        "개인정보 보호법 제21조; 재전송을 알아보는 24시간이 지나면 쓰임이 없음",
        _by("DELETE FROM idempotency_record WHERE created_at < :cut_off"),
    ),
    Rule(
        "import_uploads",
        timedelta(days=30),
        "개인정보 보호법 제21조; 기간은 얼라이언스가 정함 (끝내지 못한 가져오기의 원본)",
        _by("""
            DELETE FROM import_upload USING job
            WHERE job.id = import_upload.job_id AND job.created_at < :cut_off"""),
    ),
    Rule(
        "import_rejections",
        timedelta(days=90),
        "개인정보 보호법 제21조; 기간은 얼라이언스가 정함 (가져오기에서 거절한 줄의 설명)",
        _by("""
            WITH ended AS (
                DELETE FROM import_rejection USING job
                WHERE job.id = import_rejection.job_id AND job.finished_at < :cut_off)
            UPDATE job SET result = jsonb_set(result, '{rejected}', '[]')
            WHERE finished_at < :cut_off AND kind LIKE 'import_%' AND result->'rejected' <> '[]'"""),
    ),
    Rule(
        "feedback_comments",
        timedelta(days=3 * 365),
        "개인정보 보호법 제21조; 기간은 얼라이언스가 정함 (추천 의견의 자유 글)",
        _by("UPDATE feedback SET comment = NULL WHERE created_at < :cut_off AND comment IS NOT NULL"),
    ),
    Rule(
        "withdrawn_applications",
        timedelta(days=90),
        "개인정보 보호법 제21조; 기간은 얼라이언스가 정함 (거둔 챌린지 지원서의 글)",
        erase_withdrawn,
    ),
    Rule(
        "ended_challenges",
        timedelta(days=3 * 365),
        "개인정보 보호법 제21조; 기간은 얼라이언스가 정함 (챌린지의 지원서와 심사의 글. 점수는 남김)",
        erase_ended,
    ),
    Rule(
        "contract_reminders",
        timedelta(days=3 * 365),
        "개인정보 보호법 제21조; 기간은 얼라이언스가 정함 (연체 연락의 자유 글. 연락한 날과 방법은 남김)",
        _by("UPDATE contract_reminder SET agreed = NULL WHERE recorded_at < :cut_off AND agreed IS NOT NULL"),
    ),
    Rule(
        "access_log",
        ACCESS_LOG_KEPT_FOR,
        "개인정보 보호법 제29조, 개인정보의 안전성 확보조치 기준 제8조: 2년 이상 보관",
        cut_front,
        head_to_cut,
    ),
)


def rules(outbox: Path) -> tuple[Rule, ...]:
    """Every rule; `outbox` is the folder where letters lie that no mail server has taken."""
    mails = Rule(
        "outbox_mails",
        MAIL_KEPT_FOR,
        "개인정보 보호법 제21조; 기간은 얼라이언스가 정함 (가장 오래 쓸 수 있는 링크가 7일)",
        partial(erase_mails, outbox),
    )
    return (*RULES, mails)
