"""Times of a plan: as a clock in the shop shows them, to moments and back; across clock changes."""

from datetime import datetime

from babel.dates import format_datetime, get_timezone_gmt

from storefront.admin.posts.forms import PublicationForm
from storefront.blog.models import Post
from storefront.jinja import shop
from storefront.local_time import NoSuchTime, TwoSuchTimes, moment_of

TIMES = ("publish_at", "withdraw_at")


def planned_form(post: Post) -> PublicationForm:
    """With the plan that there is."""
    values: dict[str, datetime | str] = {}
    for name in TIMES:
        moment: datetime | None = getattr(post, name)
        if moment is not None:
            local = moment.astimezone(shop().timezone)
            values[name] = local.replace(tzinfo=None)
            values[name.replace("_at", "_which")] = str(local.fold)
    return PublicationForm(formdata=None, **values)


def read_plan(form: PublicationForm) -> dict[str, datetime | None] | None:
    """The moments meant; None where one is no moment, or two: the form says so."""
    found: dict[str, datetime | None] = {}
    for name in TIMES:
        shown = form.shown(name)
        try:
            found[name] = (
                moment_of(shown, shop().timezone, form.which(name)) if shown is not None else None
            )
        except NoSuchTime as gap:
            form[name].errors = [_no_such_time(gap)]
        except TwoSuchTimes as twice:
            form[name].errors = [
                "Clocks go back that night, and show this time twice. Choose which one you mean."
            ]
            form[_which(name)].choices = [
                ("0", f"The first, at {_offset(twice.first)}"),
                ("1", f"The second, an hour later, at {_offset(twice.second)}"),
            ]
    return found if len(found) == len(TIMES) else None


def _no_such_time(gap: NoSuchTime) -> str:
    later = format_datetime(gap.next_after.replace(tzinfo=None), "HH:mm", locale="en")
    return (
        "Clocks go forward over this time: it is on no clock that day. "
        f"{later} is the next that fits."
    )


def _offset(moment: datetime) -> str:
    return str(get_timezone_gmt(moment, locale="en"))


def _which(name: str) -> str:
    return name.replace("_at", "_which")
