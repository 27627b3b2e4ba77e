"""A pick list as a PDF: one walk along the shelves, in the order of the SKUs."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from fpdf.enums import Align, TableBordersLayout
from fpdf.fonts import FontFace

from storefront.orders.picking import Pick
from storefront.papers.drawing import INK, QUIET, RULE, Sheet
from storefront.papers.type_face import fitted
from storefront.seller import the_seller


def draw_pick_list(
    picks: Sequence[Pick], orders: int, now: datetime, more: Path | None = None
) -> bytes:
    seller = the_seller().as_dict()
    sheet = Sheet({"seller": seller, "issued_at": now.isoformat(), "currency": ""}, more)
    sheet.set_title("Pick list")
    sheet.add_page()
    sheet.write_line("Pick list", 20, bold=True)
    many = "order" if orders == 1 else "orders"
    sheet.write_line(f"{orders} {many}, {sheet.day(now.isoformat())}", 10, colour=QUIET)
    sheet.ln(4)
    sheet.set_font("Shop", "", 10)
    sheet.set_text_color(*INK)
    sheet.set_draw_color(*RULE)
    sheet.set_line_width(0.2)
    with sheet.table(
        width=165,
        align=Align.L,
        col_widths=(15, 35, 55, 30, 30),
        text_align=(Align.R, Align.L, Align.L, Align.L, Align.L),
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        headings_style=FontFace(emphasis="BOLD", color=INK),
        line_height=5.5,
        padding=(1.5, 1.5),
    ) as table:
        table.row(("Take", "SKU", "What", "Lot", "For order"))
        for pick in picks:
            cells = (pick.sku, pick.name, lots_to_take(pick), orders_for(pick))
            table.row([str(pick.quantity), *(fitted(cell, sheet.more) for cell in cells)])
    return bytes(sheet.output())


def lots_to_take(pick: Pick) -> str:
    return "\n".join(f"{count} × {code or 'no lot'}" for code, count in pick.lots.items())


def orders_for(pick: Pick) -> str:
    return "\n".join(f"{count} × {order.number or order.id}" for order, count in pick.orders)
