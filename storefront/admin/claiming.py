"""Claims in texts that are edited here: what the rules find, and the reasons an owner gives."""

from dataclasses import dataclass

from flask import request
from sqlalchemy import select

from storefront.account.staff import OWNER
from storefront.account.staff_access import signed_in_staff
from storefront.audit import Change
from storefront.catalog.models import Product, ProductClass
from storefront.clock import now
from storefront.compliance.letting_through import forbid, let, let_through
from storefront.compliance.shop_texts import Found, look_at, product_texts
from storefront.extensions import db


@dataclass(frozen=True, slots=True)
class Said:
    """A finding as a page shows it: with who let it through, or the reason being given."""

    found: Found
    decision: Change | None = None
    reason: str = ""


def is_restricted(class_id: int | None) -> bool:
    """Whether the law restricts the goods of a class: more rules are asked then."""
    return bool(
        class_id
        and db.session.scalar(select(ProductClass.restricted).where(ProductClass.id == class_id))
    )


def found_in_product(product: Product, restricted: bool) -> list[Found]:
    """In what is kept of it. `restricted`: its class is."""
    texts = product_texts(
        product.name, product.summary, product.description, product.seo_description
    )
    return look_at(texts, restricted)


def answer_for(kind: str, subject_id: int, found: list[Found], is_public: bool) -> None:
    """Keep what was sent in reasons; refuse what shoppers must not read. Inside write_tx()."""
    staff = signed_in_staff()
    left = let(
        kind, subject_id, found, _reasons(), staff.actor, staff.role == OWNER, now()
    )  # fmt: skip
    if is_public:
        forbid(left)


def said_of(kind: str, subject_id: int, found: list[Found]) -> list[Said]:
    """One statement, where anything is found."""
    made = let_through(kind, subject_id) if found else {}
    reasons = _reasons()
    return [Said(one, made.get(one.digest), reasons.get(one.digest, "")) for one in found]


def _reasons() -> dict[str, str]:
    return {
        name.removeprefix("reason-"): value
        for name, value in request.form.items()
        if name.startswith("reason-")
    }
