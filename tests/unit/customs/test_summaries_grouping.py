"""Months, groups and the applications for summaries (CEB701)."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.customs.domain.declarations.drawing.dossier import draw_up
from services.customs.domain.declarations.terms import RETAIL
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.messages.document import Document
from services.customs.domain.messages.faults import faults
from services.customs.domain.messages.kinds.registry import KINDS
from services.customs.domain.messages.parties import Party
from services.customs.domain.summaries.grouping import (
    LISTS_PER_PART,
    ReleasedList,
    draw_applications,
    group_lists,
)
from services.customs.domain.summaries.month import Month
from tests.support.customs import NOW, PARTIES, RULEBOOK, a_line, a_waybill, an_order

MAKER, OTHER_MAKER = "4201960001", "4201960002"


def a_list(number: int, *, merchant: Party | None = None, maker: str = MAKER) -> ReleasedList:
    parties = replace(
        PARTIES, merchant=merchant or PARTIES.merchant, owner=Party(maker, f"maker {maker}")
    )
    terms = replace(RETAIL, statistics_flag="B", hs_digits=10)
    order = an_order(a_line(1, hs_code="9405500000"), a_line(2, hs_code="9405500000"))
    drawn = draw_up(
        order,
        a_waybill(order),
        cop_no=f"AL{number}",
        rulebook=replace(RULEBOOK, parties=parties, terms=terms),
        now=NOW,
    )
    (found,) = (one for one in drawn.documents if one.kind is DocumentKind.LIST)
    return ReleasedList(
        f"doc_{number:06d}", f"dec_{number}", f"4700{number:014d}", NOW, found.parts[0]
    )


@given(st.integers(0, 2**31).map(lambda s: datetime.fromtimestamp(s, UTC)))
def test_every_instant_is_in_one_month_that_is_due_on_the_15th_of_the_next(at: datetime) -> None:
    month = Month.of(at)
    assert month.begins_at <= at < month.ends_at
    assert Month.parse(str(month)) == month
    assert month.next.begins_at == month.ends_at
    assert month.due_on.day == 15
    assert Month.of(datetime(month.due_on.year, month.due_on.month, 15, tzinfo=UTC)) == month.next


@pytest.mark.parametrize(
    ("now", "age"),
    [
        ("2026-11-30T15:59:59", "later"),
        ("2026-11-30T16:00:00", "due"),
        ("2026-12-15T15:59:59", "due"),
        ("2026-12-15T16:00:00", "overdue"),
    ],
)
def test_a_summary_is_due_by_the_15th_in_china(now: str, age: str) -> None:
    assert Month(2026, 11).age(datetime.fromisoformat(now).replace(tzinfo=UTC)) == age
    assert Month(2026, 11).due_on == date(2026, 12, 15)


def test_groups_tell_makers_apart_only_if_the_summary_does() -> None:
    lists = [a_list(1), a_list(2, maker=OTHER_MAKER), a_list(3)]
    (by_consignor,) = group_lists(lists, "1")
    assert (by_consignor.lists, by_consignor.lines) == (3, 6)
    assert by_consignor.quantity == Decimal(36)
    assert by_consignor.total == Decimal("91.8")
    by_maker = group_lists(lists, "2")
    assert [(one.key.maker, one.lists) for one in by_maker] == [
        (MAKER, 2),
        (OTHER_MAKER, 1),
    ]


def test_each_consignor_has_a_summary_of_its_own_in_parts() -> None:
    other = Party("4201960009", "另一电商")
    template = a_list(0)
    many = [
        replace(template, id=f"doc_{n:06d}", declaration_id=f"dec_{n}", invt_no=f"4700{n:014d}")
        for n in range(1, 2 * LISTS_PER_PART + 2)
    ]
    alone = a_list(9_999_999, merchant=other)

    made = draw_applications([alone, *reversed(many)], "2", replaces=None, real_now=NOW)

    by_consignor = {one.lists[0].said("ebcCode"): one for one in made}
    assert set(by_consignor) == {PARTIES.merchant.code, other.code}
    parts = by_consignor[PARTIES.merchant.code].document.drawn.parts
    assert [len(part.lines) for part in parts] == [LISTS_PER_PART, LISTS_PER_PART, 1]
    named = [line["invtNo"] for part in parts for line in part.lines]
    assert sorted(named, key=str) == sorted(one.invt_no for one in many)
    assert {part.head["copNo"] for part in parts} == {
        by_consignor[PARTIES.merchant.code].document.drawn.number
    }
    upload = {"guid": "0" * 36, "appTime": "20261201080000"}
    for sequence, part in enumerate(parts, start=1):
        head = {**part.head, **upload}
        assert faults(KINDS["CEB701"], Document(head, part.lines)) == ()
        assert (head["msgCount"], head["msgSeqNo"]) == ("3", str(sequence))
        assert (head["summaryFlag"], head["itemNameFlag"]) == ("2", "1")
        assert head.get("startTime") is None
