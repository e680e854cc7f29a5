"""The example messages of docs/customs/messages: what the service sends, by its own code, and what
the sandbox office answers, by its. All of them are made up.

`python -m tests.unit.sandbox.message_examples` writes them.
"""

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

from deploy.sandbox.customs_office.answers.writing import refusal_of, write_message
from deploy.sandbox.customs_office.inbound.papers import Original
from services.customs.domain.messages.envelope import write_envelope
from services.customs.domain.messages.kinds.kind import NAMESPACE
from services.customs.domain.messages.kinds.registry import KINDS
from services.customs.domain.messages.samples import samples_of
from tests.unit.sandbox.office_desk import AT, a_day

FOLDER = Path(__file__).parents[3] / "docs/customs/messages"


def examples() -> dict[str, str]:
    """By the type of the message, each on lines of its own for readers."""
    messages = {**dict(_sent()), **dict(_answered())}
    return {name: _readable(message) for name, message in sorted(messages.items())} | {
        "DxpMsg": _in_its_envelope()
    }


def _sent() -> Iterator[tuple[str, str]]:
    """The smallest of each kind."""
    for message_type, kind in KINDS.items():
        yield message_type, next(iter(samples_of(kind))).message


def _answered() -> Iterator[tuple[str, str]]:
    """The last of each kind on a day of the office: customs' own word, where there is one."""
    for planned in a_day():
        yield planned.answer.kind.message, write_message([planned.answer])
    unreadable = Original("<ceb:CEB603Message guid", cop_msg_id="SYN-MESSAGE-1", message="CEB603")
    refusal = refusal_of(unreadable, "the message ends too early", at=AT)
    yield refusal.kind.message, write_message([refusal])


def _in_its_envelope() -> str:
    sample = next(iter(samples_of(KINDS["CEB605"])))
    return write_envelope(sample.envelope(sample.message))


def _readable(message: str) -> str:
    ET.register_namespace("ceb", NAMESPACE)
    root = ET.fromstring(message.encode())
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for message_type, text in examples().items():
        (FOLDER / f"{message_type}.xml").write_text(text, encoding="utf-8")
