"""Whether the law restricts anything that is sold here: read once for each version of the shop."""

from storefront.compliance.reviewing import is_restricted_shop
from storefront.public_pages import renewed_each_version


@renewed_each_version
def restricts(_last: bool | None) -> bool:
    return is_restricted_shop()
