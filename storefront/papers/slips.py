"""Packing slips as a PDF: what is in the parcel, no price; one order a page, in its language."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from fpdf.enums import Align

from storefront.languages import _, language_of, speaking
from storefront.orders.picking import Slip
from storefront.papers.drawing import LEFT, QUIET, Sheet
from storefront.papers.type_face import fitted
from storefront.seller import seller_on_papers


def draw_slips(
    slips: Sequence[Slip],
    now: datetime,
    more: Path | None = None,
    reports: Mapping[str, str] | None = None,
) -> bytes:
    """`more`: a font for letters that the shop's face lacks; `reports`: by code, where to read
    what a laboratory found in a lot."""
    seller = seller_on_papers().as_dict()
    sheet = Sheet({"seller": seller, "issued_at": now.isoformat(), "currency": ""}, more)
    sheet.set_author(seller["name"])
    sheet.set_title(_("Packing slips"))
    for slip in slips:
        with speaking(language_of(slip.order.locale or seller["locale"])):
            sheet.add_page()
            _draw(sheet, slip)
            _reports(sheet, slip, reports or {})
    return bytes(sheet.output())


def _draw(sheet: Sheet, slip: Slip) -> None:
    order = slip.order
    sheet.write_line(sheet.seller["name"], 20, bold=True)
    sheet.write_line(sheet.seller["address"], 9, colour=QUIET)
    sheet.ln(6)
    for block in slip.risks:
        sheet.write_line(block.text, 9, bold=True)
        sheet.ln(3)
    sheet.ln(4)
    for line in order.delivery_address.lines():
        sheet.write_line(line, 12, width=100)
    sheet.ln(8)
    sheet.write_line(_("Packing slip, order %(number)s", number=order.number or "–"), 16, bold=True)
    ordered = _("Ordered on %(day)s", day=sheet.day(order.placed_at.isoformat()))
    by = f" · {order.shipping_name}" if order.shipping_name else ""
    sheet.write_line(ordered + by, 10, colour=QUIET)
    if order.min_age:
        signs = _("An adult has to sign for it")
        sheet.write_line(f"{signs} ({order.min_age}+)", 10, bold=True)
    sheet.ln(4)
    _table(sheet, slip)
    for heading, note in ((_("Your note"), order.note), (_("Gift note"), order.gift_note)):
        if note:
            sheet.ln(4)
            sheet.write_line(heading, 10, bold=True)
            sheet.write_line(note, 11)


def _reports(sheet: Sheet, slip: Slip, reports: Mapping[str, str]) -> None:
    named = [lot.code for line in slip.lines for lot, _count in line.lots if lot is not None]
    for code in dict.fromkeys(named):
        if code in reports:
            sheet.ln(2)
            words = _("What a laboratory found in lot %(code)s:", code=code)
            sheet.write_line(f"{words} {reports[code]}", 9)


def _table(sheet: Sheet, slip: Slip) -> None:
    sheet.set_x(LEFT)
    with sheet.ruled((20, 100, 45), (Align.R, Align.L, Align.L), 11) as table:
        table.row((_("Quantity"), _("What"), _("Lot")))
        for one in slip.lines:
            name = ", ".join(part for part in (one.line.name, one.line.options) if part)
            table.row(
                [
                    str(one.quantity),
                    fitted(f"{name}\n{one.line.sku}", sheet.more),
                    fitted(one.codes, sheet.more),
                ]
            )
