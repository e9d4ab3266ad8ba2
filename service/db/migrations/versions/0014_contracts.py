"""Installment contracts of a match, and their payments, which are only ever added to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

APPEND_ONLY = """
CREATE TRIGGER contract_payment_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON contract_payment
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    _create_contracts()
    op.create_table(
        "contract_payment",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("contract_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("amount_won", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("reversal_of", sa.UUID(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(reversal_of IS NULL) = (amount_won > 0)", name="contract_payment_amount"),
        sa.CheckConstraint("amount_won <> 0", name="contract_payment_not_zero"),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"]),
        sa.ForeignKeyConstraint(["reversal_of"], ["contract_payment.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("contract_payment_number", "contract_payment", ["contract_id", "number"], unique=True)
    op.create_index("contract_payment_reversed_once", "contract_payment", ["reversal_of"], unique=True)
    op.execute(APPEND_ONLY)


def _create_contracts() -> None:
    op.create_table(
        "contract",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("need_id", sa.UUID(), nullable=False),
        sa.Column("supplier_id", sa.UUID(), nullable=False),
        sa.Column("manufacturer_id", sa.UUID(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("terms", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("overdue_addon_percent", sa.String(), nullable=False),
        sa.Column("price_won", sa.BigInteger(), nullable=False),
        sa.Column("grant_won", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_reason", sa.String(), nullable=True),
        sa.Column("quoted_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("next_due_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('quoted', 'accepted', 'delivered', 'settled', 'cancelled', 'lapsed')",
            name="contract_state",
        ),
        sa.CheckConstraint("price_won > 0 AND grant_won >= 0", name="contract_amounts"),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'delivered', 'settled') OR accepted_on IS NOT NULL",
            name="contract_accepted",
        ),
        sa.CheckConstraint(
            "state NOT IN ('delivered', 'settled') OR delivered_on IS NOT NULL", name="contract_delivered"
        ),
        sa.CheckConstraint(
            "(state IN ('settled', 'cancelled', 'lapsed')) = (closed_on IS NOT NULL)", name="contract_closed"
        ),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"]),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"]),
        sa.ForeignKeyConstraint(["manufacturer_id"], ["manufacturer.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("need_id", "supplier_id", "manufacturer_id"):
        op.create_index(f"ix_contract_{column}", "contract", [column])
    op.create_index("contract_list", "contract", ["state", "id"])
    op.create_index(
        "contract_next_due",
        "contract",
        ["next_due_on", "id"],
        postgresql_where=sa.text("state = 'delivered'"),
    )
    op.create_index(
        "contract_in_force",
        "contract",
        ["need_id", "supplier_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('accepted', 'delivered')"),
    )


def downgrade() -> None:
    op.drop_table("contract_payment")
    op.drop_table("contract")
