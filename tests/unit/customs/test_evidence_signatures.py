"""The verifier checks signatures by itself; pieces of every kind of message name whose they are."""

import json

import pytest

from services.customs.domain.evidence.entries import delivered
from services.customs.domain.evidence.pieces import KEY_ELEMENT, PieceKind, cut, values_of
from services.customs.domain.evidence.verifier import signatures
from services.customs.domain.evidence.verifier import verify as verifier
from services.customs.domain.messages.kinds.kind import MessageKind
from services.customs.domain.messages.kinds.registry import KINDS
from services.customs.domain.messages.samples import samples_of
from services.customs.domain.messages.signing.algorithms import Algorithm
from services.customs.domain.messages.signing.certificate import certificate_of_pem
from services.customs.domain.messages.signing.signature import prepare, signature_of, signed
from tests.support.evidence import Ledger
from tests.support.signing import NOW, SM2_CERTIFICATE, a_message, a_signed_message, an_rsa_pair

# GB/T 32918.5-2017, annex A.2: the signature of "message digest".
SM2_KEY = bytes.fromhex(
    "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
SM2_SIGNATURE = bytes.fromhex(
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
)


def told_of(raw: bytes, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Faults, and what was said, about a package with this message."""
    ledger = Ledger()
    ledger.deliver(raw, "GUID-1")
    ledger.seal()
    report = verifier.Report()
    verifier.verify(ledger.package("GUID-1"), None, report)
    return report.faults, capsys.readouterr().out


def test_an_rsa_signature_is_checked(capsys: pytest.CaptureFixture[str]) -> None:
    faults, said = told_of(a_signed_message().encode(), capsys)

    assert faults == 0, said
    assert f"the certificate {an_rsa_pair().certificate.number}, SHA-256" in said
    assert "the key of the certificate made the signature (rsa-sha1)" in said
    assert "the message is the one that was signed" in said


def test_a_message_that_was_changed_after_it_was_signed_is_found(
    capsys: pytest.CaptureFixture[str],
) -> None:
    changed = a_signed_message().replace(">HW1<", ">HW2<").encode()

    faults, said = told_of(changed, capsys)

    assert faults == 1
    assert "it was changed after it was signed" in said


def test_a_signature_of_another_key_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    body = a_message().body
    to_sign = prepare(body, Algorithm.RSA_SHA1)
    value = an_rsa_pair(key=1).sign(to_sign.signed_info)
    certificate = an_rsa_pair(key=0).certificate
    signature = signature_of(to_sign, value, certificate=certificate, at=NOW, is_test=True)

    faults, said = told_of(signed(body, signature).encode(), capsys)

    assert faults == 1
    assert "the key of the certificate did not make the signature" in said


def test_an_sm2_signature_is_checked(capsys: pytest.CaptureFixture[str]) -> None:
    # Not made by this key: its form is read, its digest is right, its value is not.
    body = a_message().body
    to_sign = prepare(body, Algorithm.SM2_SM3)
    certificate = certificate_of_pem(SM2_CERTIFICATE)
    signature = signature_of(to_sign, bytes(64), certificate=certificate, at=NOW, is_test=True)

    faults, said = told_of(signed(body, signature).encode(), capsys)

    assert faults == 1
    assert "did not make the signature" in said
    assert "the message is the one that was signed" in said


def test_the_sm2_signature_of_the_standards_example_is_valid_for_nothing_else() -> None:
    def is_signed(message: bytes, value: bytes) -> bool:
        return signatures.is_signed_with_sm2(SM2_KEY, message, value)

    assert is_signed(b"message digest", SM2_SIGNATURE)
    assert not is_signed(b"message digesT", SM2_SIGNATURE)
    assert not is_signed(b"message digest", SM2_SIGNATURE[:-1] + b"\0")
    assert not is_signed(b"message digest", bytes(64))


@pytest.mark.parametrize(
    ("message", "digest"),
    [  # GB/T 32905-2016, annex A
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_sm3_where_python_has_none(message: bytes, digest: str) -> None:
    assert signatures.slow_sm3(message).hex() == digest


def test_what_is_not_written_canonically_is_not_checked_and_says_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    raw = a_signed_message().replace("<ceb:Departure>", "<ceb:Departure >").encode()

    faults, said = told_of(raw, capsys)

    assert faults == 0
    assert "its signature was not checked" in said


def test_the_entry_names_the_key() -> None:
    raw = a_signed_message().encode()

    entry = delivered(raw, guid="G", message_type="CEB509", door="folder", at=NOW)

    certificate = an_rsa_pair().certificate
    sealed = json.loads(entry.content)["signature"]
    assert sealed["key_name"] == certificate.number
    assert sealed["algorithm"].endswith("rsa-sha1")


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.message_type)
def test_every_kind_of_message_is_cut_into_what_names_its_owner(kind: MessageKind) -> None:
    for sample in samples_of(kind):
        message = cut(sample.message.encode())

        own = [n for n, piece in enumerate(message.pieces) if piece.kind is PieceKind.OWN]
        assert message.message_type == kind.message_type
        has_lines = f"{kind.line_node}>" in sample.message  # an arrival may have none yet
        assert own or (kind.is_split and not has_lines)
        element = KEY_ELEMENT[kind.message_type]
        assert all(values_of(message.bytes_of(place), element) for place in own)
        assert PieceKind.WHOLE not in {piece.kind for piece in message.pieces}
