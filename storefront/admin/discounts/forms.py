"""What the pages of discounts ask, and what is meant by it."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, NumberRange, Optional

from storefront.catalog.models import Collection, Product
from storefront.jinja import shop
from storefront.market_door import latest_atlas
from storefront.money import Money
from storefront.pricing.codes import tidy_code
from storefront.pricing.discounting import (
    BadDiscount,
    Terms,
    collections_named,
    mark_of,
    products_named,
    slugs_of,
)
from storefront.pricing.discounts import BUY_X_GET_Y, FIXED, FREE_DELIVERY, PERCENT
from storefront.pricing.models import Discount
from storefront.text_length import no_longer_than
from storefront.tidying import tidied

HIGHEST_MINOR = 2_000_000_000
MOST = 1_000_000


def _count(label: str, least: int = 1) -> IntegerField:
    return IntegerField(
        label,
        validators=[
            Optional(),
            NumberRange(least, MOST, f"Enter a whole number from {least} to {MOST:,}."),
        ],
    )


class DiscountForm(FlaskForm):
    name = StringField(
        "Name",
        filters=[tidied],
        validators=[DataRequired("Enter a name."), no_longer_than(120)],
    )
    code = StringField("Code", filters=[tidied], validators=[no_longer_than(60)])
    kind = SelectField(
        "What it does",
        choices=[
            SelectChoice(PERCENT, "a percentage off"),
            SelectChoice(FIXED, "an amount off"),
            SelectChoice(BUY_X_GET_Y, "buy some, get some cheaper"),
            SelectChoice(FREE_DELIVERY, "free delivery"),
        ],
    )
    currency = SelectField("Currency")
    percent = DecimalField(
        "Percent off",
        validators=[Optional(), NumberRange(0, 100, "Enter a percentage above 0, up to 100.")],
    )
    amount = StringField("Amount off", filters=[tidied], validators=[no_longer_than(20)])
    buy_quantity = _count("Buy")
    get_quantity = _count("Get")
    collections = TextAreaField("Only in these collections", filters=[tidied])
    products = TextAreaField("Only for these products", filters=[tidied])
    minimum = StringField("Least worth of its goods", filters=[tidied])
    first_order = BooleanField("Only for a first order")
    starts_on = DateField("First day", validators=[Optional()])
    ends_on = DateField("Last day", validators=[Optional()])
    usage_limit = _count("How often in all")
    limit_per_email = _count("How often for one buyer")
    stackable = BooleanField("Together with others that allow it")
    sample = StringField("A cart to try it on", filters=[tidied], validators=[no_longer_than(300)])
    seen = HiddenField()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        ways = {way.currency for way in latest_atlas().ways.values()} | {shop().currency}
        self.currency.choices = [
            SelectChoice(one, one) for one in sorted(ways, key=_shops_own_first)
        ]

    def terms(self, row: Discount | None) -> Terms:
        """What is meant; times that were not touched stay to the second. Raises BadDiscount."""
        currency = self.currency.data
        return Terms(
            name=self.name.data,
            kind=self.kind.data,
            currency=currency,
            code=tidy_code(self.code.data or "") or None,
            rate_ppm=_ppm(self.percent.data) if self.kind.data in (PERCENT, BUY_X_GET_Y) else 0,
            amount_minor=_minor(self.amount.data, currency, "amount")
            if self.kind.data == FIXED
            else None,
            buy_quantity=(self.buy_quantity.data or 0) if self.kind.data == BUY_X_GET_Y else 0,
            get_quantity=(self.get_quantity.data or 0) if self.kind.data == BUY_X_GET_Y else 0,
            product_ids=tuple(products_named(_lines(self.products.data))),
            collection_ids=tuple(collections_named(_lines(self.collections.data))),
            minimum_minor=_minor(self.minimum.data, currency, "minimum"),
            first_order=self.first_order.data,
            starts_at=_start(self.starts_on.data, row.starts_at if row else None),
            ends_at=_end(self.ends_on.data, row.ends_at if row else None),
            usage_limit=self.usage_limit.data,
            limit_per_email=self.limit_per_email.data,
            stackable=self.stackable.data,
        )


def form_of(row: Discount) -> DiscountForm:
    """As it is kept."""
    return DiscountForm(
        formdata=None,
        name=row.name,
        code=row.code or "",
        kind=row.kind,
        currency=row.currency,
        percent=Decimal(row.rate_ppm) / 10_000 if row.rate_ppm else None,
        amount=_written(row.amount_minor, row.currency),
        buy_quantity=row.buy_quantity or None,
        get_quantity=row.get_quantity or None,
        collections="\n".join(slugs_of(Collection, row.collection_ids)),
        products="\n".join(slugs_of(Product, row.product_ids)),
        minimum=_written(row.minimum_minor, row.currency),
        first_order=row.first_order,
        starts_on=_first_day(row.starts_at),
        ends_on=_last_day(row.ends_at),
        usage_limit=row.usage_limit,
        limit_per_email=row.limit_per_email,
        stackable=row.stackable,
        seen=mark_of(row),
    )


def _shops_own_first(currency: str) -> tuple[bool, str]:
    return currency != shop().currency, currency


def _lines(text: str | None) -> list[str]:
    return [line.strip().lower() for line in (text or "").splitlines() if line.strip()][:500]


def _ppm(percent: Decimal | None) -> int:
    return int((percent or Decimal(0)) * 10_000)


def _minor(text: str | None, currency: str, where: str) -> int | None:
    if not text:
        return None
    try:
        minor = Money.parse(text.replace(",", "."), currency).minor
    except ValueError:
        minor = -1
    if not 0 <= minor <= HIGHEST_MINOR:
        raise BadDiscount("Enter an amount with digits and a point, as in 12.50.", where)
    return minor


def _written(minor: int | None, currency: str) -> str:
    return "" if minor is None else str(Money(minor, currency).decimal)


def _start(day: date | None, kept: datetime | None) -> datetime | None:
    return kept if day == _first_day(kept) else _midnight(day)


def _end(day: date | None, kept: datetime | None) -> datetime | None:
    return kept if day == _last_day(kept) else _midnight(day + timedelta(1) if day else None)


def _first_day(moment: datetime | None) -> date | None:
    return moment.astimezone(shop().timezone).date() if moment else None


def _last_day(moment: datetime | None) -> date | None:
    return _first_day(moment - timedelta(microseconds=1)) if moment else None


def _midnight(day: date | None) -> datetime | None:
    """When a day begins in the shop's time zone."""
    if day is None:
        return None
    return datetime.combine(day, time(), shop().timezone).astimezone(UTC)
