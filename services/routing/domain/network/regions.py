"""Which delivery region an address belongs to, by country and postal code.

A postal code is read as people write it: with spaces or hyphens, in small or full-width letters,
without a leading zero that a spreadsheet has eaten, with the country before it (D-80331). One that
no country's format fits counts as not given: the address then belongs to the rest of the country.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypedDict

from services.routing.domain.network.records import Airport, DeliveryRegion, Gateway

_SEPARATORS: Final = re.compile(r"[\s\-.·]+")
_COUNTRY_BEFORE: Final = re.compile(r"^[A-Z]{1,3}(?=\d)")

_FIVE: Final = re.compile(r"\d{5}")
_SIX: Final = re.compile(r"\d{6}")
# Formats of the countries that have regions by postal code (Universal Postal Union). Parts of
# a code are enough where its beginning decides: the first half in Canada and Great Britain, three
# digits in Japan, five in Brazil.
_FORMATS: Final[Mapping[str, re.Pattern[str]]] = {
    "AU": re.compile(r"\d{4}"),
    "BR": re.compile(r"\d{5}(\d{3})?"),
    "CA": re.compile(r"[A-Z]\d[A-Z](\d[A-Z]\d)?"),
    "CN": _SIX,
    "DE": _FIVE,
    "DK": re.compile(r"\d{4}"),
    "ES": _FIVE,
    "FI": _FIVE,
    "FR": _FIVE,
    "GB": re.compile(r"[A-Z]{1,2}\d[A-Z\d]?(\d[A-Z]{2})?"),
    "ID": _FIVE,
    "IN": _SIX,
    "IT": _FIVE,
    "JP": re.compile(r"\d{3}(\d{4})?"),
    "MX": _FIVE,
    "MY": _FIVE,
    "NO": re.compile(r"\d{4}"),
    "PH": re.compile(r"\d{4}"),
    "RU": _SIX,
    "SA": re.compile(r"\d{5}(\d{4})?"),
    "US": re.compile(r"\d{5}(\d{4})?"),
}
# Digits of a whole code, where one may begin with a zero that is easily lost.
_DIGITS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("DE", "ES", "FI", "FR", "IT", "MX", "US"), 5),
    **dict.fromkeys(("AU", "NO", "PH"), 4),
    "CN": 6,
}
_TEXT_MAX: Final = 20


@dataclass(frozen=True, slots=True)
class Located:
    """`postal_code`: as it was understood; None if none was given or it was not. `prefix`: what
    decided for the region; empty: it is the rest of the country."""

    region: DeliveryRegion
    postal_code: str | None
    prefix: str


class DeliveryRegions:
    """All regions, to look addresses up in."""

    def __init__(self, regions: Iterable[DeliveryRegion]) -> None:
        self.by_id: dict[str, DeliveryRegion] = {}
        self._by_prefix: dict[str, dict[str, DeliveryRegion]] = defaultdict(dict)
        for region in regions:
            self.by_id[region.region] = region
            for prefix in region.postal_prefixes or ("",):
                self._by_prefix[region.country][prefix] = region

    def locate(self, country: str, postal_code: str | None = None) -> Located | None:
        """The region with the longest prefix of the code; None: nothing is delivered there.

        `country` is an ISO 3166-1 alpha-2 code.
        """
        prefixes = self._by_prefix.get(country)
        if prefixes is None:
            return None
        code = understood(country, postal_code)
        for length in range(len(code or ""), -1, -1):
            prefix = (code or "")[:length]
            if prefix in prefixes and _is_whole(prefix, code or ""):
                return Located(prefixes[prefix], code, prefix)
        return None

    def region_of(self, country: str, postal_code: str | None = None) -> DeliveryRegion | None:
        located = self.locate(country, postal_code)
        return None if located is None else located.region


def understood(country: str, postal_code: str | None) -> str | None:
    """The code without separators, in capitals; None if it has not the format of the country.

    Of countries without regions by postal code there is no format: whatever was given is kept.
    """
    text = unicodedata.normalize("NFKC", postal_code or "").upper()
    text = _SEPARATORS.sub("", text)[:_TEXT_MAX]
    if not text:
        return None
    form = _FORMATS.get(country)
    if form is None:
        return text
    if country in _DIGITS:
        text = _COUNTRY_BEFORE.sub("", text)
        if text.isdecimal() and len(text) == _DIGITS[country] - 1:
            text = "0" + text
    return text if form.fullmatch(text) else None


def _is_whole(prefix: str, code: str) -> bool:
    """An area of letters is taken whole: B is Birmingham, and no beginning of BT for Belfast."""
    return not (prefix.isalpha() and code[len(prefix) :][:1].isalpha())


class GatewayDocument(TypedDict):
    """A gateway as a JSON document."""

    airport: str
    road_km: int
    clearance_h: int
    delivery_h: int


def region_with_gateways(  # noqa: PLR0917 - a row's columns
    region: str,
    country: str,
    postal_prefixes: Sequence[str],
    name: str,
    gateways: Sequence[GatewayDocument],
    source: str,
    as_of: date | None,
    basis: str,
) -> DeliveryRegion:
    """As they are stored: gateways as one array."""
    return DeliveryRegion(
        region=region,
        country=country,
        postal_prefixes=postal_prefixes,
        name=name,
        gateways=[Gateway(**gateway) for gateway in gateways],
        source=source,
        as_of=as_of,
        basis=basis,
    )


def unknown_gateways(
    regions: Sequence[DeliveryRegion], airports: Sequence[Airport]
) -> Iterator[str]:
    """One line for each region that names an airport that is not one."""
    known = {airport.iata for airport in airports}
    for region in regions:
        if unknown := {gateway.airport for gateway in region.gateways} - known:
            yield f"{region.region}: {', '.join(sorted(unknown))} is no known airport"
