"""What the editor of articles asks, and what it makes of the answers."""

import re
from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask_wtf import FlaskForm
from slugify import slugify
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields import DateTimeLocalField
from wtforms.validators import DataRequired, NumberRange, Optional

from storefront.blog.content import LONGEST_BODY, Content, Source
from storefront.blog.desk import authors
from storefront.blog.identity import to_ids, to_slugs
from storefront.text_length import no_longer_than
from storefront.tidying import tidied

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MOST_BRACKETS = 5_000  # what nests deep takes long to read, and nobody writes so
MOST_TAGS, MOST_SOURCES = 20, 60
NOBODY = "0"
SHOWN = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]  # as browsers send it, as typed
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def lines(text: str | None) -> str:
    """As it is kept: one kind of line end, nothing that no keyboard types."""
    return _CONTROL.sub("", (text or "").replace("\r\n", "\n").replace("\r", "\n"))


class NewPostForm(FlaskForm):
    """What an article begins with."""

    title = StringField(
        "Title", filters=[tidied], validators=[DataRequired("Enter a title."), no_longer_than(200)]
    )

    def first_content(self) -> Content:
        title = self.title.data or ""
        return Content(title=title, slug=slugify(title, max_length=160) or "article")


class PostForm(NewPostForm):
    """Everything of an article that its writer may change."""

    slug = StringField("Address", filters=[tidied], validators=[no_longer_than(160)])
    description = TextAreaField("Description", filters=[tidied], validators=[no_longer_than(300)])
    body = TextAreaField("Text", filters=[lines], validators=[no_longer_than(LONGEST_BODY)])
    tags = StringField("Tags", filters=[tidied], validators=[no_longer_than(1000)])
    author = SelectField("Author", validate_choice=False)
    reviewer = SelectField("Reviewed by", validate_choice=False)
    reviewed_on = DateField("Reviewed on", validators=[Optional()])
    series = StringField("Series", filters=[tidied], validators=[no_longer_than(120)])
    series_position = IntegerField(
        "Place in the series",
        validators=[Optional(), NumberRange(0, 9999, "Enter a number from 0 to 9999.")],
    )
    disclosure = TextAreaField("Disclosure", filters=[tidied], validators=[no_longer_than(300)])
    sources = TextAreaField("Sources", filters=[lines], validators=[no_longer_than(20_000)])
    cover = HiddenField()
    cover_alt = StringField(
        "What the cover shows", filters=[tidied], validators=[no_longer_than(300)]
    )
    no_cover = BooleanField("Take the cover out")
    seen = IntegerField(validators=[DataRequired("Open the article again.")])
    # Beside what is kept:
    find = StringField("Find a product")
    picture = FileField("Picture")
    picture_alt = StringField("What it shows", filters=[tidied], validators=[no_longer_than(300)])
    caption = StringField("Caption", filters=[tidied], validators=[no_longer_than(300)])
    after_line = IntegerField(validators=[Optional()])  # where to put it: script says so

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(row.id), row.name) for row in authors()]
        for choice in (self.author, self.reviewer):
            choice.choices = [(NOBODY, "Nobody yet"), *people]

    def validate_slug(self, field: StringField) -> None:
        if field.data and not SLUG.fullmatch(field.data):
            raise ValidationError("Use small letters a to z, digits and single hyphens.")

    def validate_body(self, field: TextAreaField) -> None:
        if field.data.count("[") > MOST_BRACKETS:
            raise ValidationError(f"This text has more than {MOST_BRACKETS:,} square brackets.")

    def validate_tags(self, field: StringField) -> None:
        tags = self.tag_names()
        if len(tags) > MOST_TAGS:
            raise ValidationError(f"Choose {MOST_TAGS} tags or fewer.")
        if odd := next((tag for tag in tags if len(tag) > 80 or not slugify(tag)), None):
            raise ValidationError(f"“{odd[:80]}” cannot be a tag: use letters, 80 at most.")

    def validate_sources(self, field: TextAreaField) -> None:
        if len(found := sources_of(field.data)) > MOST_SOURCES:
            raise ValidationError(f"Name {MOST_SOURCES} sources or fewer.")
        for source in found:
            if source.url and not re.match(r"https?://[^\s/]+", source.url):
                raise ValidationError(
                    f"“{source.url[:80]}” is no address: it begins with https://. "
                    "Write: title | address | note."
                )

    def validate_author(self, field: SelectField) -> None:
        if field.data not in {value for value, _ in field.choices}:
            raise ValidationError("Choose one of the authors.")

    def validate_cover(self, field: HiddenField) -> None:
        if field.data and not re.fullmatch(r"[0-9a-f]{20,64}", field.data):
            raise ValidationError("Add the cover again from its file.")

    validate_reviewer = validate_author

    def tag_names(self) -> tuple[str, ...]:
        named = (tag.strip() for tag in (self.tags.data or "").split(","))
        return tuple(dict.fromkeys(tag for tag in named if tag))

    def content(self, base_url: str) -> Content:
        """As it is kept, products by id. Asks the database."""
        return Content(
            title=self.title.data or "",
            slug=self.slug.data or slugify(self.title.data or "", max_length=160) or "article",
            description=self.description.data or "",
            body=to_ids(self.body.data, base_url),
            tags=self.tag_names(),
            author_id=_person(self.author.data),
            reviewer_id=_person(self.reviewer.data),
            reviewed_on=self.reviewed_on.data,
            series=self.series.data or "",
            series_position=self.series_position.data or 0,
            disclosure=self.disclosure.data or "",
            sources=sources_of(self.sources.data),
            cover="" if self.no_cover.data else self.cover.data or "",
            cover_alt="" if self.no_cover.data else self.cover_alt.data or "",
        )


def filled(content: Content, seen: int) -> PostForm:
    """The form with what is kept in it, products by the addresses they have now."""
    return PostForm(
        formdata=None,
        seen=seen,
        **{
            **{k: v for k, v in asdict(content).items() if k not in {"author_id", "reviewer_id"}},
            "body": to_slugs(content.body),
            "tags": ", ".join(content.tags),
            "author": str(content.author_id or NOBODY),
            "reviewer": str(content.reviewer_id or NOBODY),
            "sources": "\n".join(map(source_line, content.sources)),
        },
    )


def sources_of(written: str | None) -> tuple[Source, ...]:
    """One a line: title | address | note."""
    found = []
    for line in (written or "").split("\n"):
        parts = [part.strip() for part in line.split("|", 2)]
        if any(parts):
            found.append(Source(*parts))
    return tuple(found)


def source_line(source: Source) -> str:
    parts = [source.title, source.url, source.note]
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    return " | ".join(parts)


def _person(chosen: str | None) -> int | None:
    return int(chosen) if chosen and chosen != NOBODY and chosen.isdecimal() else None


class PublicationForm(FlaskForm):
    """Publish now, or when. `number` and `seen`: the revision whose findings were shown."""

    number = IntegerField(validators=[DataRequired("Open this page again.")])
    seen = HiddenField()
    publish_at = DateTimeLocalField("Publish on", format=SHOWN, validators=[Optional()])
    publish_which = RadioField("Publish at which of the two", choices=[], validate_choice=False)
    withdraw_at = DateTimeLocalField("Withdraw on", format=SHOWN, validators=[Optional()])
    withdraw_which = RadioField("Withdraw at which of the two", choices=[], validate_choice=False)

    def which(self, name: str) -> int | None:
        """Of two such times: the first or the second."""
        chosen = self[name.replace("_at", "_which")].data
        return int(chosen) if chosen in {"0", "1"} else None

    def shown(self, name: str) -> datetime | None:
        found: datetime | None = self[name].data
        return found
