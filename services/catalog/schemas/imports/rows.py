"""Rows of files as what REST takes: the same models, so the same rules and the same faults."""

from collections.abc import Sequence
from typing import Annotated, Final, TypeVar

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from services.catalog.domain.imports.stock_rows import StockReasonOfChange, StockRow, StockUnsaid
from services.catalog.domain.orders.new_order import NewOrder
from services.catalog.domain.parents.parent import Parent
from services.catalog.domain.prices.rows import PriceRow
from services.catalog.domain.prices.schedule import MarketPrice
from services.catalog.domain.products.product import Product
from services.catalog.domain.stock import Reason
from services.catalog.schemas.fields import Country, ParentSku, Price, Sku, money
from services.catalog.schemas.orders import OrderIn
from services.catalog.schemas.parents import ParentIn, parent_document
from services.catalog.schemas.prices import MarketPriceIn
from services.catalog.schemas.products.product import ProductItemIn, product_document, product_of
from shared.documents.faults import ITEM_ERRORS_MAX, invalid_model
from shared.documents.fields import Body, WholeNumber
from shared.kernel.errors import FieldProblem, Invalid, Text, refuse
from shared.kernel.json import JsonObject, merged

M = TypeVar("M", bound=BaseModel)


def read_product(document: JsonObject, before: Product | None) -> Product:
    """The product that a row makes of the one that is there: a row is a merge patch (RFC 7396).

    Raises Invalid, with pointers as a PUT of the product would have them.
    """
    given: object = document
    if before is not None:
        given = merged(product_document(before), document)
    elif _removes(document):
        given = merged({}, document)
    item = _validated(ProductItemIn, given)
    return item.to_domain(item.sku)


def read_parent(document: JsonObject, before: Parent | None) -> Parent:
    """The parent that a row makes of the one that is there, as PATCH or PUT would.

    Raises Invalid, with pointers as a PUT of the parent would have them.
    """
    sku = _validated(ParentNameIn, {"sku": document.get("sku")} if "sku" in document else {}).sku
    given = {name: value for name, value in document.items() if name != "sku"}
    now: object = {} if before is None else parent_document(before)
    return _validated(ParentIn, merged(now, given)).to_domain(sku)


def _removes(document: JsonObject) -> bool:
    """Whether there is a null in it, which means nothing where nothing is."""
    return any(map(_removes_something, document.values()))


def read_new_products(documents: Sequence[JsonObject]) -> list[Product | None]:
    """What `read_product` makes of each where nothing is, in a third of the time: a field of all
    rows is validated at once, by the validator that ProductItemIn has for it. None where a row
    would be refused, or has to be read by itself.
    """
    found: list[Product | None] = [None] * len(documents)
    places_by_names: dict[tuple[str, ...], list[int]] = {}
    for place, document in enumerate(documents):
        places_by_names.setdefault(tuple(document), []).append(place)
    for names, places in places_by_names.items():
        if _REQUIRED <= set(names) <= _FIELDS.keys():
            alike = [documents[place] for place in places]
            for place, product in zip(places, _of_same_fields(names, alike), strict=True):
                found[place] = product
    return found


def _of_same_fields(names: Sequence[str], documents: Sequence[JsonObject]) -> list[Product | None]:
    bad: set[int] = set()
    validated: list[Sequence[object]] = []
    for name in names:
        column = [document[name] for document in documents]
        # Values that are one object, as those of equal cells are, are validated once.
        distinct = {id(value): value for value in column}
        values = list(distinct.values())
        refused = {id(value) for value in values if _removes_something(value)}
        try:
            found = _FIELDS[name].validate_python(values)
        except ValidationError as error:
            faults = error.errors(include_input=False, include_context=False)
            refused |= {id(values[int(fault["loc"][0])]) for fault in faults}
        else:
            by_id = dict(zip(distinct, found, strict=True))
            validated.append([by_id[id(value)] for value in column])
        if refused:
            bad |= {place for place, value in enumerate(column) if id(value) in refused}
    if bad:
        good = [document for place, document in enumerate(documents) if place not in bad]
        products = iter(_of_same_fields(names, good) if good else ())
        return [None if place in bad else next(products) for place in range(len(documents))]
    return [_product(dict(zip(names, row, strict=True))) for row in zip(*validated, strict=True)]


def _removes_something(value: object) -> bool:
    return value is None or (isinstance(value, dict) and None in value.values())


def _product(given: JsonObject) -> Product | None:
    try:
        return product_of(given["sku"], given)
    except Invalid:
        return None


_FIELDS: Final[dict[str, TypeAdapter[list[object]]]] = {
    name: TypeAdapter(list[Annotated[field.annotation, field]])  # type: ignore[name-defined]
    for name, field in ProductItemIn.model_fields.items()
}
_REQUIRED: Final = {n for n, field in ProductItemIn.model_fields.items() if field.is_required()}


class ParentNameIn(Body):
    sku: ParentSku


class StockRowIn(Body):
    sku: Sku
    on_hand: WholeNumber | None = Field(default=None, ge=0, le=1_000_000_000)
    delta: WholeNumber | None = Field(default=None, ge=-1_000_000_000, le=1_000_000_000)
    reason: Reason | None = None


def read_stock(document: JsonObject) -> StockRow:
    """Raises Invalid."""
    row = _validated(StockRowIn, document)
    if (row.on_hand is None) == (row.delta is None):
        raise StockUnsaid(pointer="/on_hand")
    if row.on_hand is not None and row.reason not in {None, Reason.COUNTED}:
        raise StockReasonOfChange(pointer="/on_hand", reason=str(row.reason))
    usual = Reason.COUNTED if row.delta is None or row.delta < 0 else Reason.RECEIVED
    return StockRow(row.sku, row.on_hand, row.delta, row.reason or usual)


class PriceRowIn(MarketPriceIn):
    sku: Sku
    market: Country


def read_price(document: JsonObject) -> PriceRow:
    """Raises Invalid."""
    row = _validated(PriceRowIn, document)
    problems: list[FieldProblem] = []
    price = money(Price(amount=row.amount, currency=row.currency), problems, at="")
    refuse(problems)
    return PriceRow(row.sku, row.market, MarketPrice(price, row.valid_from, row.valid_to))


class OrderRowsDiffer(Invalid):
    code = "catalog.import.order_rows_differ"
    text = Text(
        "Rows of one order must agree: {field} differs from the first row.",
        "同一订单的各行须一致：{field} 与首行不同。",
    )
    fix = Text("Correct one of them.", "请更正其中之一。")


class OrderWasCancelled(Invalid):
    code = "catalog.import.order_cancelled"
    text = Text(
        "The file says that this order was cancelled ({said}).", "文件显示该订单已取消（{said}）。"
    )
    fix = Text(
        "Leave it out; if it is to be sent all the same, empty that cell.",
        "无需导入；如仍需发货，请清空该单元格。",
    )


_CANCELLED: Final = frozenset(
    "cancelled canceled voided refunded 已取消 取消 已关闭 交易关闭 已退款 退款成功".split()
)
_OF_ORDER: Final = ("store", "order_number", "ordered_at", "ship_to")


_NOT_OF_ORDER: Final = frozenset({"order_status", "cancelled_at"})


def read_order(documents: Sequence[JsonObject]) -> NewOrder:
    """The order that its rows make: each is an order with one line, or the whole order.

    Raises Invalid; pointers of lines are `/lines/0/sku` of the first row.
    """
    documents = [_still_wanted(document) for document in documents]
    first = documents[0]
    refuse(
        [
            OrderRowsDiffer.at(f"/lines/{at}/{name}", field=name)
            for at, document in enumerate(documents)
            for name in _OF_ORDER
            if document.get(name, first.get(name)) != first.get(name)
        ]
    )
    if len(documents) == 1 and not _is_line(first):
        return _validated(OrderIn, first).to_domain()
    lines = [line for document in documents for line in document.get("lines", [{}])]
    priced = [_in_currency_of(lines[0], line) for line in lines]
    numbered: list[JsonObject] = [{"line": at, **line} for at, line in enumerate(priced, 1)]
    return _validated(OrderIn, {**first, "lines": numbered}).to_domain()


def _still_wanted(document: JsonObject) -> JsonObject:
    """Without what files say of orders that were cancelled. Raises OrderWasCancelled."""
    status, cancelled_at = document.get("order_status"), document.get("cancelled_at")
    if cancelled_at:
        raise OrderWasCancelled(pointer="/cancelled_at", said=str(cancelled_at)[:40])
    if isinstance(status, str) and status.strip().casefold() in _CANCELLED:
        raise OrderWasCancelled(pointer="/order_status", said=status[:40])
    return {name: value for name, value in document.items() if name not in _NOT_OF_ORDER}


def _in_currency_of(first: JsonObject, line: JsonObject) -> JsonObject:
    """Shops name the currency in the first row of an order only."""
    stated, price = first.get("unit_price"), line.get("unit_price")
    if not (isinstance(stated, dict) and isinstance(price, dict) and "currency" in stated):
        return line
    return {**line, "unit_price": {"currency": stated["currency"], **price}}


def _is_line(document: JsonObject) -> bool:
    """A row of a table rather than an order that somebody wrote out."""
    lines = document.get("lines", [{}])
    return isinstance(lines, list) and len(lines) == 1 and isinstance(lines[0], dict)


def _validated(model: type[M], document: object) -> M:
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise invalid_model(error, named_max=ITEM_ERRORS_MAX) from error
