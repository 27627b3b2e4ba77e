"""Which county a postcode lies in: a file of it to rows. One may lie in several."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import delete, func, insert, select

from storefront.account.address import Address, postcode_fits
from storefront.compliance.lawbook import tidy_postcode
from storefront.compliance.models import PostcodeCounty
from storefront.compliance.ruled_lines import Read, Wrong, country_of, read_lines, region_of
from storefront.extensions import db

COLUMNS = ("country", "region", "postcode", "county", "source")
LONGEST = 80
AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Lies:
    country: str
    region: str
    postcode: str
    county: str
    source: str


class Loaded(NamedTuple):
    """`before`: how many rows the regions of the file had."""

    rows: int
    postcodes: int
    regions: Sequence[str]
    before: int


def read_counties(content: bytes) -> Read[Lies]:
    """Raises BadSheet for what is no such table."""

    def understood(_line: int, cells: dict[str, str]) -> Lies:
        country, postcode = country_of(cells["country"]), tidy_postcode(cells["postcode"])
        region, county = region_of(country, cells["region"]), " ".join(cells["county"].split())
        if not region:
            raise Wrong("its region is missing")
        if not postcode or not postcode_fits(Address(country=country, postcode=postcode)):
            raise Wrong(f"“{cells['postcode']}” is no postcode of {country}")
        if not county or len(county) > LONGEST:
            raise Wrong(f"its county is missing, or longer than {LONGEST} letters")
        if not cells["source"]:
            raise Wrong("its source is missing")
        return Lies(country, region, postcode, county, cells["source"])

    return read_lines(content, COLUMNS, understood)


def load_counties(rows: Sequence[Lies]) -> Loaded:
    """Inside write_tx(). The file is all there is to know of each region that it names."""
    regions = sorted({(row.country, row.region) for row in rows})
    before = 0
    for country, region in regions:
        these = (PostcodeCounty.country == country, PostcodeCounty.region == region)
        count = select(func.count()).select_from(PostcodeCounty).where(*these)
        before += db.session.scalar(count) or 0
        db.session.execute(delete(PostcodeCounty).where(*these))
    kept = {(row.country, row.region, row.postcode, row.county): row.source for row in rows}
    values = [
        {"country": c, "region": r, "postcode": p, "county": county, "source": source}
        for (c, r, p, county), source in kept.items()
    ]
    for begin in range(0, len(values), AT_ONCE):
        db.session.execute(insert(PostcodeCounty), values[begin : begin + AT_ONCE])
    postcodes = len({(row.country, row.postcode) for row in rows})
    return Loaded(len(values), postcodes, [" ".join(one) for one in regions], before)
