"""The example rules in the demo: all of them loaded, those of one country reviewed and enabled.

An example is no advice: the name and the note on each row say who looked at what.
"""

from datetime import datetime, timedelta

from sqlalchemy import select

from storefront.compliance.counties import load_counties, read_counties
from storefront.compliance.loading import EXAMPLE, EXAMPLE_COUNTIES, load, read_restrictions
from storefront.compliance.models import Restriction
from storefront.compliance.reviewing import Look, Person, enable, look_again
from storefront.extensions import db
from storefront.stock.shelf import today

BY = Person("Olive Harrow", "owner@quillmoss.example")
COUNTRY = "US"  # all others stay closed: no rule opens them
SURE = "Demonstration. Read the source that is named, and kept to it."
UNSURE = "Demonstration. The source is uncertain: kept to the stricter reading until it is clear."
NOT_LOOKED_AT_SINCE = {"NV", "AZ", "WV"}  # waits in the work queue


def sow_rules(now: datetime, actor: str) -> None:
    """Inside write_tx()."""
    reviewed, again = now - timedelta(days=95), now - timedelta(days=20)
    load(read_restrictions(EXAMPLE.read_bytes(), today(now)).rows, reviewed, actor)
    load_counties(read_counties(EXAMPLE_COUNTIES.read_bytes()).rows)
    rows = select(Restriction).where(Restriction.country == COUNTRY).order_by(Restriction.id)
    for row in db.session.scalars(rows).all():
        note = UNSURE if row.source.startswith("VERIFY") else SURE
        enable(row.id, Look(today(reviewed), note), BY, reviewed, today(reviewed))
        if row.region not in NOT_LOOKED_AT_SINCE:
            look_again(row.id, Look(today(again), note), BY, again, today(again))
