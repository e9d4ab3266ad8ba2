"""Tables: columns and constraints. Rules live in operations, shapes on the wire in schemas."""

from service.db.tables.accounts import (
    Account,
    AccountLink,
    AccountSession,
    ApiKey,
    LinkPurpose,
    SignInThrottle,
)
from service.db.tables.alliance import (
    Certificate,
    Manufacturer,
    Need,
    NeedStatus,
    Reference,
    Solution,
    Supplier,
    SupplierStatus,
)
from service.db.tables.business_status import BusinessStatus
from service.db.tables.challenges import (
    Challenge,
    ChallengeApplication,
    ChallengeConflict,
    ChallengeDepartment,
    ChallengeReview,
)
from service.db.tables.clusters import Cluster, ClusteringRun, ClusterMember
from service.db.tables.contracts import (
    Contract,
    ContractPayment,
    ContractReminder,
    ContractState,
    ReminderChannel,
)
from service.db.tables.fund import (
    FundEntry,
    FundLedger,
    FundLoan,
    FundPosting,
    FundRepayment,
    LoanStatus,
)
from service.db.tables.matching import DEMO_MODEL, Embedding, Feedback, RecommendationRun, Verdict
from service.db.tables.notifications import MailChoice, MailFrequency, Notification, NotificationCode
from service.db.tables.operations import (
    AuditEvent,
    ConsentRecord,
    IdempotencyRecord,
    ImportBatch,
    ImportRejection,
    ImportUpload,
    Job,
    JobStatus,
)
from service.db.tables.privacy import AccessLogEntry, AccountClosure, DestructionRecord
from service.db.tables.programmes import FundTerm, Programme
from service.db.tables.ranking import RankerActivation, RankerVersion
from service.db.tables.registration import RegistrationDraft
from service.db.tables.webhooks import (
    DeliveryState,
    DisabledReason,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookMessage,
)

__all__ = [
    "DEMO_MODEL",
    "AccessLogEntry",
    "Account",
    "AccountClosure",
    "AccountLink",
    "AccountSession",
    "ApiKey",
    "AuditEvent",
    "BusinessStatus",
    "Certificate",
    "Challenge",
    "ChallengeApplication",
    "ChallengeConflict",
    "ChallengeDepartment",
    "ChallengeReview",
    "Cluster",
    "ClusterMember",
    "ClusteringRun",
    "ConsentRecord",
    "Contract",
    "ContractPayment",
    "ContractReminder",
    "ContractState",
    "DeliveryState",
    "DestructionRecord",
    "DisabledReason",
    "Embedding",
    "Feedback",
    "FundEntry",
    "FundLedger",
    "FundLoan",
    "FundPosting",
    "FundRepayment",
    "FundTerm",
    "IdempotencyRecord",
    "ImportBatch",
    "ImportRejection",
    "ImportUpload",
    "Job",
    "JobStatus",
    "LinkPurpose",
    "LoanStatus",
    "MailChoice",
    "MailFrequency",
    "Manufacturer",
    "Need",
    "NeedStatus",
    "Notification",
    "NotificationCode",
    "Programme",
    "RankerActivation",
    "RankerVersion",
    "RecommendationRun",
    "Reference",
    "RegistrationDraft",
    "ReminderChannel",
    "SignInThrottle",
    "Solution",
    "Supplier",
    "SupplierStatus",
    "Verdict",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookMessage",
]
