"""The sheets of the demo's invented laboratory, as PDFs."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from storefront.compliance.lab_files import TakenIn, taken_in
from storefront.compliance.results import Typed

LABORATORY = "Northfell Analytical (fictional)"
INVENTED = "Laboratory, lot and figures are invented, for a demonstration. This is no certificate."
NAMES = {
    "identity": "Identity, Mitragyna speciosa",
    "mitragynine": "Mitragynine",
    "seven_oh": "7-Hydroxymitragynine",
    "total_alkaloids": "Total alkaloids",
    "lead": "Lead",
    "arsenic": "Arsenic",
    "cadmium": "Cadmium",
    "mercury": "Mercury",
    "tamc": "Total aerobic count",
    "tymc": "Yeast and mold",
    "e_coli": "E. coli, in 10 g",
    "salmonella": "Salmonella, in 25 g",
}
WIDTHS = (70, 40, 30, 45)


def sheet_of(code: str, results: Sequence[Typed], day: date) -> TakenIn:
    """The same bytes each time it is drawn on a day."""
    paper = FPDF(format="A4")
    paper.set_creation_date(datetime(day.year, day.month, day.day, tzinfo=UTC))
    paper.set_title(f"Lot {code}")
    paper.add_page()
    paper.set_font("helvetica", "B", 16)
    _line(paper, LABORATORY)
    paper.set_font("helvetica", size=10)
    _line(paper, f"Lot {code}   ·   reported {day:%d %B %Y}   ·   sample drawn from the packed lot")
    _line(paper, INVENTED)
    paper.ln(6)
    _row(paper, ("Measured", "Result", "Unit", "Method"), "B")
    for one in results:
        said = {"nd": "not detected"}.get(one.value, one.value)
        _row(paper, (NAMES[one.analyte], said, one.unit, one.method))
    return taken_in(f"{code}.pdf", bytes(paper.output()))


def _line(paper: FPDF, text: str) -> None:
    paper.cell(0, 8, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _row(paper: FPDF, cells: Sequence[str], style: str = "") -> None:
    paper.set_font("helvetica", style, 10)
    for width, text in zip(WIDTHS, cells, strict=True):
        paper.cell(width, 7, text, border="B")
    paper.ln()
