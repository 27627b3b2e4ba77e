"""What the law says of a class of goods and where, and what shows that goods keep to it.

Every rule is a row with a source, a date and the person who enabled it; nothing here is advice.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    false,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storefront.columns import UtcDateTime
from storefront.extensions import Model

DENY, MIN_AGE, NEEDS_LABEL = "deny", "min_age", "needs_label"
RULES = (DENY, MIN_AGE, NEEDS_LABEL)
# How a value is told: exactly, as less than what the method can see, or as not there at all.
EXACT, BELOW, NOT_DETECTED = "", "<", "nd"


class Restriction(Model):
    """One rule for a class and its children at a place. Off until a named person enabled it."""

    __tablename__ = "restrictions"
    __table_args__ = (
        CheckConstraint(f"rule in {RULES}", name="rule"),
        Index("ix_restrictions_place", "country", "region", "id"),
        Index("ix_restrictions_enabled", "enabled", "class_code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    class_code: Mapped[str] = mapped_column(String(60))  # covers its children by prefix
    country: Mapped[str] = mapped_column(String(2))
    region: Mapped[str] = mapped_column(String(10), default="")  # "": all
    locality: Mapped[str] = mapped_column(String(80), default="")  # city:…, county:…, zip:…
    rule: Mapped[str] = mapped_column(String(12))
    value: Mapped[str] = mapped_column(Text, default="")  # an age, or label words joined by |
    source: Mapped[str] = mapped_column(Text)
    as_of: Mapped[date | None]  # of the source; none: undated, so past its review
    starts_on: Mapped[date | None]  # in force from this day on
    ends_on: Mapped[date | None]  # that day included
    enabled: Mapped[bool] = mapped_column(default=False)
    enabled_by: Mapped[str] = mapped_column(String(120), default="")
    enabled_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text, default="")  # why it was enabled, what was looked up
    checked_on: Mapped[date | None]  # looked at again by a person, last
    checked_by: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Confirmation(Model):
    """What only the owner can confirm (a licence, a registration), by a document until a day."""

    __tablename__ = "confirmations"
    __table_args__ = (Index("ix_confirmations_word", "word", "expires_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(String(60))  # of needs_label
    document: Mapped[str] = mapped_column(String(300))
    expires_on: Mapped[date]
    confirmed_by: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PostcodeCounty(Model):
    """A county a postcode lies in; it may lie in several."""

    __tablename__ = "postcode_counties"
    __table_args__ = (Index("ix_postcode_counties_region", "country", "region", "county"),)

    country: Mapped[str] = mapped_column(String(2), primary_key=True)
    postcode: Mapped[str] = mapped_column(String(12), primary_key=True)
    region: Mapped[str] = mapped_column(String(10), primary_key=True)  # it may cross a border
    county: Mapped[str] = mapped_column(String(80), primary_key=True)
    source: Mapped[str] = mapped_column(Text)


class ProductLabel(Model):
    """What is printed on a product's label, by the word of needs_label it answers."""

    __tablename__ = "product_labels"

    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"), primary_key=True)
    words: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RiskText(Model):
    """A version of the risk block of a class: never changed, only followed by the next one."""

    __tablename__ = "risk_texts"
    __table_args__ = (UniqueConstraint("class_code", "language", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    class_code: Mapped[str] = mapped_column(String(60))  # covers its children by prefix
    language: Mapped[str] = mapped_column(String(10), default="")  # "": the shop's own
    version: Mapped[int]
    body: Mapped[str] = mapped_column(Text)  # Markdown
    body_html: Mapped[str] = mapped_column(Text)  # made on write
    digest: Mapped[str] = mapped_column(String(64))  # SHA-256 of the body
    created_by: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SpecProfile(Model):
    """Limits by name: what a lot of a class is tested against."""

    __tablename__ = "spec_profiles"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    class_code: Mapped[str] = mapped_column(String(60), default="")  # "": any
    source: Mapped[str] = mapped_column(Text, default="")
    archived: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    limits: Mapped[list["SpecLimit"]] = relationship(
        lazy="selectin", order_by="SpecLimit.position", cascade="all, delete-orphan"
    )


class SpecLimit(Model):
    """The most of one thing a lot may hold; no maximum: it may not be found at all, it must be, or
    it is reported only. An analyte "a/b" is the share of a in b, worked out from their values."""

    __tablename__ = "spec_limits"
    __table_args__ = (UniqueConstraint("profile_id", "analyte"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    profile_id: Mapped[int] = mapped_column(ForeignKey("spec_profiles.id"))
    position: Mapped[int] = mapped_column(default=0)
    analyte: Mapped[str] = mapped_column(String(40))  # code: mitragynine, seven_oh, lead…
    name: Mapped[str] = mapped_column(String(80))
    unit: Mapped[str] = mapped_column(String(20))  # %, mg/kg, CFU/g; for not detected: 10 g
    maximum: Mapped[Decimal | None] = mapped_column(Numeric(16, 6))
    absent: Mapped[bool] = mapped_column(default=False)  # must not be detected
    # Must be found, as an identity is confirmed.
    present: Mapped[bool] = mapped_column(default=False, server_default=false())
    needed: Mapped[bool] = mapped_column(default=True)  # a report without it does not pass


class LabReport(Model):
    """What a laboratory found in a lot. Never changed: a mistake is followed by a new report."""

    __tablename__ = "lab_reports"
    __table_args__ = (
        Index("ix_lab_reports_lot", "lot_id", "id"),
        UniqueConstraint("supersedes_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"))
    number: Mapped[str] = mapped_column(String(60))
    laboratory: Mapped[str] = mapped_column(String(160))
    accreditation: Mapped[str] = mapped_column(String(160), default="")
    sampled_on: Mapped[date | None]
    reported_on: Mapped[date]
    profile_id: Mapped[int] = mapped_column(ForeignKey("spec_profiles.id"))
    # The profile's limits as they were then, and whether all of them are kept.
    limits: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    passes: Mapped[bool]
    failures: Mapped[list[str]] = mapped_column(JSON, default=list)  # why not, in words
    file_name: Mapped[str] = mapped_column(String(200), default="")
    file_digest: Mapped[str] = mapped_column(String(64), default="")  # SHA-256; "": no file
    file_bytes: Mapped[int] = mapped_column(default=0)
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("lab_reports.id"))
    created_by: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    results: Mapped[list["LabResult"]] = relationship(
        lazy="selectin", order_by="LabResult.position", cascade="all, delete-orphan"
    )


class LabResult(Model):
    """One measured thing: `operator` "" with a value, "<" with what the method can see at least,
    "nd" for not detected in the sample that `unit` names."""

    __tablename__ = "lab_results"
    __table_args__ = (
        UniqueConstraint("report_id", "analyte"),
        CheckConstraint("operator in ('', '<', 'nd')", name="operator"),
        CheckConstraint("operator = 'nd' or value is not null or detected", name="value"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("lab_reports.id"))
    position: Mapped[int] = mapped_column(default=0)
    analyte: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(80))
    operator: Mapped[str] = mapped_column(String(2), default=EXACT)
    value: Mapped[Decimal | None] = mapped_column(Numeric(16, 6))
    unit: Mapped[str] = mapped_column(String(20))
    method: Mapped[str] = mapped_column(String(120), default="")
    detected: Mapped[bool] = mapped_column(default=False)  # found, without saying how much


class LabFile(Model):
    """A report as the laboratory sent it. `whole`: at the last look its content still had the
    digest that the report names."""

    __tablename__ = "lab_files"
    __table_args__ = (Index("ix_lab_files_checked", "checked_at"),)

    report_id: Mapped[int] = mapped_column(ForeignKey("lab_reports.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))  # its media type
    whole: Mapped[bool] = mapped_column(default=True)
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LabFilePart(Model):
    """A stretch of it: short rows, as of other documents."""

    __tablename__ = "lab_file_parts"

    report_id: Mapped[int] = mapped_column(ForeignKey("lab_reports.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Recall(Model):
    """Lots of one code called back: who has of them is told, and who has read it is known."""

    __tablename__ = "recalls"
    __table_args__ = (Index("ix_recalls_open", "closed_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60))  # of its lots, as it stands on the goods
    reason: Mapped[str] = mapped_column(Text)  # what shoppers are told
    advice: Mapped[str] = mapped_column(Text)  # what to do with it
    # The same in other languages of the shop, by their code: {"de": {"reason": …, "advice": …}}.
    words: Mapped[dict[str, dict[str, str]]] = mapped_column(JSON, default=dict)
    begun_by: Mapped[str] = mapped_column(String(120))
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reminders: Mapped[int] = mapped_column(default=0)  # so many times who had not read it was told
    closed_by: Mapped[str] = mapped_column(String(120), default="")
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closing_note: Mapped[str] = mapped_column(Text, default="")

    lots: Mapped[list["RecallLot"]] = relationship(lazy="selectin", order_by="RecallLot.lot_id")

    @property
    def lot_ids(self) -> frozenset[int]:
        return frozenset(one.lot_id for one in self.lots)

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    def told(self, language: str | None) -> tuple[str, str]:
        """(reason, advice) in a language; as they were written where nobody translated them."""
        there = self.words.get(language or "", {})
        return there.get("reason") or self.reason, there.get("advice") or self.advice


class RecallLot(Model):
    """A lot that a recall is about: one code may stand on several sizes of a product."""

    __tablename__ = "recall_lots"
    __table_args__ = (Index("ix_recall_lots_lot", "lot_id"),)

    recall_id: Mapped[int] = mapped_column(ForeignKey("recalls.id"), primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"), primary_key=True)


class RecallNotice(Model):
    """An order that had of a recalled lot when the recall began; what its buyer was told and
    answered."""

    __tablename__ = "recall_notices"
    __table_args__ = (
        UniqueConstraint("recall_id", "order_id"),
        CheckConstraint("0 <= kept and kept <= quantity", name="kept"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    recall_id: Mapped[int] = mapped_column(ForeignKey("recalls.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    quantity: Mapped[int]  # units of the lots in this order
    # Which: variant_id, name and quantity as sold, and how many of them had left.
    goods: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    kept: Mapped[int] = mapped_column(default=0)  # of these so many had not left the shop
    # By variant, how many of those no other lot had: the order waits in review for them.
    lacks: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    mailed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # first left for the buyer
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the buyer said so themselves
    answer: Mapped[str] = mapped_column(String(20), default="")  # unopened, used, destroyed…
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refund_id: Mapped[int | None] = mapped_column(ForeignKey("refunds.id"))

    @property
    def out(self) -> int:
        """Units that had left for the buyer."""
        return self.quantity - self.kept

    @property
    def is_told(self) -> bool:
        """Whether its buyer is mailed: what never left and was replaced is no news to them."""
        return self.out > 0 or bool(self.lacks)


class CapMark(Model):
    """How much of a capped class a person or household ordered, by a keyed hash of who."""

    __tablename__ = "cap_marks"
    __table_args__ = (
        UniqueConstraint("order_id", "class_code", "kind"),
        CheckConstraint("kind in ('email', 'address')", name="kind"),
        Index("ix_cap_marks_who", "class_code", "digest", "placed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    class_code: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(8))
    digest: Mapped[str] = mapped_column(String(64))
    quantity: Mapped[int]
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime, server_default=func.now())
