"""Webhooks with their deliveries, notifications to staff, and how each person wants mail."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_INDEXES = (
    ("notification_of_role", ["role", "id"], "role IS NOT NULL"),
    ("notification_unread_of_role", ["role"], "role IS NOT NULL AND read_at IS NULL"),
    ("notification_of_person", ["account_id", "id"], "account_id IS NOT NULL"),
)


def upgrade() -> None:
    _create_endpoints()
    _create_deliveries()
    op.create_table(
        "mail_choice",
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("frequency", sa.String(), nullable=False),
        sa.Column("told_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mailed_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "frequency IN ('at_once', 'daily', 'weekly', 'none')", name="mail_choice_frequency"
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id"),
    )
    op.add_column("contract", sa.Column("reminded_of", sa.Date(), nullable=True))
    op.add_column("contract", sa.Column("late_told_of", sa.Date(), nullable=True))
    _tell_staff()


def _tell_staff() -> None:
    op.add_column("notification", sa.Column("role", sa.String(), nullable=True))
    op.add_column("notification", sa.Column("account_id", sa.UUID(), nullable=True))
    op.drop_constraint("notification_company", "notification", type_="check")
    for name, condition in (
        (
            "notification_account_id_fkey",
            "FOREIGN KEY (account_id) REFERENCES account (id) ON DELETE CASCADE",
        ),
        ("notification_company", "CHECK (num_nonnulls(supplier_id, manufacturer_id, role, account_id) = 1)"),
        ("notification_role", "CHECK (role IN ('account_manager', 'admin'))"),
    ):
        op.execute(f"ALTER TABLE notification ADD CONSTRAINT {name} {condition} NOT VALID")
        # Every row of before keeps it, and nobody who reads or writes waits while that is read.
        op.execute(f"ALTER TABLE notification VALIDATE CONSTRAINT {name}")
    with op.get_context().autocommit_block():
        for name, columns, where in _INDEXES:
            op.drop_index(name, "notification", postgresql_concurrently=True, if_exists=True)
            op.create_index(
                name,
                "notification",
                columns,
                postgresql_where=sa.text(where),
                postgresql_concurrently=True,
            )


def _create_endpoints() -> None:
    op.create_table(
        "webhook_endpoint",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("event_types", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("disabled_reason", sa.String(), nullable=True),
        sa.Column("secret_generation", sa.Integer(), nullable=False),
        sa.Column("previous_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("disabled_reason IN ('gone', 'failing')", name="webhook_endpoint_reason"),
        sa.CheckConstraint("NOT (enabled AND disabled_reason IS NOT NULL)", name="webhook_endpoint_disabled"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "webhook_message",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column(
            "data", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_webhook_message_occurred_at", "webhook_message", ["occurred_at"])


def _create_deliveries() -> None:
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("message_id", sa.UUID(), nullable=False),
        sa.Column("endpoint_id", sa.UUID(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('pending', 'succeeded', 'failed')", name="webhook_delivery_state"),
        sa.CheckConstraint(
            "(state = 'pending') = (next_attempt_at IS NOT NULL)", name="webhook_delivery_next_attempt"
        ),
        sa.ForeignKeyConstraint(["message_id"], ["webhook_message.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["endpoint_id"], ["webhook_endpoint.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("endpoint_id", "message_id", name="webhook_delivery_once"),
    )
    op.create_index("ix_webhook_delivery_message_id", "webhook_delivery", ["message_id"])
    op.create_index("webhook_delivery_list", "webhook_delivery", ["endpoint_id", "id"])
    op.create_index(
        "webhook_delivery_pending",
        "webhook_delivery",
        ["next_attempt_at"],
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_table(
        "webhook_attempt",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("delivery_id", sa.UUID(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("fault", sa.String(), nullable=True),
        sa.Column("response", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["webhook_delivery.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("webhook_attempt_list", "webhook_attempt", ["delivery_id", "id"])


def downgrade() -> None:
    op.drop_column("contract", "late_told_of")
    op.drop_column("contract", "reminded_of")
    op.execute("DELETE FROM notification WHERE role IS NOT NULL OR account_id IS NOT NULL")
    for name, _, _ in _INDEXES:
        op.drop_index(name, table_name="notification")
    op.drop_constraint("notification_role", "notification", type_="check")
    op.drop_constraint("notification_company", "notification", type_="check")
    op.drop_column("notification", "account_id")
    op.drop_column("notification", "role")
    op.create_check_constraint(
        "notification_company", "notification", "num_nonnulls(supplier_id, manufacturer_id) = 1"
    )
    op.drop_table("mail_choice")
    op.drop_table("webhook_attempt")
    op.drop_table("webhook_delivery")
    op.drop_table("webhook_message")
    op.drop_table("webhook_endpoint")
