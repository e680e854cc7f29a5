"""A message is cut without losing a byte, and nobody is shown what is not his."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.customs.domain.evidence.entries import ActKind, acted, delivered, received
from services.customs.domain.evidence.hashing import leaf_hash, root_by_path
from services.customs.domain.evidence.pieces import (
    OwnNumber,
    PieceKind,
    cut,
    paths_of,
    root_of,
    salt_of,
)
from tests.support.customs import NOW
from tests.support.evidence import a_departure, a_list_message, a_receipt_message

SECRET = b"s" * 32


@pytest.mark.parametrize(
    "raw",
    [
        a_list_message("A1", "B2", "C3"),
        a_departure("W1", "W2"),
        a_receipt_message(("A1", "120"), ("B2", "800")),
        b"",
        b"{}",
        b"<CEB604Message><InventoryReturn><copNo>A1",
        b"<CEB604Message><a><a></a></a><b/></CEB604Message>",
        "<CEB604Message>中</CEB604Message>".encode("gb18030"),
    ],
)
def test_pieces_are_the_message(raw: bytes) -> None:
    message = cut(raw)

    assert b"".join(message.bytes_of(n) for n in range(len(message.pieces))) == raw


@settings(max_examples=300)
@given(
    st.lists(
        st.sampled_from(
            [
                b"<CEB603Message>",
                b"<Inventory>",
                b"</Inventory>",
                b"<copNo>A1</copNo>",
                b"<",
                b">",
                b"<!--",
                b"<BaseTransfer>",
                b"</CEB603Message>",
                b" ",
                b"<copNo>B2</copNo>",
                b"<Departure>",
                b"<xList>",
                b"</xList>",
                b"</Departure>",
                b"\xff",
            ]
        ),
        max_size=14,
    )
)
def test_whatever_comes_is_cut_without_gaps(parts: list[bytes]) -> None:
    message = cut(b"<CEB603Message>" + b"".join(parts))

    assert b"".join(message.bytes_of(n) for n in range(len(message.pieces))) == message.raw
    shown = b"".join(message.bytes_of(n) for n in message.places_of([OwnNumber("copNo", "A1")]))
    assert b"B2" not in shown


def test_a_merchant_is_shown_its_own_list_and_the_frame() -> None:
    message = cut(a_list_message("A1", "B2", "C3"))

    shown = b"".join(message.bytes_of(n) for n in message.places_of([OwnNumber("copNo", "B2")]))

    assert b"<ceb:copNo>B2</ceb:copNo>" in shown
    assert b">A1<" not in shown
    assert b">C3<" not in shown
    assert shown.startswith(b"<?xml")
    assert shown.endswith(b"</ceb:CEB603Message>\n")


def test_a_merchant_is_shown_its_own_line_of_a_departure() -> None:
    message = cut(a_departure("W1", "W2"))

    shown = b"".join(
        message.bytes_of(n) for n in message.places_of([OwnNumber("logisticsNo", "W2")])
    )

    assert b"W2" in shown
    assert b"W1" not in shown
    assert b"<ceb:voyageNo>O3701</ceb:voyageNo>" in shown


@pytest.mark.parametrize(
    "numbers",
    [
        [],
        [OwnNumber("copNo", "Z9")],
        [OwnNumber("orderNo", "A1")],  # a number of another kind
        [OwnNumber("copNo", "A1", "91420700MAA1RL004W")],  # of another enterprise
    ],
)
def test_who_is_not_named_is_shown_nothing(numbers: list[OwnNumber]) -> None:
    assert cut(a_list_message("A1", "B2")).places_of(numbers) == []


def test_a_number_that_two_enterprises_gave_is_shown_to_the_one_that_is_named() -> None:
    numbers = [OwnNumber("copNo", "A1", "示例")]  # what our small lists have as a party

    assert cut(a_list_message("A1", "B2")).places_of(numbers) == [0, 1, 3]


@pytest.mark.parametrize(
    "inside",
    [
        "<Inventory><copNo>A1</copNo><copNo>B2</copNo></Inventory>",
        "<Inventory><copNo>A1</copNo></Inventory><BaseTransfer/><Inventory><copNo>B2</copNo>",
        "<Inventory><copNo>A1</copNo></Inventory>some text<copNo>B2</copNo>",
    ],
)
def test_what_also_names_another_is_not_shown(inside: str) -> None:
    message = cut(f"<CEB603Message>{inside}</CEB603Message>".encode())

    shown = [message.bytes_of(place) for place in message.places_of([OwnNumber("copNo", "A1")])]

    assert b"B2" not in b"".join(shown)


def test_a_refusal_of_a_whole_message_is_shown_to_nobody() -> None:
    # CEB900 has the message that it refuses inside, with the lists of others.
    inside = a_list_message("A1", "B2").decode()
    raw = (
        '<CEB900Message guid="G" version="1.0"><MessageReturn><returnStatus>-1</returnStatus>'
        f"<oriBizMessage><![CDATA[{inside}]]></oriBizMessage></MessageReturn></CEB900Message>"
    ).encode()

    assert cut(raw).places_of([OwnNumber("copNo", "A1")]) == []


def test_a_piece_is_proven_part_of_the_whole() -> None:
    message = cut(a_list_message("A1", "B2", "C3"))
    places = message.places_of([OwnNumber("copNo", "B2")])
    root = root_of(message, SECRET)

    for place, path in zip(places, paths_of(message, SECRET, places), strict=True):
        leaf = leaf_hash(salt_of(SECRET, place) + message.bytes_of(place))
        assert root_by_path(leaf, place, len(message.pieces), path) == root


def test_without_the_salt_a_guess_proves_nothing() -> None:
    message = cut(a_list_message("A1"))

    assert root_of(message, b"a" * 32) != root_of(message, b"b" * 32)


def test_the_kinds_of_pieces() -> None:
    kinds = [piece.kind for piece in cut(a_departure("W1", "W2")).pieces]

    frame, head, own = PieceKind.FRAME, PieceKind.HEAD, PieceKind.OWN
    assert kinds == [frame, head, own, own, frame, frame]


def test_an_entry_has_no_secret_in_its_content() -> None:
    entry = delivered(a_list_message("A1"), guid="G", message_type="CEB603", door="folder", at=NOW)

    assert entry.secret is not None
    assert entry.secret.hex().encode() not in entry.content
    assert b'"signature":null' in entry.content


def test_the_subject_of_what_came_is_its_digest() -> None:
    entry = received(b"<x/>", content_type="application/xml", source="api", at=NOW)

    assert entry.subject.encode() in entry.content


def test_an_act_says_who_did_what() -> None:
    entry = acted(
        tenant_id="mer_1",
        declaration_id="dec_1",
        act=ActKind.RESEND,
        actor="cli_1",
        detail={"document": "A1"},
        at=NOW,
    )

    assert b'"act":"resend","actor":"cli_1"' in entry.content


@pytest.mark.parametrize("tag", [b"<" + b"a" * 10**6, b"<" + b"a." * 10**6, b"<a " + b" " * 10**6])
def test_a_tag_that_does_not_end_is_read_once(tag: bytes) -> None:
    """Were each of its letters tried anew, this would take an hour."""
    assert [piece.kind for piece in cut(tag).pieces] == [PieceKind.WHOLE]
