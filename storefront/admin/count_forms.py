"""What the pages of a stocktake ask."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, NumberRange

from storefront.stock.stocktaking import Scope, scope_of_skus
from storefront.text_length import no_longer_than
from storefront.tidying import tidied

MOST = 1_000_000
SCOPES = [
    SelectChoice("all", "Everything"),
    SelectChoice("collection", "A collection"),
    SelectChoice("search", "What a search finds"),
    SelectChoice("list", "A list of SKUs"),
]


class BeginForm(FlaskForm):
    name = StringField(
        "Name", filters=[tidied], validators=[DataRequired("Name it."), no_longer_than(120)]
    )
    scope = SelectField("What is counted", choices=SCOPES)
    collection = SelectField("Collection", coerce=int)
    words = StringField("Search", filters=[tidied], validators=[no_longer_than(100)])
    skus = TextAreaField("SKUs, one a line", filters=[tidied], validators=[no_longer_than(20_000)])
    blind = BooleanField("Blind: counters do not see what should be there")
    limit = IntegerField(
        "Count again what is off by more than",
        validators=[
            InputRequired("Enter a whole number."),
            NumberRange(0, MOST, "Enter a whole number from 0 on."),
        ],
    )

    def chosen(self) -> Scope:
        """Raises BadScope."""
        kind = self.scope.data
        if kind == "list":
            return scope_of_skus((self.skus.data or "").split())
        if kind == "collection":
            chosen = self.collection.data
            name = next(one.label for one in self.collection.choices if one.value == chosen)
            return Scope(kind, collection_id=chosen, label=name)
        if kind == "search":
            words = self.words.data or ""
            return Scope(kind, words=words, label=f"“{words}”")
        return Scope()

    def validate(self, extra_validators: Any = None) -> bool:
        is_right: bool = super().validate(extra_validators)
        if is_right and self.scope.data == "search" and not self.words.data:
            self.words.errors = ["Enter what to look for."]
            return False
        return is_right


class NoteForm(FlaskForm):
    note = StringField("Note", filters=[tidied], validators=[no_longer_than(300)])
