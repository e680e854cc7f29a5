"""Commands that only customs has: `python -m services.customs samples | verify`."""

from collections.abc import Callable
from pathlib import Path

from services.customs.clients.signers.software import make_test_key
from services.customs.domain.messages.envelope import transfer_faults, write_envelope
from services.customs.domain.messages.errors import XmlNotReadable
from services.customs.domain.messages.kinds.kind import MessageKind, Signature
from services.customs.domain.messages.kinds.registry import KINDS
from services.customs.domain.messages.parties import Party
from services.customs.domain.messages.reader import unwrapped
from services.customs.domain.messages.samples import EXTENDED, NOTE, VALUES, samples_of
from services.customs.domain.messages.signing.algorithms import Algorithm
from services.customs.domain.messages.signing.checking import NotVerified, verify
from services.customs.domain.messages.signing.signature import prepare, signature_of, signed
from shared.kernel.clock import real_now
from shared.settings import SettingsError

Sign = Callable[[MessageKind, str], str]


def write_samples(directory: str) -> str:
    """Writes sample messages of every kind into a folder, and says how many. They are signed with a
    key that is made for this, and is nobody's.
    """
    count = write_sample_files(Path(directory), sign=_test_signature())
    return f"{count} sample messages in {directory}"


def _test_signature() -> Sign:
    key = make_test_key(Party(VALUES["agentCode"], VALUES["agentName"]), now=real_now())

    def sign(_: MessageKind, message: str) -> str:
        to_sign = prepare(message, Algorithm.RSA_SHA1)
        value = key.sign_bytes(to_sign.signed_info)
        signature = signature_of(
            to_sign, value, certificate=key.certificate, at=real_now(), is_test=True
        )
        return signed(message, signature)

    return sign


def write_sample_files(folder: Path, *, sign: Sign | None) -> int:
    """A file for each message and one for each of them in its envelope. `sign` makes the signed
    message of an unsigned one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    for kind in KINDS.values():
        for sample in samples_of(kind):
            if sample.name.endswith(EXTENDED):
                continue  # what it extends the message by is nobody's schema
            message = sample.message if sign is None else sign(kind, sample.message)
            envelope = sample.envelope(message)
            assert not transfer_faults(envelope)
            (folder / f"{sample.name}.xml").write_bytes(message.encode())
            (folder / f"{sample.name}.dxp.xml").write_bytes(write_envelope(envelope).encode())
            written += 2
    (folder / "README.txt").write_text(_readme(is_signed=sign is not None), encoding="utf-8")
    return written


def _readme(*, is_signed: bool) -> str:
    lines = [
        f"{NOTE}: sample messages of the CEB interface, edition 202205 (export).",
        "",
        "Everything in these files is made up, also the numbers that a port would give (preNo,",
        "invtNo, sumNo). No firm, flight or parcel in them exists. Do not send them to a real",
        "port.",
        "Where an element has room for a note, the note says so. The smallest messages have none:",
        "for them only this file says it.",
        "",
        "CEBnnn-smallest.xml  one document with the obligatory elements only",
        "CEBnnn-fullest.xml   a document with every element and many lines (in two parts where the",
        "                     kind may be split), and one whose texts and numbers are as long as",
        "                     they may be; five subscribers",
        "CEBnnn-….dxp.xml     the same message in a DxpMsg",
        "",
        "The messages are signed, with a key made for them."
        if is_signed
        else "The messages are not signed.",
        "A signature is obligatory, by the document of the edition, in:",
        "  "
        + ", ".join(k.message_type for k in KINDS.values() if k.signature is Signature.OBLIGATORY),
        "and where appStatus is 2, in:",
        "  "
        + ", ".join(k.message_type for k in KINDS.values() if k.signature is Signature.IF_DECLARED),
    ]
    return "\n".join(lines) + "\n"


def verify_file(file: str) -> str:
    """Who signed the message in a file, which may be in a DxpMsg. Raises SettingsError if nobody
    did, or it was changed.
    """
    try:
        text = unwrapped(Path(file).read_bytes()).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError, XmlNotReadable) as error:
        raise SettingsError([f"{file}: {error}"]) from error
    found = verify(text)
    if isinstance(found, NotVerified):
        raise SettingsError([f"{file} is not verified: {found.fault}: {found.detail}."])
    holder = found.certificate
    return (
        f"{file} is as {holder.holder_name} ({holder.holder_code or 'no code'}) signed it:"
        f" {found.algorithm}, certificate {holder.number}, valid until"
        f" {holder.valid_until:%Y-%m-%d}, SHA-256 {holder.sha256}"
    )
