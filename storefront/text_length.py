"""How long a text may be, as a check of a form."""

from wtforms.validators import Length

from storefront.languages import later


def no_longer_than(limit: int) -> Length:
    return Length(
        max=limit, message=later("Shorten this to %(limit)s characters or fewer.", limit=limit)
    )
