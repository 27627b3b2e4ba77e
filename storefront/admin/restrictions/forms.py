"""What the pages of restrictions ask: who looked is known, when and what they found is not."""

from datetime import date

from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Optional

from storefront.compliance.labels import CONFIRMED
from storefront.compliance.models import Restriction
from storefront.compliance.reviewing import Look
from storefront.jinja import shop
from storefront.text_length import no_longer_than
from storefront.tidying import tidied


def _note(label: str) -> TextAreaField:
    return TextAreaField(
        label,
        filters=[tidied],
        validators=[DataRequired("Write a note: it stays with the row."), no_longer_than(1000)],
    )


class LookForm(FlaskForm):
    """A row that counts is looked at again."""

    on = DateField("Looked at on", validators=[InputRequired("Enter the day.")])
    as_of = DateField("Date of the source", validators=[Optional()])
    note = _note("What you looked up, and where")

    def look(self) -> Look:
        return Look(self.on.data or shop().today(), self.note.data or "", self.as_of.data)


class ReviewForm(LookForm):
    """A row that does not count yet."""

    starts_on = DateField("In force from", validators=[Optional()])
    ends_on = DateField("Last day", validators=[Optional()])

    def look(self) -> Look:
        seen = super().look()
        return Look(seen.on, seen.note, seen.as_of, self.starts_on.data, self.ends_on.data)


class EnableManyForm(FlaskForm):
    on = DateField("Enabled on", validators=[InputRequired("Enter the day.")])
    note = _note("Why they are enabled, and who looked them up")


class EndForm(FlaskForm):
    last_day = DateField("Last day", validators=[Optional()])
    note = _note("Why it ends")


class ImportForm(FlaskForm):
    rows = TextAreaField("Or the rows themselves", validators=[no_longer_than(240_000)])
    do = HiddenField()


class ConfirmForm(FlaskForm):
    word = SelectField("What you confirm")
    document = StringField(
        "Document",
        filters=[tidied],
        validators=[DataRequired("Name the document."), no_longer_than(300)],
    )
    expires_on = DateField("Expires on", validators=[InputRequired("Enter the day.")])

    def offer(self) -> None:
        self.word.choices = [
            SelectChoice(word, f"{said_word(word)} ({word})") for word in sorted(CONFIRMED)
        ]


def review_form(row: Restriction, today: date) -> ReviewForm:
    return ReviewForm(
        formdata=None, on=today, as_of=row.as_of, starts_on=row.starts_on, ends_on=row.ends_on
    )


def look_form(row: Restriction, today: date) -> LookForm:
    return LookForm(formdata=None, on=today, as_of=row.as_of)


def said_word(word: str) -> str:
    """A word of needs_label as a person would say it."""
    return word.replace("_", " ").capitalize()
