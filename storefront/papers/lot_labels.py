"""A sheet of labels of one lot, 3 by 8 on A4: what it is, until when, and the way to its report."""

from dataclasses import dataclass
from datetime import datetime

import segno
from fpdf import FPDF

from storefront.languages import _
from storefront.papers.drawing import FAMILY, INK
from storefront.papers.type_face import BOLD, REGULAR, fitted

ACROSS, DOWN = 3, 8
WIDTH, HEIGHT = 70.0, 37.125  # mm: the whole sheet, as such paper is cut
EDGE, CODE = 5.0, 27.0
QUIET_ZONE = 4  # modules of white around a QR code


@dataclass(frozen=True, slots=True)
class Label:
    """What stands on each. `address`: of the lot's page, in the code."""

    code: str
    product: str
    best_before: str
    address: str
    seller: str


def draw_labels(label: Label, now: datetime) -> bytes:
    sheet = FPDF(format="A4")
    sheet.add_font(FAMILY, "", REGULAR)
    sheet.add_font(FAMILY, "B", BOLD)
    sheet.set_auto_page_break(False)
    sheet.set_creation_date(now)
    sheet.set_title(_("Lot %(code)s", code=label.code))
    sheet.set_author(label.seller)
    sheet.add_page()
    for row in range(DOWN):
        for column in range(ACROSS):
            _draw(sheet, label, column * WIDTH, row * HEIGHT)
    return bytes(sheet.output())


def _draw(sheet: FPDF, label: Label, x: float, y: float) -> None:
    sheet.set_text_color(*INK)
    _qr(sheet, label.address, x + WIDTH - EDGE - CODE, y + EDGE)
    lines = [(label.seller, "", 7.0), (label.product, "B", 8.5), (label.code, "B", 9.0)]
    if label.best_before:
        lines.append((_("Best before %(day)s", day=label.best_before), "", 7.5))
    lines.append((_("Laboratory report: scan the code"), "", 6.5))
    sheet.set_y(y + EDGE)
    for text, weight, size in lines:
        sheet.set_x(x + EDGE)
        sheet.set_font(FAMILY, weight, size)
        sheet.multi_cell(
            WIDTH - CODE - 2 * EDGE - 2, size * 0.42, fitted(text), align="L", max_line_height=4,
            new_x="LMARGIN", new_y="NEXT",
        )  # fmt: skip


def _qr(sheet: FPDF, address: str, x: float, y: float) -> None:
    matrix = segno.make(address, error="m", micro=False).matrix
    module = CODE / (len(matrix) + 2 * QUIET_ZONE)
    sheet.set_fill_color(0, 0, 0)
    for down, row in enumerate(matrix):
        for across, dark in enumerate(row):
            if dark:
                left, top = across + QUIET_ZONE, down + QUIET_ZONE
                sheet.rect(x + left * module, y + top * module, module, module, style="F")
