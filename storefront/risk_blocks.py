"""The risk block of a class, for pages, feeds and mails, in the language spoken there."""

from collections.abc import Iterable

from storefront.compliance.risk_texts import OWN, Blocks, RiskBlock, blocks_for, newest_blocks
from storefront.markets.here import here
from storefront.public_pages import renewed_each_version


@renewed_each_version
def _blocks(_last: Blocks | None) -> Blocks:
    return newest_blocks()


def risk_blocks(class_codes: Iterable[str]) -> list[RiskBlock]:
    """Of restricted classes, each block once. Of none: nothing is read."""
    codes = list(dict.fromkeys(filter(None, class_codes)))
    return blocks_for(codes, here().said_in or OWN, _blocks()) if codes else []


def risk_block(class_code: str) -> RiskBlock | None:
    return next(iter(risk_blocks([class_code])), None)
