"""The admin: its gate, its home, and the parts it is made of."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import exists, or_, select

from storefront.account.access import safe_next
from storefront.account.staff import OWNER
from storefront.account.staff_access import current_staff, signed_in_staff
from storefront.admin import (
    account,
    catalog,
    changes,
    counts,
    customers,
    delivery,
    gate,
    jobs,
    lab_reports,
    lots,
    mails,
    recalls,
    redirects,
    reviews,
    sales,
    saved_views,
    second_factor,
    settings,
    specs,
    staff,
    taxes,
)
from storefront.admin.classes import views as classes
from storefront.admin.collections import views as collections
from storefront.admin.discounts import views as discounts
from storefront.admin.first_steps import first_steps
from storefront.admin.orders import views as orders
from storefront.admin.posts import views as posts
from storefront.admin.products import views as products
from storefront.admin.purchasing import orders as purchasing
from storefront.admin.purchasing import receiving, suppliers
from storefront.admin.queue import work_queue
from storefront.admin.restrictions import views as restrictions
from storefront.admin.roles import JUMPS, SEES_ORDERS, sections_of
from storefront.admin.stock import views as stock
from storefront.catalog.models import ProductClass
from storefront.clock import now
from storefront.compliance.models import Recall, Restriction
from storefront.extensions import db
from storefront.jinja import shop
from storefront.orders.sales import has_ever_sold
from storefront.public_pages import once_a_version

bp = Blueprint("admin", __name__, url_prefix="/admin")
bp.before_request(gate.speak_english)
bp.before_request(gate.ask)
bp.teardown_request(gate.speak_again_as_before)
PARTS = (
    account,
    catalog,
    changes,
    classes,
    collections,
    counts,
    customers,
    delivery,
    discounts,
    jobs,
    lab_reports,
    lots,
    mails,
    orders,
    posts,
    products,
    purchasing,
    recalls,
    receiving,
    redirects,
    restrictions,
    reviews,
    sales,
    saved_views,
    second_factor,
    settings,
    specs,
    staff,
    stock,
    suppliers,
    taxes,
)
for part in PARTS:
    bp.register_blueprint(part.bp)


@once_a_version
def hidden() -> frozenset[str]:
    """Pages a shop has no use for: of classes where there is none, of the law where it restricts
    nothing, of recalls where there never was one. They are found at their addresses."""
    some_class, some_law, some_recall = db.session.execute(
        select(
            exists().where(ProductClass.id > 0),
            or_(exists().where(ProductClass.restricted), exists().where(Restriction.id > 0)),
            exists().where(Recall.id > 0),
        )
    ).one()
    shown = {
        "admin.classes.index": some_class,
        "admin.restrictions.index": some_law,
        "admin.recalls.index": some_recall,
    }
    return frozenset(page for page, is_shown in shown.items() if not is_shown)


@bp.context_processor
def _frame() -> dict[str, Any]:
    """What layouts/admin.html shows around every page."""
    member = current_staff()
    if member is None:
        return {"staff": None, "sections": ([], []), "jumps": {}}
    sections = sections_of(member.role, hidden())
    return {"staff": member, "sections": sections, "jumps": JUMPS}


@bp.get("")
def home() -> str:
    """What waits; below it what was sold, or what a shop that never sold has yet to do."""
    role = signed_in_staff().role
    sells = role in SEES_ORDERS and has_ever_sold()
    return render_template(
        "admin/home.html",
        queue=work_queue(role, now()),
        sales=sales.at_home(shop().today(), shop().timezone) if sells else [],
        steps=first_steps() if role == OWNER and not sells else [],
        usual=sales.USUAL,
    )


@bp.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """An address to remember; staff sign in where customers do."""
    wanted = safe_next(request.args.get("next") or url_for("admin.home"))
    return redirect(url_for("sign_in.show", next=wanted), 303)
