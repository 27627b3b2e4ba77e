"""Goods that the law restricts: rules, lab reports, risk texts, recalls, caps."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "confirmations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(length=60), nullable=False),
        sa.Column("document", sa.String(length=300), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("confirmed_by", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmations")),
    )
    op.create_index("ix_confirmations_word", "confirmations", ["word", "expires_on"], unique=False)

    op.create_table(
        "postcode_counties",
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("postcode", sa.String(length=12), nullable=False),
        sa.Column("county", sa.String(length=80), nullable=False),
        sa.Column("region", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("country", "postcode", "county", name=op.f("pk_postcode_counties")),
    )
    op.create_table(
        "restrictions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("class_code", sa.String(length=60), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("region", sa.String(length=10), nullable=False),
        sa.Column("locality", sa.String(length=80), nullable=False),
        sa.Column("rule", sa.String(length=12), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("enabled_by", sa.String(length=120), nullable=False),
        sa.Column("enabled_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("checked_by", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "rule in ('deny', 'min_age', 'needs_label')", name=op.f("ck_restrictions_rule")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restrictions")),
    )
    op.create_index(
        "ix_restrictions_enabled", "restrictions", ["enabled", "class_code"], unique=False
    )
    op.create_index(
        "ix_restrictions_place", "restrictions", ["country", "region", "id"], unique=False
    )

    op.create_table(
        "risk_texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("class_code", sa.String(length=60), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_by", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_texts")),
        sa.UniqueConstraint(
            "class_code",
            "language",
            "version",
            name=op.f("uq_risk_texts_class_code_language_version"),
        ),
    )
    op.create_table(
        "spec_profiles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("class_code", sa.String(length=60), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("archived", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spec_profiles")),
        sa.UniqueConstraint("code", name=op.f("uq_spec_profiles_code")),
    )
    op.create_table(
        "spec_limits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("analyte", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("maximum", sa.Numeric(precision=16, scale=6), nullable=True),
        sa.Column("absent", sa.Boolean(), nullable=False),
        sa.Column("needed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["profile_id"], ["spec_profiles.id"], name=op.f("fk_spec_limits_profile_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spec_limits")),
        sa.UniqueConstraint(
            "profile_id", "analyte", name=op.f("uq_spec_limits_profile_id_analyte")
        ),
    )
    op.create_table(
        "product_labels",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_product_labels_product_id")
        ),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_product_labels")),
    )
    op.create_table(
        "cap_marks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("class_code", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column(
            "placed_at",
            sa.DateTime(timezone=True),
            server_default=sa.func.now(),
            nullable=False,
        ),
        sa.CheckConstraint("kind in ('email', 'address')", name=op.f("ck_cap_marks_kind")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_cap_marks_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cap_marks")),
        sa.UniqueConstraint(
            "order_id", "class_code", "kind", name=op.f("uq_cap_marks_order_id_class_code_kind")
        ),
    )
    op.create_index(
        "ix_cap_marks_who", "cap_marks", ["class_code", "digest", "placed_at"], unique=False
    )

    op.create_table(
        "lab_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("laboratory", sa.String(length=160), nullable=False),
        sa.Column("accreditation", sa.String(length=160), nullable=False),
        sa.Column("sampled_on", sa.Date(), nullable=True),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("limits", sa.JSON(), nullable=False),
        sa.Column("passes", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.JSON(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_digest", sa.String(length=64), nullable=False),
        sa.Column("file_bytes", sa.Integer(), nullable=False),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.Column("created_by", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_lab_reports_lot_id")),
        sa.ForeignKeyConstraint(
            ["profile_id"], ["spec_profiles.id"], name=op.f("fk_lab_reports_profile_id")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["lab_reports.id"], name=op.f("fk_lab_reports_supersedes_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lab_reports")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_lab_reports_supersedes_id")),
    )
    op.create_index("ix_lab_reports_lot", "lab_reports", ["lot_id", "id"], unique=False)

    op.create_table(
        "recalls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("advice", sa.Text(), nullable=False),
        sa.Column("begun_by", sa.String(length=120), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.String(length=120), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closing_note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_recalls_lot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recalls")),
    )
    op.create_index("ix_recalls_lot", "recalls", ["lot_id"], unique=True)

    op.create_table(
        "lab_results",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("analyte", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("operator", sa.String(length=2), nullable=False),
        sa.Column("value", sa.Numeric(precision=16, scale=6), nullable=True),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("method", sa.String(length=120), nullable=False),
        sa.Column("detected", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "operator = 'nd' or value is not null", name=op.f("ck_lab_results_value")
        ),
        sa.CheckConstraint("operator in ('', '<', 'nd')", name=op.f("ck_lab_results_operator")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["lab_reports.id"], name=op.f("fk_lab_results_report_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lab_results")),
        sa.UniqueConstraint("report_id", "analyte", name=op.f("uq_lab_results_report_id_analyte")),
    )
    op.create_table(
        "recall_notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recall_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=20), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refunded_minor", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_recall_notices_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["recall_id"], ["recalls.id"], name=op.f("fk_recall_notices_recall_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall_notices")),
        sa.UniqueConstraint(
            "recall_id", "order_id", name=op.f("uq_recall_notices_recall_id_order_id")
        ),
        sa.UniqueConstraint("token", name=op.f("uq_recall_notices_token")),
    )
    op.create_index("ix_recall_notices_order_id", "recall_notices", ["order_id"], unique=False)

    op.add_column(
        "collections",
        sa.Column("restricted", sa.Boolean(), server_default=sa.false(), nullable=False),
    )

    op.add_column("orders", sa.Column("decision", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("orders", sa.Column("attestation", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("orders", sa.Column("risk_texts", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("orders", sa.Column("providers", sa.JSON(none_as_null=True), nullable=True))

    op.add_column(
        "product_classes",
        sa.Column("requires_report", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column("product_classes", sa.Column("min_age", sa.Integer(), nullable=True))
    op.add_column(
        "product_classes", sa.Column("providers", sa.JSON(none_as_null=True), nullable=True)
    )
    op.add_column("product_classes", sa.Column("cap_units", sa.Integer(), nullable=True))
    op.add_column("product_classes", sa.Column("cap_days", sa.Integer(), nullable=True))

    op.add_column(
        "shipping_methods",
        sa.Column("adult_signature", sa.Boolean(), server_default=sa.false(), nullable=False),
    )


def downgrade() -> None:
    op.drop_column("shipping_methods", "adult_signature")

    op.drop_column("product_classes", "cap_days")
    op.drop_column("product_classes", "cap_units")
    op.drop_column("product_classes", "providers")
    op.drop_column("product_classes", "min_age")
    op.drop_column("product_classes", "requires_report")

    op.drop_column("orders", "providers")
    op.drop_column("orders", "risk_texts")
    op.drop_column("orders", "attestation")
    op.drop_column("orders", "decision")

    op.drop_column("collections", "restricted")

    op.drop_index("ix_recall_notices_order_id", "recall_notices")

    op.drop_table("recall_notices")
    op.drop_table("lab_results")
    op.drop_index("ix_recalls_lot", "recalls")

    op.drop_table("recalls")
    op.drop_index("ix_lab_reports_lot", "lab_reports")

    op.drop_table("lab_reports")
    op.drop_index("ix_cap_marks_who", "cap_marks")

    op.drop_table("cap_marks")
    op.drop_table("product_labels")
    op.drop_table("spec_limits")
    op.drop_table("spec_profiles")
    op.drop_table("risk_texts")
    op.drop_index("ix_restrictions_place", "restrictions")
    op.drop_index("ix_restrictions_enabled", "restrictions")

    op.drop_table("restrictions")
    op.drop_table("postcode_counties")
    op.drop_index("ix_confirmations_word", "confirmations")

    op.drop_table("confirmations")
