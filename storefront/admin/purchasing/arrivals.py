"""The form of a delivery: its lines as they are found, scanned, and read."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from storefront.admin.purchasing.forms import DeliveryForm
from storefront.extensions import db
from storefront.jinja import shop
from storefront.money import Money
from storefront.refusal import Refusal
from storefront.stock.arriving import Arrival, DeliveryNote
from storefront.stock.inbound import Progress, progress_of
from storefront.stock.purchase_lists import names_of, supplier_choices
from storefront.stock.purchase_models import PurchaseOrder
from storefront.stock.purchasing import NoSuchOrder, variant_of_sku


@dataclass(frozen=True, slots=True)
class Expected:
    """The order that goods are received of; without one, nothing is expected."""

    order: PurchaseOrder | None
    lines: Sequence[Progress]
    suppliers: Sequence[tuple[int, str]]
    currency: str

    def line(self, variant_id: int) -> Progress | None:
        return next((one for one in self.lines if one.variant_id == variant_id), None)


def expected_of(order_id: int | None) -> Expected:
    """Raises NoSuchOrder."""
    if order_id is None:
        return Expected(None, (), [(0, "Nobody we keep"), *supplier_choices()], shop().currency)
    order = db.session.get(PurchaseOrder, order_id)
    if order is None:
        raise NoSuchOrder("There is no such order.")
    supplier = [(order.supplier_id, order.supplier.name)]
    return Expected(order, progress_of(order_id), supplier, order.currency)


def blank(expected: Expected) -> DeliveryForm:
    """A line for each thing that is still to come."""
    form = DeliveryForm(formdata=None, token=secrets.token_urlsafe(24))
    form.supplier.choices = expected.suppliers
    for line in expected.lines:
        if line.to_come:
            form.lines.append_entry({"variant": line.variant_id, "cost": _shown(line, expected)})
    return form


def add_line(form: DeliveryForm, another: str) -> tuple[int | None, str | None]:
    """The line that was scanned, or one more of the variant `another`: which one it is, or why
    there is none."""
    if another.isdecimal() and len(another) < 10:
        form.lines.append_entry({"variant": another})
        return len(form.lines) - 1, None
    sku = form.scan.data or ""
    try:
        wanted = str(variant_of_sku(sku))
    except Refusal as unknown:
        return None, unknown.message if sku else "Scan or type a SKU, then find its line."
    form.scan.data = ""
    places = [n for n, line in enumerate(form.lines) if line.variant.data == wanted]
    if places:
        return places[0], None
    form.lines.append_entry({"variant": wanted})
    return len(form.lines) - 1, None


def read_costs(form: DeliveryForm, currency: str) -> bool:
    return all([line.cost.read(currency) for line in form.lines])


def variants_in(form: DeliveryForm) -> list[int]:
    """By line; 0 where the page was tampered with."""
    written = [str(line.variant.data or "") for line in form.lines]
    return [int(one) if one.isdecimal() and len(one) < 10 else 0 for one in written]


def all_known(form: DeliveryForm) -> bool:
    ids = variants_in(form)
    return names_of(ids).keys() == set(ids)


def arrivals_in(form: DeliveryForm) -> list[Arrival]:
    return [
        Arrival(
            variant_id=int(line.variant.data),
            arrived=line.arrived.data or 0,
            damaged=line.damaged.data or 0,
            lot=line.lot.data or "",
            best_before=line.best_before.data,
            hold=line.hold.data,
            cost_minor=line.cost.minor,
        )
        for line in form.lines
    ]


def delivery_note(form: DeliveryForm, expected: Expected) -> DeliveryNote:
    return DeliveryNote(
        token=form.token.data or "",
        currency=expected.currency,
        order_id=expected.order.id if expected.order else None,
        supplier_id=form.supplier.data or None,
        reference=form.reference.data or "",
    )


def _shown(line: Progress, expected: Expected) -> str:
    if line.cost_minor is None:
        return ""
    return str(Money(line.cost_minor, expected.currency).decimal)
