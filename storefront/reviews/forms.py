"""What a reviewer is asked."""

from flask_wtf import FlaskForm
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, DataRequired, Length

from storefront.languages import later
from storefront.reviews.writing import Words
from storefront.tidying import tidied

STARS = {
    5: later("5 stars: very good"),
    4: later("4 stars: good"),
    3: later("3 stars: fair"),
    2: later("2 stars: poor"),
    1: later("1 star: bad"),
}


def no_longer_than(limit: int) -> Length:
    return Length(
        max=limit, message=later("Shorten this to %(limit)s characters or fewer.", limit=limit)
    )


class ReviewForm(FlaskForm):
    """Stars and words; how it is signed."""

    stars = RadioField(
        later("How is it?"),
        choices=[SelectChoice(value=str(n), label=said) for n, said in STARS.items()],
        validate_choice=False,
        validators=[AnyOf([str(n) for n in STARS], message=later("Choose from 1 to 5 stars."))],
    )
    title = StringField(later("In a few words"), filters=[tidied], validators=[no_longer_than(120)])
    body = TextAreaField(
        later("Your review"),
        filters=[tidied],
        validators=[DataRequired(later("Say in a sentence how it is.")), no_longer_than(3000)],
    )
    full_name = StringField(
        later("Name shown with it"),
        filters=[tidied],
        validators=[DataRequired(later("Enter the name to show.")), no_longer_than(60)],
    )

    def words(self) -> Words:
        return Words(
            stars=int(self.stars.data),
            title=self.title.data or "",
            body=self.body.data or "",
            name=self.full_name.data or "",
        )
