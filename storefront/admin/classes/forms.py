"""What the page of a class asks."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, NumberRange, Optional

from storefront.admin.posts.forms import lines
from storefront.checkout.visit import shop_providers
from storefront.compliance.classes import CODE, ClassDetails
from storefront.text_length import no_longer_than
from storefront.tidying import tidied

AGES = (18, 21)  # what a visitor can show to be
LONGEST_TEXT = 5_000
NONE = "0"


def _code(text: str | None) -> str:
    return (tidied(text) or "").lower()


def text_of(value: str | None) -> str:
    return lines(value).strip()


class ClassForm(FlaskForm):
    name = StringField(
        "Name", filters=[tidied], validators=[DataRequired("Enter a name."), no_longer_than(120)]
    )
    code = StringField(
        "Code", filters=[_code], validators=[DataRequired("Enter a code."), no_longer_than(60)]
    )
    restricted = BooleanField("The law restricts where and to whom it is sold")
    min_age = SelectField("Shown only to those who say they are")
    risk_text = TextAreaField(
        "Risk text", filters=[text_of], validators=[no_longer_than(LONGEST_TEXT)]
    )
    release_required = BooleanField("Lots wait until somebody releases them")
    requires_report = BooleanField("Lots are sold with a passing lab report only")
    payment_restricted = BooleanField("Only payment providers of the setting RESTRICTED_PROVIDERS")
    providers = SelectMultipleField("Of all providers, only these")
    cap_units = IntegerField(
        "Most units of it",
        validators=[Optional(), NumberRange(1, 100_000, "Enter a number from 1 to 100,000.")],
    )
    cap_days = IntegerField(
        "in so many days",
        validators=[Optional(), NumberRange(1, 3_650, "Enter a number from 1 to 3,650.")],
    )
    seen = HiddenField()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        ages = (SelectChoice(str(age), f"at least {age}") for age in AGES)
        self.min_age.choices = [SelectChoice(NONE, "of any age"), *ages]
        known = {*shop_providers().by_code, *(self.providers.data or ())}
        self.providers.choices = [SelectChoice(code, code) for code in sorted(known)]

    def validate_code(self, field: StringField) -> None:
        if field.data and not CODE.fullmatch(field.data):
            raise ValidationError("Use small letters a to z and digits, with single _ between.")

    def validate_providers(self, field: SelectMultipleField) -> None:
        if unknown := set(field.data or ()) - set(shop_providers().by_code):
            raise ValidationError(f"There is no provider {min(unknown)[:40]}.")

    def validate_cap_units(self, field: IntegerField) -> None:
        if field.data and not self.cap_days.data:
            raise ValidationError("Say in how many days, too.")

    def validate_cap_days(self, field: IntegerField) -> None:
        if field.data and not self.cap_units.data:
            raise ValidationError("Say how many units, too.")

    def details(self) -> ClassDetails:
        return ClassDetails(
            code=self.code.data or "",
            name=self.name.data or "",
            restricted=self.restricted.data,
            release_required=self.release_required.data,
            requires_report=self.requires_report.data,
            min_age=int(self.min_age.data or 0) or None,
            payment_restricted=self.payment_restricted.data,
            providers=tuple(sorted(set(self.providers.data or ()))),
            cap_units=self.cap_units.data,
            cap_days=self.cap_days.data,
            risk_text=self.risk_text.data or "",
        )


def filled(details: ClassDetails, seen: str) -> ClassForm:
    return ClassForm(
        formdata=None,
        seen=seen,
        name=details.name,
        code=details.code,
        restricted=details.restricted,
        min_age=str(details.min_age or NONE),
        risk_text=details.risk_text,
        release_required=details.release_required,
        requires_report=details.requires_report,
        payment_restricted=details.payment_restricted,
        providers=list(details.providers),
        cap_units=details.cap_units,
        cap_days=details.cap_days,
    )


class TextForm(FlaskForm):
    """The risk text in one language, or what takes its place."""

    body = TextAreaField(
        "Text", filters=[text_of], validators=[DataRequired("Write the text."),
                                               no_longer_than(LONGEST_TEXT)],
    )  # fmt: skip
    seen = HiddenField()
