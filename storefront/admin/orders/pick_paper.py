"""A pick list as a PDF: one walk along the shelves, in the order of the SKUs."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from fpdf.enums import Align

from storefront.orders.picking import Pick
from storefront.papers.drawing import QUIET, Sheet
from storefront.papers.type_face import fitted
from storefront.seller import seller_on_papers


def draw_pick_list(
    picks: Sequence[Pick], orders: int, now: datetime, more: Path | None = None
) -> bytes:
    seller = seller_on_papers().as_dict()
    sheet = Sheet({"seller": seller, "issued_at": now.isoformat(), "currency": ""}, more)
    sheet.set_title("Pick list")
    sheet.add_page()
    sheet.write_line("Pick list", 20, bold=True)
    many = "order" if orders == 1 else "orders"
    sheet.write_line(f"{orders} {many}, {sheet.day(now.isoformat())}", 10, colour=QUIET)
    sheet.ln(4)
    aligns = (Align.R, Align.L, Align.L, Align.L, Align.L)
    with sheet.ruled((15, 35, 55, 30, 30), aligns) as table:
        table.row(("Take", "SKU", "What", "Lot", "For order"))
        for pick in picks:
            cells = (pick.sku, pick.name, lots_to_take(pick), orders_for(pick))
            table.row([str(pick.quantity), *(fitted(cell, sheet.more) for cell in cells)])
    return bytes(sheet.output())


def lots_to_take(pick: Pick) -> str:
    return "\n".join(f"{count} × {code or 'no lot'}" for code, count in pick.lots.items())


def orders_for(pick: Pick) -> str:
    return "\n".join(f"{count} × {order.number or order.id}" for order, count in pick.orders)
