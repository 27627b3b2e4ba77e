"""An issued paper as a PDF on A4: drawn from what it says, so the same bytes each time."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fpdf import FPDF
from fpdf.enums import Align, TableBordersLayout, XPos, YPos
from fpdf.fonts import FontFace
from fpdf.table import Table

from storefront.dates import long_day
from storefront.languages import _, language_of, speaking
from storefront.money import Money
from storefront.papers.type_face import BOLD, REGULAR, fitted
from storefront.pricing.taxes import Exemption
from storefront.pricing.words import percent, why_exempt

INK, QUIET, MARGIN_RED, RULE = (20, 33, 43), (74, 90, 98), (200, 55, 43), (203, 214, 199)
LEFT, TOP, RIGHT = 25.0, 20.0, 20.0  # mm
FAMILY, MORE = "Shop", "More"


class Sheet(FPDF):
    """Ledger paper: a red rule in the margin, the seller at the foot of each page."""

    def __init__(self, says: dict[str, Any], more: Path | None) -> None:
        super().__init__(format="A4")
        self.says, self.more = says, more
        self.seller: dict[str, str] = says["seller"]
        self.add_font(FAMILY, "", REGULAR)
        self.add_font(FAMILY, "B", BOLD)
        if more is not None:
            self.add_font(MORE, "", more)
            self.set_fallback_fonts([MORE], exact_match=False)
        self.set_margins(LEFT, TOP, RIGHT)
        self.set_auto_page_break(True, margin=32)
        self.set_lang(self.seller["locale"].replace("_", "-"))
        self.set_creation_date(datetime.fromisoformat(says["issued_at"]))
        self.alias_nb_pages()

    def ruled(
        self, widths: Sequence[int], aligns: Sequence[Align], size: int = 10
    ) -> AbstractContextManager[Table]:
        """A table across the sheet, a thin rule below each row; `widths` in millimetres."""
        self.start_table(size)
        return self.table(
            width=165,
            align=Align.L,
            col_widths=tuple(widths),
            text_align=tuple(aligns),
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            headings_style=FontFace(emphasis="BOLD", color=INK),
            line_height=size / 2,
            padding=(size * 0.12, 1.5),
        )

    def start_table(self, size: int = 10) -> None:
        self.set_font(FAMILY, "", size)
        self.set_text_color(*INK)
        self.set_draw_color(*RULE)
        self.set_line_width(0.2)

    def header(self) -> None:
        self.set_draw_color(*MARGIN_RED)
        self.set_line_width(0.5)
        self.line(LEFT - 6, 0, LEFT - 6, self.h)

    def footer(self) -> None:
        self.set_y(-24)
        self.set_draw_color(*RULE)
        self.set_line_width(0.2)
        self.line(LEFT, self.get_y(), self.w - RIGHT, self.get_y())
        self.ln(2)
        seller = self.seller
        about = [seller["name"], seller["address"], seller["email"]]
        if seller["vat_id"]:
            about.append(_("VAT ID %(id)s", id=seller["vat_id"]))
        about.append(seller["registration"])
        self.write_line(" · ".join(part for part in about if part), 8, colour=QUIET)
        page = _("Page %(page)s of %(pages)s", page=self.page_no(), pages="{nb}")
        self.write_line(page, 8, colour=QUIET)

    def write_line(
        self,
        text: str,
        size: float,
        bold: bool = False,
        colour: tuple[int, int, int] = INK,
        width: float = 0,
        align: Align = Align.L,
    ) -> None:
        self.set_font(FAMILY, "B" if bold else "", size)
        self.set_text_color(*colour)
        self.multi_cell(
            width, size * 0.5, fitted(text, self.more), align=align,
            new_x=XPos.LMARGIN, new_y=YPos.NEXT,
        )  # fmt: skip

    def money(self, minor: int) -> str:
        return Money(minor, self.says["currency"]).format(self.seller["locale"])

    def day(self, moment: str) -> str:
        local = datetime.fromisoformat(moment).astimezone(ZoneInfo(self.seller["timezone"]))
        return long_day(local.date())


def draw(says: dict[str, Any], number: str, more: Path | None = None) -> bytes:
    """In the language it was issued in. `more`: a font for letters that the shop's face lacks."""
    with speaking(language_of(says["seller"]["locale"])):
        return _drawn(Sheet(says, more), number)


def _drawn(sheet: Sheet, number: str) -> bytes:
    says = sheet.says
    invoice = says["kind"] == "invoice"
    title = _("Invoice %(number)s", number=number) if invoice else _(
        "Credit note %(number)s", number=number
    )  # fmt: skip
    sheet.set_title(title)
    sheet.set_author(says["seller"]["name"])
    sheet.add_page()
    _head(sheet, title)
    if invoice:
        _lines(sheet)
    elif says.get("lines") or says.get("shipping_minor"):
        _credited(sheet)
    _totals(sheet, _invoice_rows(sheet) if invoice else _credit_rows(sheet))
    if says.get("exemption"):
        sheet.write_line(why_exempt(Exemption(**says["exemption"])), 10)
    if not invoice:
        sheet.write_line(_("Paid back the way it came."), 10)
    return bytes(sheet.output())


def _head(sheet: Sheet, title: str) -> None:
    says = sheet.says
    sheet.write_line(says["seller"]["name"], 20, bold=True)
    sheet.write_line(says["seller"]["address"], 9, colour=QUIET)
    sheet.ln(10)
    top = sheet.get_y()
    for line in says["buyer"]:
        sheet.write_line(line, 10.5, width=85)
    if says.get("tax_number"):
        number = _("Tax number %(number)s", number=says["tax_number"])
        sheet.write_line(number, 10.5, width=85)
    below = sheet.get_y()
    facts = [
        (_("Date"), sheet.day(says["issued_at"])),
        (_("Order"), f"{says['order_number']} · {sheet.day(says['ordered_at'])}"),
    ]
    if "invoice_number" in says:
        number = f"I-{says['invoice_number']:06d} · {sheet.day(says['invoice_date'])}"
        facts.append((_("To invoice"), number))
    sheet.set_y(top)
    for name, value in facts:
        sheet.set_x(LEFT + 90)
        sheet.write_line(f"{name}: {value}", 10, width=75)
    sheet.set_y(max(below, sheet.get_y()) + 12)
    sheet.write_line(title, 16, bold=True)
    if says.get("deliver_to") not in (None, says["buyer"]):
        sheet.ln(1)
        to = _("Delivered to: %(address)s", address=", ".join(says["deliver_to"]))
        sheet.write_line(to, 9, colour=QUIET)
    if says.get("reason"):
        sheet.ln(1)
        sheet.write_line(_("Reason: %(reason)s", reason=says["reason"]), 10)
    sheet.ln(4)


def _lines(sheet: Sheet) -> None:
    heads = (_("Quantity"), _("What"), _("Each"), _("Amount"))
    with sheet.ruled((18, 87, 30, 30), (Align.R, Align.L, Align.R, Align.R)) as table:
        table.row(heads)
        for line in sheet.says["lines"]:
            table.row(
                [
                    str(line["quantity"]),
                    fitted(_what(line), sheet.more),
                    fitted(sheet.money(line["unit_minor"]), sheet.more),
                    fitted(sheet.money(line["total_minor"]), sheet.more),
                ]
            )
    sheet.ln(4)


def _what(line: dict[str, Any]) -> str:
    lots = line.get("lots")  # papers of before know of none
    below = f"{line['sku']} · {_('Lot %(code)s', code=lots)}" if lots else line["sku"]
    return f"{line['name']}\n{below}"


def _credited(sheet: Sheet) -> None:
    """What goes back, tax in; an amount beside it needs no row: the sum says it."""
    says = sheet.says
    rows = [
        (str(line["quantity"]), f"{line['name']}\n{line['sku']}", line["total_minor"])
        for line in says.get("lines", [])
    ]
    if says.get("shipping_minor"):
        rows.append(("", _("Delivery"), says["shipping_minor"]))
    more = says["amount_minor"] - sum(row[2] for row in rows)
    if more:
        rows.append(("", _("Beyond these"), more))
    with sheet.ruled((18, 117, 30), (Align.R, Align.L, Align.R)) as table:
        table.row((_("Quantity"), _("What"), _("Amount")))
        for quantity, what, minor in rows:
            amount = fitted(sheet.money(-minor), sheet.more)
            table.row([quantity, fitted(what, sheet.more), amount])
    sheet.ln(4)


def _invoice_rows(sheet: Sheet) -> list[tuple[str, int, bool]]:
    says = sheet.says
    delivery = _("Delivery")
    if says["shipping_name"]:
        delivery = f"{delivery}, {says['shipping_name']}"
    rows = [(_("Subtotal"), says["subtotal_minor"], False)]
    rows += [(one["name"], -one["amount_minor"], False) for one in says["discounts"]]
    rows.append((delivery, says["shipping_minor"], False))
    rows += [(_tax_words(sheet, tax), tax["tax_minor"], False) for tax in _added(says)]
    rows.append((_("Total"), says["total_minor"], True))
    return rows + [(_tax_words(sheet, tax), tax["tax_minor"], False) for tax in _within(says)]


def _credit_rows(sheet: Sheet) -> list[tuple[str, int, bool]]:
    says = sheet.says
    taxes = [(_tax_words(sheet, {**tax, "included": True}), -tax["tax_minor"], False)
             for tax in says["taxes"]]  # fmt: skip
    return [(_("Credited"), -says["amount_minor"], True), *taxes]


def _added(says: dict[str, Any]) -> list[dict[str, Any]]:
    return [tax for tax in says["taxes"] if not tax["included"]]


def _within(says: dict[str, Any]) -> list[dict[str, Any]]:
    return [tax for tax in says["taxes"] if tax["included"]]


def _tax_words(sheet: Sheet, tax: dict[str, Any]) -> str:
    words = f"{tax['name']} {percent(tax['rate_ppm'], sheet.seller['locale'])}"
    if "base_minor" in tax:
        words = _("%(tax)s on %(base)s", tax=words, base=sheet.money(tax["base_minor"]))
    return _("%(tax)s included", tax=words) if tax["included"] else words


def _totals(sheet: Sheet, rows: Sequence[tuple[str, int, bool]]) -> None:
    sheet.start_table()
    with sheet.table(
        width=95,
        align=Align.R,
        col_widths=(60, 35),
        text_align=(Align.L, Align.R),
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        first_row_as_headings=False,
        line_height=5,
        padding=(1.2, 1.5),
    ) as table:
        for label, minor, strong in rows:
            style = FontFace(emphasis="BOLD") if strong else FontFace()
            table.row(
                [fitted(label, sheet.more), fitted(sheet.money(minor), sheet.more)], style=style
            )
    sheet.ln(6)
