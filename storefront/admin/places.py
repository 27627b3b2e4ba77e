"""Places and bands as staff write them in a form, a line each, to what files say and back."""

from collections.abc import Mapping, Sequence
from typing import Any

from storefront.refusal import Refusal


class BadLine(Refusal):
    status = 422


def place_line(place: Mapping[str, Any]) -> str:
    """US; AK, HI; 995*"""
    parts = [place["country"], ", ".join(place.get("regions", []))]
    parts.append(", ".join(place.get("postcodes", [])))
    return "; ".join(parts).rstrip("; ") if any(parts[1:]) else str(parts[0])


def place_of(line: str) -> dict[str, Any]:
    """Raises BadLine. What it names is checked with the rest of the file."""
    country, *more = [part.strip() for part in line.split(";")]
    if len(more) > 2:
        raise BadLine(f"“{line[:60]}”: write a country; its regions; its postcodes.")
    regions, postcodes = (_listed(part) for part in [*more, "", ""][:2])
    found: dict[str, Any] = {"country": country.upper()}
    if regions:
        found["regions"] = [one.upper() for one in regions]
    if postcodes:
        found["postcodes"] = postcodes
    return found


def bands_lines(bands: Sequence[Mapping[str, Any]]) -> str:
    """500 = 9.50, a line each; the last may be "more = 24.00"."""
    return "\n".join(f"{band.get('up_to', 'more')} = {band['price']}" for band in bands)


def bands_of(text: str, by_weight: bool) -> list[dict[str, Any]]:
    """Raises BadLine."""
    bands: list[dict[str, Any]] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        end, sign, price = (part.strip() for part in line.partition("="))
        if not sign or not price:
            raise BadLine(f"“{line[:60]}”: write each band as 500 = 9.50.")
        band: dict[str, Any] = {"price": price.replace(",", ".")}
        if end.lower() != "more":
            if by_weight and not end.isdecimal():
                raise BadLine(f"“{end[:20]}” is no whole number of grams.")
            band["up_to"] = int(end[:10]) if by_weight else end.replace(",", ".")
        bands.append(band)
    return bands


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
