"""How the API counts money: minor units per currency, and the least it will charge."""

from decimal import Decimal, InvalidOperation

ZERO_DECIMAL = frozenset(
    {
        "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd",
        "vuv", "xaf", "xof", "xpf",
    }
)  # fmt: skip
THREE_DECIMAL = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})
LEAST = {
    "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500,
    "dkk": 250, "eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50,
    "mxn": 1000, "myr": 200, "nok": 300, "nzd": 50, "pln": 200, "ron": 200, "sek": 300,
    "sgd": 50, "thb": 1000, "usd": 50,
}  # fmt: skip
MOST = 99_999_999


def places_of(currency: str) -> int:
    return 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2


def read(typed: str, currency: str) -> int | None:
    """What someone typed ("12.50") in minor units; None when it is no such amount."""
    try:
        minor = Decimal(typed.strip().replace(",", ".")).scaleb(places_of(currency))
    except InvalidOperation:
        return None
    if not minor.is_finite() or minor != minor.to_integral_value() or minor <= 0 or minor > MOST:
        return None
    return int(minor)


def shown(minor: int, currency: str) -> str:
    """1250, "eur" becomes "12.50 EUR"."""
    places = places_of(currency)
    whole, part = divmod(abs(minor), 10**places)
    sign = "-" if minor < 0 else ""
    fraction = f".{part:0{places}d}" if places else ""
    return f"{sign}{whole:,}{fraction} {currency.upper()}"
