"""A date of birth in three parts, in the order that the spoken language writes dates in."""

import re
from typing import Any

from babel.dates import get_date_format
from flask_wtf import FlaskForm
from wtforms import Field, StringField

from storefront.languages import later, spoken

PART = {"d": "day", "M": "month", "L": "month", "y": "year"}


class BirthForm(FlaskForm):
    """Never filled in beforehand. What is typed is judged by the verifier."""

    day = StringField(later("Day"))
    month = StringField(later("Month"))
    year = StringField(later("Year"))

    def parts(self) -> list[tuple[Field, int]]:
        """Each with how many digits it takes: month first in the US, day first in Germany."""
        pattern = str(get_date_format("short", locale=spoken().locale).pattern)
        order = dict.fromkeys(PART[letter] for letter in re.findall(r"[dMLy]", pattern))
        return [(self[name], 4 if name == "year" else 2) for name in order]

    def refuse(self, part: str, message: str) -> None:
        fields: list[Any] = [self[part]] if part else [field for field, _ in self.parts()]
        fields[0].errors = [message]
