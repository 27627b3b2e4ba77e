"""What the pages of laboratory reports and of profiles of limits ask."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FileField,
    Form,
    FormField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Optional

from storefront.compliance.lab_files import TakenIn
from storefront.compliance.models import LabReport
from storefront.compliance.reporting import ReportDetails
from storefront.compliance.results import LONGEST, BadValue, Typed, pasted, read_value
from storefront.compliance.shown import as_typed
from storefront.compliance.specs import ProfileDetails
from storefront.compliance.verdict import SHARE, Limit, plain
from storefront.text_length import no_longer_than
from storefront.tidying import tidied

BLANK_LINES = 3
MOST_LINES = 120
AT_MOST, ABSENT, PRESENT, TOLD = "most", "absent", "present", "told"
ASKS = [
    SelectChoice(AT_MOST, "at most"),
    SelectChoice(ABSENT, "not detected in"),
    SelectChoice(PRESENT, "confirmed"),
    SelectChoice(TOLD, "reported only"),
]


class ResultForm(Form):
    """One line; a line without a value was not looked for."""

    analyte = HiddenField(validators=[no_longer_than(80)])
    value = StringField("Result", filters=[tidied], validators=[no_longer_than(40)])
    unit = StringField("Unit or sample", filters=[tidied], validators=[no_longer_than(20)])
    method = StringField("Method", filters=[tidied], validators=[no_longer_than(120)])


class ReportForm(FlaskForm):
    number = StringField(
        "Number of the report",
        filters=[tidied],
        validators=[DataRequired("Enter the report’s number."), no_longer_than(60)],
    )
    laboratory = StringField(
        "Laboratory",
        filters=[tidied],
        validators=[DataRequired("Enter who looked at it."), no_longer_than(160)],
    )
    accreditation = StringField(
        "Its accreditation", filters=[tidied], validators=[no_longer_than(160)]
    )
    sampled_on = DateField("Sampled on", validators=[Optional()])
    reported_on = DateField("Reported on", validators=[InputRequired("Enter the report’s day.")])
    results = FieldList(FormField(ResultForm), max_entries=MOST_LINES)
    pasted = TextAreaField("More results, one a line", validators=[no_longer_than(LONGEST)])
    document = FileField("The report, as PDF or picture")

    def ask_for(self, limits: Sequence[Limit], old: LabReport | None) -> None:
        """A line for each limit; filled with what the report to be replaced says."""
        known = {one.analyte: one for one in (old.results if old else ())}
        for limit in limits:
            if SHARE in limit.analyte:
                continue  # worked out
            found = known.pop(limit.analyte, None)
            sample = limit.unit if limit.absent else ""
            self.results.append_entry(
                {
                    "analyte": limit.analyte,
                    "value": as_typed(found) if found else "",
                    "unit": found.unit
                    if found
                    else sample or ("" if limit.present else limit.unit),
                    "method": found.method if found else "",
                }
            )
        more = [one for one in known.values() if SHARE not in one.analyte]
        self.pasted.data = "\n".join(
            "\t".join((one.name, as_typed(one), one.unit, one.method)) for one in more
        )

    def typed(self) -> list[Typed]:
        lines = [
            Typed(line.analyte.data or "", line.value.data, line.unit.data or "",
                  line.method.data or "")
            for line in self._told()
        ]  # fmt: skip
        return [*lines, *pasted(self.pasted.data or "")]

    def _told(self) -> Iterator[ResultForm]:
        return (line.form for line in self.results if line.form.value.data)

    def mark(self, wrong: dict[int, str]) -> None:
        """Say what is wrong at the field it is about; lines as typed() counts them."""
        told = list(self._told())
        for line, message in wrong.items():
            if line < len(told):
                told[line].value.errors = [message]
            else:
                said = f"Line {line - len(told) + 1}: {message}"
                self.pasted.errors = [*self.pasted.errors, said]

    def details(
        self, profile_id: int, file: TakenIn | None, supersedes_id: int | None
    ) -> ReportDetails:
        assert self.reported_on.data is not None  # validated
        return ReportDetails(
            number=self.number.data or "",
            laboratory=self.laboratory.data or "",
            accreditation=self.accreditation.data or "",
            sampled_on=self.sampled_on.data,
            reported_on=self.reported_on.data,
            profile_id=profile_id,
            results=self.typed(),
            file=file,
            supersedes_id=supersedes_id,
        )


class LimitForm(Form):
    """One line of a profile; a line without a code is left out."""

    analyte = StringField("Code", filters=[tidied], validators=[no_longer_than(40)])
    name = StringField("What it is called", filters=[tidied], validators=[no_longer_than(80)])
    asks = SelectField("Asks", choices=ASKS, default=AT_MOST)
    maximum = StringField("Figure", filters=[tidied], validators=[no_longer_than(20)])
    unit = StringField("Unit or sample", filters=[tidied], validators=[no_longer_than(20)])
    optional = BooleanField("May be left out")


class ProfileForm(FlaskForm):
    code = StringField("Code", filters=[tidied], validators=[no_longer_than(40)])
    name = StringField(
        "Name",
        filters=[tidied],
        validators=[DataRequired("Say what the profile is called."), no_longer_than(120)],
    )
    class_code = SelectField("For goods of the class", validators=[Optional()])
    source = TextAreaField("Source", filters=[tidied], validators=[no_longer_than(2000)])
    limits = FieldList(FormField(LimitForm), max_entries=MOST_LINES)

    def show(self, limits: Sequence[Limit]) -> None:
        for one in limits:
            self.limits.append_entry(
                {
                    "analyte": one.analyte,
                    "name": one.name,
                    "asks": _asks(one),
                    "maximum": "" if one.maximum is None else plain(one.maximum),
                    "unit": one.unit,
                    "optional": not one.needed,
                }
            )
        self.add_blank_lines()

    def add_blank_lines(self) -> None:
        blank = sum(not line.form.analyte.data for line in self.limits)
        for _line in range(blank, BLANK_LINES):
            self.limits.append_entry()

    def told(self) -> list[LimitForm]:
        return [line.form for line in self.limits if line.form.analyte.data]

    def details(self, code: str) -> ProfileDetails | None:
        """None where a figure cannot be read: it is said at its field."""
        limits = [_limit(line) for line in self.told()]
        known = [one for one in limits if one is not None]
        if len(known) < len(limits):
            return None
        return ProfileDetails(
            code, self.name.data or "", known, self.class_code.data or "", self.source.data or ""
        )


def _asks(limit: Limit) -> str:
    if limit.absent:
        return ABSENT
    if limit.present:
        return PRESENT
    return TOLD if limit.maximum is None else AT_MOST


def _limit(line: LimitForm) -> Limit | None:
    maximum: Decimal | None = None
    if line.asks.data == AT_MOST:
        try:
            reading = read_value(line.maximum.data or "")
        except BadValue as bad:
            line.maximum.errors = [str(bad)]
            return None
        if reading.operator or reading.value is None:
            line.maximum.errors = ["Enter a figure such as 0.04 or 100 000."]
            return None
        maximum = reading.value
    return Limit(
        line.analyte.data or "", line.name.data or line.analyte.data or "", line.unit.data or "",
        maximum, line.asks.data == ABSENT, line.asks.data == PRESENT, not line.optional.data,
    )  # fmt: skip
