"""Stripe's minor units where they are not ours (which are CLDR's): a forint here, a cent there."""

from storefront.money import exponent

NO_DECIMALS = frozenset(
    {
        "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA",
        "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF",
    }
)  # fmt: skip
THREE_DECIMALS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})


def _digits(currency: str) -> int:
    if currency in NO_DECIMALS:
        return 0
    return 3 if currency in THREE_DECIMALS else 2


def to_stripe(minor: int, currency: str) -> int:
    """Our minor units as Stripe counts them. Exact: Stripe never counts coarser than we do."""
    shift = _digits(currency) - exponent(currency)
    if shift < 0:
        raise ValueError(f"Stripe counts {currency} in larger units than the shop does")
    return minor * _unit(shift)


def from_stripe(amount: int, currency: str) -> int:
    """Stripe's count in our minor units; a fraction of ours is rounded up, so nothing is lost."""
    unit = _unit(_digits(currency) - exponent(currency))
    return -(-amount // unit)


def _unit(shift: int) -> int:
    return int(10**shift)
