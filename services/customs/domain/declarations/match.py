"""The match of the documents, before anything is sent: order ↔ export list ↔ house waybill, and the
receipt of payment where there is one. It finds all faults at once, in a stable order, and raises
nothing whatever the documents say. The list is made here from the other two, so the checks of its
own numbers guard against our own mistakes: customs would return such a list, and a return costs a
flight.
"""

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from services.customs.domain.declarations.documents import OrderDocument, Payment, Waybill
from services.customs.domain.declarations.export_list import ExportList
from services.customs.domain.declarations.findings import Finding
from services.customs.domain.declarations.match_fields import field_findings
from services.customs.domain.declarations.match_lines import line_findings
from services.customs.domain.declarations.match_sums import sum_findings
from services.customs.domain.declarations.repairs import Repair, RepairBasis
from services.customs.domain.declarations.rulebook import Rulebook
from services.customs.domain.declarations.terms import BONDED, Terms
from services.customs.domain.messages.document import Document
from services.customs.domain.messages.kinds.lists import LINES_PER_LIST_MAX
from services.customs.domain.messages.parties import (
    NO_PLATFORM_CODE,
    OWNER_NOT_REGISTERED,
    Parties,
    Party,
    is_party_code,
)
from shared.kernel.money import Money


def match_documents(
    order: OrderDocument, waybill: Waybill, export: ExportList, rulebook: Rulebook
) -> tuple[Finding, ...]:
    """Without errors the list may be declared."""
    tariff, terms = rulebook.tariff, rulebook.terms
    return (
        *_keys(order, waybill, export),
        *_line_numbers(order, export),
        *(
            finding
            for line in export.lines
            for finding in line_findings(line, order, tariff, terms)
        ),
        *sum_findings(order, waybill, export),
        *(() if rulebook.unnamed else _bonded(terms, rulebook.parties)),
        *_destination(order, waybill, export),
    )


def check_list(
    order: OrderDocument,
    waybill: Waybill,
    export: ExportList,
    document: Document,
    rulebook: Rulebook,
) -> tuple[Finding, ...]:
    """The match, the enterprises, and every field of the CEB603 document as it will be sent. An
    enterprise that cannot be named keeps nothing else from being found.
    """
    found = (
        *rulebook.unnamed,
        *match_documents(order, waybill, export, rulebook),
        *(() if rulebook.unnamed else party_findings(rulebook.parties, export.platform)),
    )
    return (*found, *field_findings(document, found))


def match_payment(order: OrderDocument, payment: Payment) -> tuple[Finding, ...]:
    """The receipt of payment against its order."""
    found: list[Finding] = []
    if payment.order_id != order.order_id:
        values = {"order": order.order_id, "payment": payment.order_id}
        found.append(
            Finding("customs.match.payment_order", pointer="/payment/order_id", values=values)
        )
    paid = (payment.charge_minor, payment.currency)
    if paid != (order.total_minor, order.currency):
        charge, total = _amount(*paid), _amount(order.total_minor, order.currency)
        found.append(
            Finding(
                "customs.match.payment_charge",
                {
                    "charge": charge,
                    "charge_currency": payment.currency,
                    "total": total,
                    "currency": order.currency,
                },
                "/payment/charge_minor",
                {"order": order.total_minor, "payment": payment.charge_minor},
            )
        )
    return tuple(found)


def _amount(minor: int, currency: str) -> str:
    try:
        return str(Money(minor, currency).amount)
    except LookupError:
        return str(minor)


_WITHOUT_CODE: Final = {"ebpCode": NO_PLATFORM_CODE, "ownerCode": OWNER_NOT_REGISTERED}


def party_findings(parties: Parties, platform: Party) -> tuple[Finding, ...]:
    """Codes of the enterprises that are none (V11)."""
    return _code_findings(
        ("agentCode", parties.declarant),
        ("ebcCode", parties.merchant),
        ("logisticsCode", parties.carrier),
        ("ebpCode", platform),
        ("ownerCode", parties.consignor),
    )


# The same few enterprises are in every list of a park.
@lru_cache(maxsize=1024)
def _code_findings(*named: tuple[str, Party]) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            "customs.match.party_code",
            {"party": party.name, "party_code": party.code},
            f"/list/{element}",
        )
        for element, party in named
        if not is_party_code(party.code) and party.code != _WITHOUT_CODE.get(element)
    )


def _keys(order: OrderDocument, waybill: Waybill, export: ExportList) -> Iterator[Finding]:
    if order.order_id != waybill.order_id or order.order_no != export.order_no:
        is_booking = order.order_id != waybill.order_id
        yield Finding(
            "customs.match.order_number",
            pointer="/waybill/order_id" if is_booking else "/list/orderNo",
            values={"order": order.order_id, "waybill": waybill.order_id, "list": export.order_no},
        )
    if waybill.house_waybill != export.waybill_no:
        yield Finding(
            "customs.match.waybill_number",
            {"list_number": export.waybill_no, "waybill_number": waybill.house_waybill},
            "/list/logisticsNo",
            {"list": export.waybill_no, "waybill": waybill.house_waybill},
        )


def _line_numbers(order: OrderDocument, export: ExportList) -> Iterator[Finding]:
    count = len(order.lines)
    if count == 0:
        yield Finding("customs.match.no_lines", pointer="/order/lines")
    if count > LINES_PER_LIST_MAX:
        params = {"lines": count, "limit": LINES_PER_LIST_MAX}
        yield Finding("customs.match.too_many_lines", params, "/order/lines")
    numbers = [line.line for line in order.lines]
    if len(set(numbers)) != count:
        yield from _repeated(numbers)
    if [line.gnum for line in export.lines] != list(range(1, count + 1)):
        yield Finding("customs.match.line_numbering", {"lines": count}, "/list/lines")


def _repeated(numbers: list[int]) -> Iterator[Finding]:
    """One for each number, at its last line."""
    free = max(numbers)
    last = {number: index for index, number in enumerate(numbers)}
    for number, times in sorted(Counter(numbers).items()):
        if times > 1:
            free += 1
            pointer = f"/order/lines/{last[number]}/line"
            yield Finding(
                "customs.match.line_repeated",
                {"line": number},
                pointer,
                {"order": number},
                Repair(pointer, free, RepairBasis.NEXT_NUMBER),
            )


def _bonded(terms: Terms, parties: Parties) -> Iterator[Finding]:
    """Goods of a special area name the enterprise that keeps its ledger, and the ledger (V12)."""
    if terms.mode == BONDED and (parties.area is None or not parties.ems_no):
        yield Finding("customs.match.bonded_area", pointer="/list/emsNo")


def _destination(order: OrderDocument, waybill: Waybill, export: ExportList) -> Iterator[Finding]:
    if order.country == "CN":
        yield Finding("customs.match.destination_is_china", pointer="/order/country")
    elif export.country_code is None:
        params = {"country": order.country}
        yield Finding("customs.match.country_without_code", params, "/order/country")
    if order.country != waybill.country:
        yield Finding(
            "customs.match.destination_differs",
            {"order_country": order.country, "waybill_country": waybill.country},
            "/waybill/country",
            {"order": order.country, "waybill": waybill.country},
        )
