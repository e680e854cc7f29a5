"""What comes after the goods have left: returns (213), their tally (215), summaries (701)."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Final

from deploy.sandbox.customs_office.answers.numbers import guid_of, return_time, serial
from deploy.sandbox.customs_office.answers.writing import Answer
from deploy.sandbox.customs_office.clerks.case import Case, Clerk, Objection
from deploy.sandbox.customs_office.ledger import Filed
from deploy.sandbox.customs_office.tables.answer_layouts import SUMMARY_RESULT
from deploy.sandbox.customs_office.tables.codes import CODES

_RETURNABLE_FOR: Final = timedelta(days=183)  # six months
_RESULT_AFTER: Final = timedelta(hours=2)
_LINES_OF_A_RESULT: Final = 100
_SUMMARISED: Final = "1"  # decState


def _return(case: Case) -> str:
    codes = CODES["CEB213"]
    original = case.ledger.list_of_invt_no(case.head["invtNo"])
    if original is None:
        raise Objection(codes.unknown, f"list {case.head['invtNo']} is not known")
    if not original.is_released(case.now):
        raise Objection(codes.unfit, "the list has not been released")
    if case.now - original.filed_at > _RETURNABLE_FOR:
        return "超过六个月退运期限"
    wanted: dict[str, Decimal] = {}
    goods = {(line["gnum"], line["gcode"]) for line in original.paper.lines}
    for line in case.paper.lines:
        if (line["gnum"], line["gcode"]) not in goods:
            raise Objection("-625209", f"gnum {line['gnum']} with {line['gcode']} is not in it")
        wanted[line["gnum"]] = wanted.get(line["gnum"], Decimal(0)) + Decimal(line["qty"])
    left = case.ledger.returnable
    over = [gnum for gnum, quantity in wanted.items() if quantity > left(original, gnum)]
    return f"退货数量超过原清单数量: {', '.join(over)}" if over else ""


def _take_back(case: Case) -> None:
    original = case.ledger.list_of_invt_no(case.head["invtNo"])
    if original is not None:
        lines = [(line["gnum"], Decimal(line["qty"])) for line in case.paper.lines]
        case.ledger.take_back(original, lines)


def _tally(case: Case) -> str:
    number = case.head.get("invtNo", "")
    if number and case.ledger.list_of_invt_no(number) is None:
        return f"原清单 {number} 不存在"
    return ""


def _summarised(case: Case) -> list[Filed]:
    """Those it names, or those of a period; a period overrules the lines."""
    since, until = case.head.get("startTime"), case.head.get("endTime")
    if since and until:
        return [
            one
            for one in case.ledger.lists()
            if since <= one.paper.app_time <= until
            and one.paper.party == case.paper.party
            and one.paper.head["ebcCode"] == case.head["ebcCode"]
            and one.is_released(case.now)
            and not one.is_summarised
        ]
    named = (case.ledger.list_of_invt_no(line["invtNo"]) for line in case.paper.lines)
    return [one for one in named if one is not None]


def _summary(case: Case) -> str:
    lists = _summarised(case)
    known = {one.invt_no for one in lists if one.is_released(case.now) and not one.is_summarised}
    wanted = [] if case.head.get("startTime") else [line["invtNo"] for line in case.paper.lines]
    if refused := [number for number in wanted if number not in known]:
        return f"清单不存在、未放行或已汇总: {', '.join(refused[:10])}"
    if not known:
        return "没有可汇总的清单"
    case.sum_no = serial(18, *map(str, case.paper.key))
    return ""


def _sum_up(case: Case) -> None:
    """One result for every hundred lines of goods, all under one declaration."""
    lists = _summarised(case)
    lines: list[Mapping[str, str]] = []
    for one in lists:
        one.is_summarised = True
        for line in one.paper.lines:
            lines.append(
                {
                    "invtNo": one.invt_no,
                    "logisticsNo": one.paper.head["logisticsNo"],
                    "gseqno": str(len(lines) + 1),
                    "gnum": line["gnum"],
                    "gcode": line["gcode"],
                }
            )
    parts = [lines[a : a + _LINES_OF_A_RESULT] for a in range(0, len(lines), _LINES_OF_A_RESULT)]
    done_at = case.accepted_at + _RESULT_AFTER
    totals = {
        name: str(sum(Decimal(one.paper.head[name]) for one in lists))
        for name in ("grossWeight", "netWeight")
    }
    for place, part in enumerate(parts, start=1):
        fields = {
            **case.head,
            **totals,
            "guid": guid_of(case.sum_no, str(place)),
            "sumNo": case.sum_no,
            "opDate": return_time(done_at),
            "declSeqNo": serial(18, case.sum_no, "declaration"),
            "entryId": serial(18, case.sum_no, "entry"),
            "decState": _SUMMARISED,
            "msgCount": str(len(parts)),
            "msgSeqNo": str(place),
            "note": "",
        }
        answer = Answer(SUMMARY_RESULT, "", done_at, fields, tuple(part))
        case.results.append((answer, done_at - case.now))


AFTERWARDS: Final = {
    "CEB213": Clerk(_return, _take_back, minutes=10),
    "CEB215": Clerk(_tally),
    "CEB701": Clerk(_summary, _sum_up, minutes=5),
}
