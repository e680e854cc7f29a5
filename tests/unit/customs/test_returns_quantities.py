"""What can still come back of a list, and the parts that returns take of it."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.messages.document import Document
from services.customs.domain.returns.kept import KeptReturn, holding
from services.customs.domain.returns.quantities import (
    AskedLine,
    Quantities,
    all_of,
    return_lines,
    returnable_lines,
)
from shared.kernel.errors import Invalid


def a_list_line(gnum: int, qty: str, qty1: str, qty2: str | None = None) -> dict[str, str | None]:
    return {
        "gnum": str(gnum),
        "gcode": "9405500000",
        "gname": "烛台",
        "gmodel": "0|0|无品牌",
        "qty": qty,
        "qty1": qty1,
        "qty2": qty2,
        "unit": "011",
        "unit1": "035",
        "unit2": "011" if qty2 else None,
    }


def part(exported: Document, held: list[Document], gnum: int, quantity: int) -> Document:
    lines = returnable_lines(exported, held)
    return Document({}, return_lines(lines, [AskedLine(gnum, Decimal(quantity))]))


legal = st.decimals(min_value=1, max_value=10**6, places=5)


@settings(max_examples=200)
@given(
    qty=st.integers(1, 60),
    qty1=legal,
    qty2=st.none() | legal,
    steps=st.lists(st.tuples(st.integers(1, 20), st.integers(0, 9)), max_size=25),
)
def test_nothing_comes_back_twice_and_all_of_it_adds_up(
    qty: int, qty1: Decimal, qty2: Decimal | None, steps: list[tuple[int, int]]
) -> None:
    second = None if qty2 is None else f"{qty2:f}"
    exported = Document({}, (a_list_line(1, str(qty), f"{qty1:f}", second),))
    held: list[Document] = []
    for quantity, rejected in steps:
        (left,) = returnable_lines(exported, held)
        expected_left = qty - sum(int(one.lines[0]["qty"] or 0) for one in held)
        assert left.remaining.traded == expected_left >= 0
        if quantity > expected_left:
            with pytest.raises(Invalid) as refusal:
                part(exported, held, 1, quantity)
            assert refusal.value.problems[0].pointer == "/lines/0/quantity"
            continue
        made = part(exported, held, 1, quantity)
        # The share is exact but for the last of five decimals; the last return has the rest.
        if quantity < expected_left:
            exact = Fraction(qty1) * quantity / qty
            assert 0 <= exact - Fraction(made.lines[0]["qty1"] or 0) < Fraction(1, 100_000)
        held.append(made)
        if rejected == 0:
            held.pop(len(held) // 2)

    (left,) = returnable_lines(exported, held)
    rest = all_of([left])
    if rest:
        held.append(Document({}, return_lines([left], rest)))
    assert sum(Decimal(one.lines[0]["qty1"] or 0) for one in held) == qty1
    if qty2 is not None:
        assert sum(Decimal(one.lines[0]["qty2"] or 0) for one in held) == qty2
    assert all_of(returnable_lines(exported, held)) == ()


def test_a_line_keeps_its_number_and_its_words() -> None:
    exported = Document({}, (a_list_line(1, "2", "1"), a_list_line(2, "6", "1.08", "6")))
    (line,) = part(exported, [], 2, 2).lines
    assert line == a_list_line(2, "2", "0.36", "2")


def test_all_faults_are_named_at_their_places() -> None:
    lines = returnable_lines(Document({}, (a_list_line(1, "2", "1"),)), [])
    asked = [AskedLine(1, Decimal(1)), AskedLine(3, Decimal(1)), AskedLine(1, Decimal(1))]
    with pytest.raises(Invalid) as refusal:
        return_lines(lines, asked)
    assert [(one.pointer, one.code) for one in refusal.value.problems] == [
        ("/lines/1/gnum", "customs.return.line_unknown"),
        ("/lines/2/gnum", "customs.return.line_repeated"),
    ]


def a_return(number: int, phase: DocumentPhase, *, replaces: int | None = None) -> KeptReturn:
    named = None if replaces is None else f"doc_{replaces}"
    return KeptReturn(f"doc_{number}", "doc_list", phase, named, Document({"n": str(number)}))


def test_what_customs_sent_back_or_another_replaces_holds_nothing() -> None:
    returns = [
        a_return(1, DocumentPhase.RETURNED),
        a_return(2, DocumentPhase.WITHDRAWN),
        a_return(3, DocumentPhase.REJECTED_TECHNICAL),
        a_return(4, DocumentPhase.QUEUED, replaces=3),
        a_return(5, DocumentPhase.REJECTED_TECHNICAL),
        a_return(6, DocumentPhase.DETAINED),
    ]
    assert [one.head["n"] for one in holding(returns, "doc_list")] == ["4", "5", "6"]
    replacing = holding(returns, "doc_list", replaces="doc_5")
    assert [one.head["n"] for one in replacing] == ["4", "6"]
    assert holding(returns, "doc_other") == []


def test_a_replaced_return_that_customs_has_after_all_holds_again() -> None:
    returns = [
        a_return(1, DocumentPhase.ACCEPTED),
        a_return(2, DocumentPhase.WITHDRAWN, replaces=1),
    ]
    assert [one.head["n"] for one in holding(returns, "doc_list")] == ["1"]


def test_two_returns_of_the_same_goods_leave_nothing_and_not_less() -> None:
    exported = Document({}, (a_list_line(1, "3", "1.5", "3"),))
    twice = [part(exported, [], 1, 2), part(exported, [], 1, 2)]
    (left,) = returnable_lines(exported, twice)
    assert left.remaining == Quantities(Decimal(0), Decimal(0), Decimal(0))
    assert all_of([left]) == ()
