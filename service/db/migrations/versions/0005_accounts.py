"""Sessions that can be revoked, scoped keys that can be rotated, mailed links, slowed-down guessing."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

COMPANY_CHECK = "(role = 'supplier') = (supplier_id IS NOT NULL) AND (role = 'manufacturer') = (manufacturer_id IS NOT NULL)"


def upgrade() -> None:
    op.add_column("account", sa.Column("stake_supplier_id", sa.UUID(), nullable=True))
    op.add_column("account", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.create_foreign_key(
        "account_stake_supplier_id_fkey", "account", "supplier", ["stake_supplier_id"], ["id"]
    )
    op.create_index("ix_account_stake_supplier_id", "account", ["stake_supplier_id"])
    _extend_keys()
    _add_sessions()
    _add_links()
    op.create_table(
        "sign_in_throttle",
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("who"),
    )
    op.create_index("ix_sign_in_throttle_last_failed_at", "sign_in_throttle", ["last_failed_at"])


def _extend_keys() -> None:
    op.add_column("api_key", sa.Column("previous_hash", sa.String(), nullable=True))
    op.add_column("api_key", sa.Column("previous_until", sa.DateTime(timezone=True), nullable=True))
    for name, target in (
        ("supplier_id", "supplier"),
        ("manufacturer_id", "manufacturer"),
        ("created_by", "account"),
    ):
        op.add_column("api_key", sa.Column(name, sa.UUID(), nullable=True))
        op.create_foreign_key(f"api_key_{name}_fkey", "api_key", target, [name], ["id"])
        op.create_index(f"ix_api_key_{name}", "api_key", [name])
    op.add_column(
        "api_key",
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    )
    op.add_column("api_key", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.create_unique_constraint("api_key_previous_hash_key", "api_key", ["previous_hash"])
    # Keys made before there were scopes keep what they could do.
    op.execute("UPDATE api_key SET scopes = '{read,write}'")
    # Such a key of a company named no company and could do nothing for one.
    op.execute("DELETE FROM api_key WHERE role IN ('supplier', 'manufacturer')")
    op.create_check_constraint("api_key_company", "api_key", COMPANY_CHECK)


def _add_sessions() -> None:
    op.create_table(
        "account_session",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("network", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("account_session_account", "account_session", ["account_id", "id"])
    op.create_index("ix_account_session_expires_at", "account_session", ["expires_at"])


def _add_links() -> None:
    op.create_table(
        "account_link",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=True),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("purpose IN ('reset', 'confirmation', 'invitation')", name="account_link_purpose"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_account_link_account_id", "account_link", ["account_id"])
    op.create_index("ix_account_link_expires_at", "account_link", ["expires_at"])


def downgrade() -> None:
    for table in ("sign_in_throttle", "account_link", "account_session"):
        op.drop_table(table)
    for column in (
        "previous_hash",
        "previous_until",
        "supplier_id",
        "manufacturer_id",
        "created_by",
        "scopes",
        "version",
    ):
        op.drop_column("api_key", column)
    op.drop_column("account", "stake_supplier_id")
    op.drop_column("account", "version")
