"""The park's reference data as the rules need it: belts, stores, HS subheadings.

Rows live in the database with their source and date; a process reads them once when it starts.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

# Orders of the merchant's own shop, not of a marketplace.
DIRECT_STORE = "direct"

# As the stores' list names them.
_LANGUAGES: Final = {
    "Arabic": "ar",
    "Dutch": "nl",
    "English": "en",
    "French": "fr",
    "German": "de",
    "Hindi": "hi",
    "Italian": "it",
    "Japanese": "ja",
    "Polish": "pl",
    "Portuguese": "pt",
    "Spanish": "es",
    "Swedish": "sv",
    "Turkish": "tr",
}


@dataclass(frozen=True, slots=True)
class Market:
    """What the stores of a country speak and charge in. `languages`: tags, the first one first."""

    languages: tuple[str, ...] = ()
    currencies: tuple[str, ...] = ()


NO_STORE: Final = Market()


@dataclass(frozen=True, slots=True)
class Reference:
    """`hs_subheadings`: the six-digit codes of HS 2022. `markets`: by country."""

    belts: frozenset[str]
    stores: frozenset[str]
    hs_subheadings: frozenset[str]
    markets: Mapping[str, Market] = field(default_factory=dict)

    def market(self, country: str) -> Market:
        """Empty where there is no store."""
        return self.markets.get(country, NO_STORE)

    def is_store(self, code: str) -> bool:
        return code == DIRECT_STORE or code in self.stores


@dataclass(frozen=True, slots=True)
class Belt:
    """An industrial belt merchants come from."""

    code: str
    name: dict[str, str]
    region: str
    source: str
    as_of: date


@dataclass(frozen=True, slots=True)
class Store:
    """An overseas store an order may come from."""

    code: str
    country: str
    marketplace_id: str
    region: str
    domain: str
    currency: str
    languages: str
    is_open_to_chinese_sellers: bool
    source: str
    as_of: date


def markets_of(stores: Iterable[Store]) -> dict[str, Market]:
    """The markets that have a store, by country."""
    languages: dict[str, dict[str, None]] = {}
    currencies: dict[str, dict[str, None]] = {}
    for store in stores:
        spoken = languages.setdefault(store.country, {})
        spoken.update(dict.fromkeys(_tags_of(store)))
        currencies.setdefault(store.country, {})[store.currency] = None
    return {c: Market(tuple(languages[c]), tuple(currencies[c])) for c in languages}


def _tags_of(store: Store) -> list[str]:
    """From "English + French (en_CA, fr_CA)": en-CA, fr-CA. Listing tools may know more languages,
    which are in the brackets; those of the country's readers are before and after.
    """
    named = re.sub(r"\([^)]*\)", " ", store.languages)
    words = re.findall(r"[A-Za-z]+", named)
    return [f"{_LANGUAGES[word]}-{store.country}" for word in words if word in _LANGUAGES]
