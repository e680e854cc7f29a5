"""What is wrong with the values of a document: presence, length, numbers, the form of codes, and
the sums within it. A clause for each fault; none: it may be filed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from deploy.sandbox.customs_office.tables.elements import Layout
from deploy.sandbox.customs_office.tables.layouts import Kind

Fields = Mapping[str, str]
_CENT: Final = Decimal("0.01")
_PARTY: Final = r"[0-9A-HJ-NPQRTUWXY]{18}|[0-9]{4}[0-9A-Z]{6}"
_FORMS: Final[Mapping[str, str]] = {
    "appType": "[123]",
    "appStatus": "[12]",
    "orderType": "[EBW]",
    "statisticsFlag": "[AB]",
    "summaryFlag": "[12]",
    "fFlag": "3",
    "iFlag": "3",
    "trafMode": "[0-9A-Z]",
    "wrapType": "[0-9A-Z]",
    "gcode": "[0-9]{10}",
    **dict.fromkeys(("customsCode", "portCode"), "[0-9]{4}"),
    **dict.fromkeys(("country", "currency", "fCurrency", "iCurrency"), "[0-9]{3}"),
    **dict.fromkeys(("unit", "unit1", "unit2"), "[0-9]{3}"),
    **dict.fromkeys(("agentCode", "ebcCode", "logisticsCode", "operatorCode"), _PARTY),
    "ebpCode": f"{_PARTY}|无",
    "ownerCode": f"{_PARTY}|NO",
}
_FORMS_OF: Final[Mapping[str, Mapping[str, str]]] = {
    "CEB603": {"ieFlag": "E", "tradeMode": "9610|1210|9710|9810"},
    "CEB507": {"ieFlag": "E"},
    "CEB213": {"ieFlag": "I", "tradeMode": "9661|1261"},
    "CEB215": {"ieFlag": "I"},
}
_DATES: Final = {
    **dict.fromkeys(
        ("appTime", "leaveTime", "accountingDate", "startTime", "endTime"), "%Y%m%d%H%M%S"
    ),
    "ieDate": "%Y%m%d",
}
_CHINA: Final = "142"


def faults_of(kind: Kind, head: Fields, lines: Sequence[Fields]) -> tuple[str, ...]:
    found = list(_table_faults(kind, kind.head, head, ""))
    for at, line in enumerate(lines, start=1):
        found += _table_faults(kind, kind.line, line, f"line {at}: ")
    if not kind.lines_least <= len(lines) <= max(kind.lines_most, 0):
        found.append(f"has {len(lines)} lines")
    # Sums of fields that cannot be read say nothing.
    return tuple(found) or tuple(_rule_faults(kind, head, lines))


def _table_faults(kind: Kind, table: Layout, fields: Fields, place: str) -> Iterator[str]:
    forms = {**_FORMS, **_FORMS_OF.get(kind.message, {})}
    for element in table:
        value = fields.get(element.name)
        if problem := element.fault(value):
            yield f"{place}{element.name} {problem}"
        elif value and element.name in forms:
            if not re.fullmatch(forms[element.name], value.strip(), re.ASCII):
                yield f"{place}{element.name} cannot be {value}"
        elif value and element.name in _DATES and not _is_date(value, _DATES[element.name]):
            yield f"{place}{element.name} is no date or time"


def _is_date(text: str, form: str) -> bool:
    try:
        return datetime.strptime(text, form).strftime(form) == text  # noqa: DTZ007 - a form only
    except ValueError:
        return False


def _rule_faults(kind: Kind, head: Fields, lines: Sequence[Fields]) -> Iterator[str]:
    numbers = [line["gnum"] for line in lines if "gnum" in line]
    if len({int(number) for number in numbers}) < len(numbers) or "0" in numbers:
        yield "gnum is repeated or zero"
    if "msgSeqNo" in head and not 1 <= int(head["msgSeqNo"]) <= int(head["msgCount"]):
        yield f"msgSeqNo {head['msgSeqNo']} of {head['msgCount']}"
    for at, line in enumerate(lines, start=1):
        if bool(line.get("qty2")) != bool(line.get("unit2")):
            yield f"line {at}: qty2 and unit2 come together"
        if "price" in line and abs(_times(line) - Decimal(line["totalPrice"])) > _CENT:
            yield f"line {at}: totalPrice is not qty x price"
    if (rules := _RULES.get(kind.message)) is not None:
        yield from rules(head, lines)


def _times(line: Fields) -> Decimal:
    return Decimal(line["qty"]) * Decimal(line["price"])


def total(lines: Sequence[Fields]) -> Decimal:
    return sum((Decimal(line["totalPrice"]) for line in lines), Decimal(0))


def _order_rules(head: Fields, lines: Sequence[Fields]) -> Iterator[str]:
    if abs(total(lines) - Decimal(head["goodsValue"])) > _CENT:
        yield "goodsValue is not the sum of its lines"


def _list_rules(head: Fields, lines: Sequence[Fields]) -> Iterator[str]:
    gross, net = Decimal(head["grossWeight"]), Decimal(head["netWeight"])
    if not 0 < net <= gross:
        yield "netWeight is zero or more than grossWeight"
    if int(head["packNo"]) < 1:
        yield "packNo is zero"
    if _CHINA in (head["country"], *(line["country"] for line in lines)):
        yield "country is China"
    if head["tradeMode"] == "1210":
        missing = [name for name in ("iacCode", "iacName", "emsNo") if not head.get(name)]
        if missing or not all(line.get("itemRecordNo") for line in lines):
            yield "1210 needs iacCode, iacName, emsNo and every itemRecordNo"


def _return_rules(head: Fields, _lines: Sequence[Fields]) -> Iterator[str]:
    if head["country"] == _CHINA:
        yield "country is China"


def _summary_rules(head: Fields, lines: Sequence[Fields]) -> Iterator[str]:
    since, until = head.get("startTime", ""), head.get("endTime", "")
    if bool(since) != bool(until) or since > until:
        yield "startTime and endTime do not fit"
    if not since and not lines:
        yield "has neither lists nor a period"


_RULES: Final = {
    "CEB303": _order_rules,
    "CEB603": _list_rules,
    "CEB213": _return_rules,
    "CEB701": _summary_rules,
}


def gaps_of_departure(head: Fields) -> tuple[str, ...]:
    """Of a CEB509 by air: what only mail may leave out."""
    if head["trafMode"] == "6":
        return ()
    return tuple(name for name in ("trafName", "voyageNo", "billNo") if not head.get(name))
