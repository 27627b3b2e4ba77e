"""Customers as staff know them: found, noted, told what the shop holds of them, forgotten."""

import json

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import DateField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from storefront.account.models import Customer
from storefront.account.notes import KIND, LONGEST_NOTE, add_note, set_tags, tags_of
from storefront.account.opening import customer_to_change
from storefront.account.personal import erase, everything_about
from storefront.account.staff_access import signed_in_staff
from storefront.admin.customer_record import listed, order_url, record_of
from storefront.admin.listing import asked, page_of
from storefront.audit import changes_of, record_change
from storefront.catalog.paging import Sort, whole
from storefront.clock import now
from storefront.extensions import db
from storefront.flash import flash
from storefront.orders.joining import counts_of
from storefront.pricing.exempting import BadExemption, charge_again, confirmed_number, exempt
from storefront.refusal import Refusal
from storefront.text_length import no_longer_than
from storefront.tidying import tidied
from storefront.transactions import write_tx

bp = Blueprint("customers", __name__, url_prefix="/customers")
NEWEST = Sort(Customer.id, True, whole)
VAT, CERTIFICATE = "vat", "certificate"


class NoSuchCustomer(Refusal):
    status = 404

    def __init__(self) -> None:
        super().__init__("There is no customer of this number. They may have been erased.")


class NoteForm(FlaskForm):
    body = TextAreaField(
        "Note",
        filters=[tidied],
        validators=[DataRequired("Write the note."), Length(max=LONGEST_NOTE)],
    )


class TagsForm(FlaskForm):
    tags = StringField("Tags", filters=[tidied], validators=[no_longer_than(400)])


class ExemptionForm(FlaskForm):
    kind = SelectField(
        "What they showed",
        choices=[
            SelectChoice(VAT, "a VAT number of the EU"),
            SelectChoice(CERTIFICATE, "a certificate"),
        ],
    )
    number = StringField(
        "Its number",
        filters=[tidied],
        validators=[DataRequired("Enter the number."), no_longer_than(60)],
    )
    country = StringField(
        "Country of the certificate", filters=[tidied], validators=[Optional(), no_longer_than(2)]
    )
    ends_on = DateField("Last day it counts", validators=[Optional()])


@bp.get("")
def index() -> str:
    here = asked("admin.customers.index", {"all": "All customers"})
    page = page_of(listed(here.words), NEWEST, Customer.id, here.place)
    ids = [row.id for row in page.rows]
    return render_template(
        "admin/customers/index.html",
        asked=here,
        page=page,
        orders=counts_of(ids),
        tags=tags_of(ids),
    )


@bp.get("/<int:customer_id>")
def show(customer_id: int) -> str:
    return _page(customer_id)


@bp.post("/<int:customer_id>/notes")
def note(customer_id: int) -> ResponseReturnValue:
    form = NoteForm()
    if not form.validate():
        return _page(customer_id, note=form), 422
    with write_tx():
        add_note(_held(customer_id).id, form.body.data or "", now(), signed_in_staff().actor)
    flash("ok", "The note is kept.")
    return _back(customer_id)


@bp.post("/<int:customer_id>/tags")
def tag(customer_id: int) -> ResponseReturnValue:
    form = TagsForm()
    if not form.validate():
        return _page(customer_id, tags=form), 422
    try:
        with write_tx():
            set_tags(_held(customer_id).id, form.tags.data or "", now(), signed_in_staff().actor)
    except Refusal as refusal:
        return _page(customer_id, tags=form, said=refusal.message), refusal.status
    flash("ok", "The tags are kept.")
    return _back(customer_id)


@bp.post("/<int:customer_id>/exemption")
def exempt_from_tax(customer_id: int) -> ResponseReturnValue:
    form = ExemptionForm()
    if not form.validate():
        return _page(customer_id, exemption=form), 422
    is_vat, actor = form.kind.data == VAT, signed_in_staff().actor
    try:
        number, where = confirmed_number(form.number.data or "", form.country.data or "", is_vat)
        with write_tx():
            email = _held(customer_id).email
            exempt(email, number, where, form.ends_on.data, now(), is_vat)
            after = {"tax": f"none in {where}", "until": str(form.ends_on.data or "further notice")}
            record_change(KIND, customer_id, "exempted from tax", {}, after, actor=actor, now=now())
    except BadExemption as refusal:
        return _page(customer_id, exemption=form, said=refusal.message), refusal.status
    flash("ok", f"They are charged no tax in {where} when they give this number.")
    return _back(customer_id)


@bp.post("/<int:customer_id>/exemption/removal")
def charge_tax(customer_id: int) -> ResponseReturnValue:
    with write_tx():
        gone = charge_again(_held(customer_id).email)
        before, after = {"exemptions": gone}, {"exemptions": 0}
        actor = signed_in_staff().actor
        record_change(KIND, customer_id, "charged tax again", before, after, actor=actor, now=now())
    flash("ok", "They are charged tax again.")
    return _back(customer_id)


@bp.post("/<int:customer_id>/copy")
def export(customer_id: int) -> Response:
    """A copy of everything, as they get themselves. That it was taken is written down."""
    with write_tx():
        _held(customer_id)
        actor, after = signed_in_staff().actor, {"copy": f"customer-{customer_id}.json"}
        record_change(KIND, customer_id, "took a copy", {}, after, actor=actor, now=now())
    told = everything_about(_known(customer_id))
    response = Response(
        json.dumps(told, ensure_ascii=False, indent=2) + "\n", mimetype="application/json"
    )
    name = f"customer-{customer_id}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.post("/<int:customer_id>/erasure")
def forget(customer_id: int) -> ResponseReturnValue:
    """Orders and invoices stay, without the person. Refused while an order is under way."""
    try:
        with write_tx():
            customer, actor = _held(customer_id), signed_in_staff().actor
            erase(customer, now())
            record_change(
                KIND, customer_id, "erased", {}, {"account": "erased"}, actor=actor, now=now()
            )
    except Refusal as refusal:
        db.session.rollback()
        return _page(customer_id, said=refusal.message), refusal.status
    flash("ok", "The customer is erased. Their orders stay, without them.")
    return redirect(url_for("admin.customers.index"), 303)


def _held(customer_id: int) -> Customer:
    customer = customer_to_change(customer_id)
    if customer is None:
        raise NoSuchCustomer
    return customer


def _known(customer_id: int) -> Customer:
    customer = db.session.get(Customer, customer_id)
    if customer is None:
        raise NoSuchCustomer
    return customer


def _back(customer_id: int) -> ResponseReturnValue:
    return redirect(url_for("admin.customers.show", customer_id=customer_id), 303)


def _page(
    customer_id: int,
    *,
    note: NoteForm | None = None,
    tags: TagsForm | None = None,
    exemption: ExemptionForm | None = None,
    said: str | None = None,
) -> str:
    record = record_of(_known(customer_id))
    return render_template(
        "admin/customers/show.html",
        record=record,
        note_form=note or NoteForm(formdata=None),
        tags_form=tags or TagsForm(formdata=None, tags=", ".join(record.tags)),
        exemption_form=exemption or ExemptionForm(formdata=None),
        said=said,
        order_url=order_url,
        changes=changes_of(KIND, customer_id),
    )
