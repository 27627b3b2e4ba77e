"""Goods come in: against an order or without one, in parts, some of them broken."""

from contextlib import closing

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from storefront.account.staff_access import signed_in_staff
from storefront.admin.listing import asked, page_of
from storefront.admin.purchasing.arrivals import (
    Expected,
    add_line,
    all_known,
    arrivals_in,
    blank,
    delivery_note,
    expected_of,
    read_costs,
    variants_in,
)
from storefront.admin.purchasing.forms import DeliveryForm, DocumentForm
from storefront.audit import changes_of
from storefront.catalog.paging import Sort, whole
from storefront.clock import now
from storefront.flash import flash
from storefront.languages import _
from storefront.refusal import Refusal
from storefront.stock.arriving import LotCodeNeeded, on_hold_at_first, receive_delivery
from storefront.stock.documents import (
    LARGEST,
    DocumentRefused,
    content_of,
    documents_of,
    keep_document,
    made_of,
    too_large,
)
from storefront.stock.inbound import Sums, sums_of
from storefront.stock.purchase_lists import (
    deliveries,
    delivery_of,
    expected,
    lines_of_delivery,
    names_of,
)
from storefront.stock.purchase_models import Delivery
from storefront.transactions import write_tx

bp = Blueprint("receiving", __name__, url_prefix="/receiving")
NEWEST = Sort(Delivery.id, True, whole)
VIEWS = {"all": "All", "alone": "Without an order"}
SOON = 20


@bp.get("")
def index() -> str:
    here = asked("admin.receiving.index", VIEWS)
    ordered = expected(SOON)
    sums = sums_of([order.id for order in ordered])
    rows = deliveries(here.words, without_order=here.view == "alone")
    return render_template(
        "admin/receiving/index.html",
        asked=here,
        page=page_of(rows, NEWEST, Delivery.id, here.place),
        coming=[order for order in ordered if sums.get(order.id, Sums()).to_come],
        sums=sums,
    )


@bp.get("/new")
def begin() -> str:
    """Of the order in `?order=`, or of none."""
    order_id = request.args.get("order", type=int)
    return _form_page(blank(expected_of(order_id)), expected_of(order_id))


@bp.post("/new")
def receive() -> ResponseReturnValue:
    """A scan and "another lot" add lines and write nothing; the last button receives."""
    order = expected_of(request.args.get("order", type=int))
    form = DeliveryForm()
    form.supplier.choices = order.suppliers
    if "find" in request.form or "another" in request.form:
        focus, wrong = add_line(form, request.form.get("another", ""))
        return _form_page(form, order, focus=focus, said=wrong), 422 if wrong else 200
    is_right = form.validate()
    if not read_costs(form, order.currency) or not is_right or not all_known(form):
        return _form_page(form, order), 422
    try:
        with write_tx():
            actor = signed_in_staff().actor
            arrivals = arrivals_in(form)
            delivery_id = receive_delivery(delivery_note(form, order), arrivals, now(), actor)
    except Refusal as refusal:
        return _form_page(form, order, refusal=refusal), refusal.status
    batch_id = delivery_of(delivery_id).batch_id
    undo = url_for("admin.stock.batches.undo_batch", batch_id=batch_id)
    flash("ok", _("The delivery is in the stock."), undo=undo)
    return redirect(url_for("admin.receiving.show", delivery_id=delivery_id), 303)


@bp.get("/<int:delivery_id>")
def show(delivery_id: int) -> str:
    return _page(delivery_id)


@bp.post("/<int:delivery_id>/documents")
def add_document(delivery_id: int) -> ResponseReturnValue:
    """A PDF or a photo of the delivery note."""
    delivery_of(delivery_id)
    try:
        name, raw = _sent()
        kind, content = made_of(raw)
        with write_tx():
            actor = signed_in_staff().actor
            kept = keep_document(delivery_id, name, kind, content, now(), actor)
            name = kept.name
    except DocumentRefused as refused:
        return _page(delivery_id, refused.message), refused.status
    flash("ok", _("%(name)s is kept with the delivery.", name=name))
    return redirect(url_for("admin.receiving.show", delivery_id=delivery_id), 303)


def _sent() -> tuple[str, bytes]:
    """The file's name and content. Raises DocumentRefused, of what is too large without reading."""
    request.max_content_length = LARGEST + 64 * 1024
    if (request.content_length or 0) > request.max_content_length:
        raise too_large()
    sent = request.files.get("document")
    if sent is None or not sent.filename:
        raise DocumentRefused("Choose a PDF or a picture first.")
    with closing(sent):
        return sent.filename, sent.read()


@bp.get("/documents/<int:document_id>")
def document(document_id: int) -> Response:
    """To be saved, never shown within the admin: it came from outside."""
    found, content = content_of(document_id)
    answer = Response(content, mimetype=found.kind)
    answer.headers.set("Content-Disposition", "attachment", filename=found.name)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _page(delivery_id: int, said: str | None = None) -> str:
    return render_template(
        "admin/receiving/delivery.html",
        delivery=delivery_of(delivery_id),
        lines=lines_of_delivery(delivery_id),
        documents=documents_of(delivery_id),
        form=DocumentForm(formdata=None),
        said=said,
        changes=changes_of("delivery", delivery_id),
    )


def _form_page(
    form: DeliveryForm, order: Expected, focus: int | None = None, said: str | None = None,
    refusal: Refusal | None = None,
) -> str:  # fmt: skip
    ids = variants_in(form)
    if isinstance(refusal, LotCodeNeeded):
        focus = next(n for n, id_ in enumerate(ids) if id_ == refusal.variant_id)
        form.lines[focus].lot.errors = [refusal.message]
    return render_template(
        "admin/receiving/new.html",
        form=form,
        order=order,
        names=names_of(ids),
        held=on_hold_at_first(ids),
        focus=focus,
        said=said or (refusal.message if refusal else None),
    )
