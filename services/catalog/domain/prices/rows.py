"""Prices that come row by row, as from a file: each row is one price of one product in one market,
and takes the place of the one in the same currency that begins at the same time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.catalog.domain.overlays.overlay import UnknownMarket
from services.catalog.domain.prices.schedule import (
    PRICES_MAX,
    MarketPrice,
    NeverValid,
    PriceRepeated,
    TooManyPrices,
    in_order,
)
from shared.kernel.country import is_country
from shared.kernel.errors import FieldProblem, Invalid, Text
from shared.kernel.instants import rfc3339


class UnknownSku(Invalid):
    code = "catalog.prices.unknown_sku"
    text = Text("You have no product with SKU {sku}.", "没有 SKU 为 {sku} 的商品。")
    fix = Text("Create it first: PUT /v1/products/{sku}.", "请先创建：PUT /v1/products/{sku}。")


@dataclass(frozen=True, slots=True)
class PriceRow:
    sku: str
    market: str
    price: MarketPrice


# SKU and market: what one list of prices is for.
Place = tuple[str, str]
NO_PRICES: Final[tuple[MarketPrice, ...]] = ()


@dataclass(frozen=True, slots=True)
class DecidedRows:
    """`faults`: of each row, None where it can be saved. `changed`: the lists that are new or not
    as they were, whole.
    """

    faults: tuple[Invalid | None, ...]
    changed: dict[Place, tuple[MarketPrice, ...]]


def places_of(rows: Sequence[PriceRow]) -> list[Place]:
    """Sorted, each once."""
    return sorted({(row.sku, row.market) for row in rows})


def decide_rows(
    rows: Sequence[PriceRow],
    skus: frozenset[str],
    present: Mapping[Place, tuple[MarketPrice, ...]],
) -> DecidedRows:
    """`skus`: of these those that exist. `present`: the prices there are now. If two rows are for
    the same price, the first one that is valid is saved.
    """
    lists = {place: {one.key: one for one in prices} for place, prices in present.items()}
    taken: set[tuple[Place, object]] = set()
    faults: list[Invalid | None] = []
    for row in rows:
        place = (row.sku, row.market)
        held = lists.setdefault(place, {})
        problems = _problems(row, skus)
        if (place, row.price.key) in taken:
            repeated = PriceRepeated.at("/valid_from", currency=row.price.price.currency)
            problems.append(repeated)
        if row.price.key not in held and len(held) >= PRICES_MAX:
            problems.append(TooManyPrices.at("", limit=PRICES_MAX))
        faults.append(Invalid(problems=problems) if problems else None)
        if not problems:
            taken.add((place, row.price.key))
            held[row.price.key] = row.price
    after = {place: in_order(held.values()) for place, held in lists.items() if held}
    changed = {p: prices for p, prices in after.items() if prices != present.get(p, NO_PRICES)}
    return DecidedRows(tuple(faults), changed)


def _problems(row: PriceRow, skus: frozenset[str]) -> list[FieldProblem]:
    problems = []
    if row.sku not in skus:
        problems.append(UnknownSku.at("/sku", sku=row.sku))
    if not is_country(row.market):
        problems.append(UnknownMarket.at("/market", market=row.market))
    if row.price.valid_to is not None and row.price.valid_to <= row.price.began:
        problems.append(NeverValid.at("/valid_to", valid_to=rfc3339(row.price.valid_to)))
    return problems
