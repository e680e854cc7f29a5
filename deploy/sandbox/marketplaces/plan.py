"""From the rows of a slice to what a marketplace would send: orders and cancellations.

Quantity, price and currency stay real. Nothing gets lost: every invoice of the slice becomes an
order or a cancellation, or is set aside with a reason. Rows that are not order lines are counted.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final

from deploy.sandbox.marketplaces.countries import DIRECT, country_code
from deploy.sandbox.marketplaces.slices import Row

CURRENCY: Final = "GBP"
LINES_PER_ORDER_MAX: Final = 100  # an export list (CEB603) has no room for more
SKU_CHARACTERS_MAX: Final = 20

# Postage, fees, discounts, samples, vouchers, corrections: what a parcel cannot hold.
_SERVICES: Final = frozenset(
    "POST DOT C2 C3 M D S B AMAZONFEE CRUK ADJUST ADJUST2 TEST001 TEST002 GIFT".split()
) | {"BANK CHARGES"}
_VOUCHER: Final = re.compile(r"GIFT_\d{4}_\d+")
_NOT_IN_SKU: Final = re.compile(r"[^A-Z0-9._-]+")


class Dropped(StrEnum):
    """Why a row is not a line of an order."""

    NO_INVOICE = "no invoice number"
    SERVICE = "service code, not goods"
    NOT_POSITIVE = "quantity not above zero"
    NOT_A_NUMBER = "quantity or price is not a number"
    NO_CODE = "no stock code"


class Aside(StrEnum):
    """Why an invoice is not sent at all."""

    NOT_GOODS = "not goods: service lines only"
    NOTHING_TO_SHIP = "nothing to ship: no quantity above zero"
    CANCELS_UNKNOWN = "cancellation: no earlier order with these lines"
    CANCELS_PART = "cancellation of a part: the platform cancels whole orders"
    CANCELS_NOBODY = "cancellation without a customer number"


@dataclass(frozen=True)
class Line:
    """`unit_price` is decimal text as the API wants it, `sku` the stock code fit for the API."""

    sku: str
    description: str
    quantity: int
    unit_price: str


@dataclass(frozen=True)
class PlannedOrder:
    """`number` is the invoice's, with `/2` … for the parts of a long one."""

    invoice: str
    number: str
    customer: str
    country: str
    store: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class PlannedCancellation:
    """`cancels`: the invoice that is cancelled, always an earlier one of the same plan."""

    invoice: str
    cancels: str


@dataclass
class SlicePlan:
    """`steps` in the order in which the slice was written."""

    rows: int = 0
    invoices: int = 0
    steps: list[PlannedOrder | PlannedCancellation] = field(default_factory=list)
    aside: dict[str, Aside] = field(default_factory=dict)
    dropped: Counter[Dropped] = field(default_factory=Counter)

    @property
    def orders(self) -> list[PlannedOrder]:
        return [step for step in self.steps if isinstance(step, PlannedOrder)]

    @property
    def cancellations(self) -> list[PlannedCancellation]:
        return [step for step in self.steps if isinstance(step, PlannedCancellation)]


def is_service(stock_code: str) -> bool:
    code = stock_code.upper()
    return code in _SERVICES or _VOUCHER.fullmatch(code) is not None


def sku_of(stock_code: str) -> str:
    """Codes of one article differ in case; the API wants no spaces and 20 characters at most."""
    sku = _NOT_IN_SKU.sub("-", stock_code.upper())
    return (sku if sku[0] not in ".-" else f"_{sku}")[:SKU_CHARACTERS_MAX]


def price_text(price: Decimal) -> str:
    """At least two decimals, no exponent, no zeros that mean nothing: 2.5 → 2.50, 0.001 → 0.001."""
    text = f"{price:f}"
    whole, _, fraction = text.partition(".")
    return f"{whole}.{fraction.rstrip('0').ljust(2, '0')}"


def plan(rows: Iterable[Row], stores: Mapping[str, str]) -> SlicePlan:
    """Sorts every invoice into exactly one place. `stores`: ISO country → store code."""
    made = SlicePlan()
    invoices: dict[str, list[Row]] = {}
    for row in rows:
        made.rows += 1
        if row.invoice:
            invoices.setdefault(row.invoice, []).append(row)
        else:
            made.dropped[Dropped.NO_INVOICE] += 1
    made.invoices = len(invoices)
    earlier = _Earlier()
    for invoice, own in _by_date(invoices):
        if invoice.upper().startswith("C"):
            _plan_cancellation(made, earlier, invoice, own)
        else:
            _plan_order(made, earlier, stores, invoice, own)
    return made


def _by_date(invoices: Mapping[str, list[Row]]) -> Iterable[tuple[str, list[Row]]]:
    """As written if all dates sort as text, else as the file has them."""
    if all(re.match(r"\d{4}-\d\d-\d\d", rows[0].dated) for rows in invoices.values()):
        return sorted(invoices.items(), key=lambda item: item[1][0].dated)
    return invoices.items()


def _plan_order(
    made: SlicePlan, earlier: "_Earlier", stores: Mapping[str, str], invoice: str, rows: list[Row]
) -> None:
    lines, services = [], 0
    for row in rows:
        reason = _fault(row)
        if reason is None and row.quantity is not None and row.quantity > 0:
            assert row.unit_price is not None
            price = price_text(row.unit_price)
            lines.append(Line(sku_of(row.stock_code), row.description, row.quantity, price))
            continue
        services += reason is Dropped.SERVICE
        made.dropped[reason or Dropped.NOT_POSITIVE] += 1
    if not lines:
        made.aside[invoice] = Aside.NOT_GOODS if services == len(rows) else Aside.NOTHING_TO_SHIP
        return
    country = country_code(rows[0].country)
    parts = range(0, len(lines), LINES_PER_ORDER_MAX)
    for part, start in enumerate(parts, 1):
        made.steps.append(
            PlannedOrder(
                invoice=invoice,
                number=invoice if part == 1 else f"{invoice}/{part}",
                customer=rows[0].customer,
                country=country,
                store=stores.get(country, DIRECT),
                lines=tuple(lines[start : start + LINES_PER_ORDER_MAX]),
            )
        )
    earlier.remember(rows[0].customer, invoice, lines)


def _fault(row: Row) -> Dropped | None:
    if not row.stock_code:
        return Dropped.NO_CODE
    if is_service(row.stock_code):
        return Dropped.SERVICE
    if row.quantity is None or row.unit_price is None:
        return Dropped.NOT_A_NUMBER
    return None


def _plan_cancellation(made: SlicePlan, earlier: "_Earlier", invoice: str, rows: list[Row]) -> None:
    back: Counter[str] = Counter()
    services = 0
    for row in rows:
        reason = _fault(row)
        if reason is not None:
            services += reason is Dropped.SERVICE
            made.dropped[reason] += 1
        elif row.quantity:
            back[sku_of(row.stock_code)] += abs(row.quantity)
    if not back:
        made.aside[invoice] = Aside.NOT_GOODS if services == len(rows) else Aside.NOTHING_TO_SHIP
    elif not rows[0].customer:
        made.aside[invoice] = Aside.CANCELS_NOBODY
    else:
        found = earlier.take(rows[0].customer, back)
        if isinstance(found, Aside):
            made.aside[invoice] = found
        else:
            made.steps.append(PlannedCancellation(invoice, cancels=found))


class _Earlier:
    """The orders so far, by customer, as cancellations look for them."""

    def __init__(self) -> None:
        self._of: dict[str, dict[str, Counter[str]]] = defaultdict(dict)

    def remember(self, customer: str, invoice: str, lines: Iterable[Line]) -> None:
        quantities: Counter[str] = Counter()
        for line in lines:
            quantities[line.sku] += line.quantity
        if customer:
            self._of[customer][invoice] = quantities

    def take(self, customer: str, back: Counter[str]) -> str | Aside:
        """The latest order with exactly these goods, once; else why there is none."""
        orders = self._of[customer]
        for invoice in reversed(orders):
            if orders[invoice] == back:
                del orders[invoice]
                return invoice
        is_part = any(back <= ordered for ordered in orders.values())
        return Aside.CANCELS_PART if is_part else Aside.CANCELS_UNKNOWN
