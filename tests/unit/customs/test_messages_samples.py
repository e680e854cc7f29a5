"""Sample messages of every kind: complete, without faults, and marked as made up."""

import subprocess
import sys
from pathlib import Path

import pytest

from services.customs.commands import write_sample_files
from services.customs.domain.messages.document import Document, Values
from services.customs.domain.messages.elements import Form, Layout
from services.customs.domain.messages.faults import faults
from services.customs.domain.messages.kinds.kind import MessageKind
from services.customs.domain.messages.kinds.registry import KINDS
from services.customs.domain.messages.reader import InboundMessage, read_documents, read_message
from services.customs.domain.messages.samples import NOTE, samples_of
from services.customs.domain.messages.writer import signature_position

ROOT = Path(__file__).resolve().parents[3]


def read_sample(kind: MessageKind, size: str) -> tuple[InboundMessage, list[Document]]:
    (sample,) = [one for one in samples_of(kind) if one.name == f"{kind.message_type}-{size}"]
    message = read_message(sample.message.encode())
    documents = [one for one in read_documents(message) if isinstance(one, Document)]

    assert [faults(kind, document) for document in documents] == [()] * len(documents)

    return message, documents


def obligatory(layout: Layout) -> set[str]:
    return {element.name for element in layout if element.is_obligatory}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_the_smallest_has_what_is_obligatory_and_no_more(kind: MessageKind) -> None:
    message, (document,) = read_sample(kind, "smallest")

    assert document.head.keys() == obligatory(kind.head)
    assert [line.keys() for line in document.lines] == [obligatory(kind.line)] * (
        # A summary without a period is about the lists that it names.
        1 if kind.message_type == "CEB701" else kind.lines_min
    )
    assert [node.name for node in message.nodes] == [kind.node, "BaseTransfer"]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_the_fullest_has_every_element_and_as_many_lines_as_make_sense(kind: MessageKind) -> None:
    message, documents = read_sample(kind, "fullest")

    assert {frozenset(document.head) for document in documents} == {kind.head.names}
    assert {frozenset(line) for document in documents for line in document.lines} <= {
        kind.line.names
    }
    assert [len(document.lines) for document in documents[:-1]] == (
        [250, 250] if kind.is_split else [kind.lines_max]
    )
    assert [node.name for node in message.nodes[-6:]] == ["BaseTransfer"] + ["BaseSubscribe"] * 5


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_the_last_of_the_fullest_is_as_wide_as_its_elements(kind: MessageKind) -> None:
    document = read_sample(kind, "fullest")[1][-1]

    def narrow(layout: Layout, values: Values) -> set[str]:
        return {
            element.name
            for element in layout
            if sum(c != "." for c in values[element.name] or "") != element.length_max
            and not (element.form is Form.TEXT and (element.allowed or element.length_min > 1))
        }

    assert narrow(kind.head, document.head) == set()
    assert [narrow(kind.line, line) - {"gnum"} for line in document.lines] == [set()] * len(
        document.lines
    )


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_whatever_has_room_for_a_note_says_that_it_is_made_up(kind: MessageKind) -> None:
    _, documents = read_sample(kind, "fullest")
    noted = [d.head for d in documents] + [line for d in documents for line in d.lines]

    assert all(str(values.get("note", NOTE)).startswith(NOTE) for values in noted)


def test_the_command_writes_a_file_for_each_and_one_in_its_envelope(tmp_path: Path) -> None:
    """Without any environment: no database is needed for it."""
    done = subprocess.run(
        [sys.executable, "-m", "services.customs", "samples", str(tmp_path)],
        cwd=ROOT,
        env={},
        capture_output=True,
        text=True,
        check=True,
    )
    files = {file.name: file.read_bytes() for file in tmp_path.glob("*.xml")}
    bare = {name for name in files if not name.endswith(".dxp.xml")}

    assert done.stdout == f"customs: 44 sample messages in {tmp_path}\n"
    assert len(files) == 44
    assert NOTE in (tmp_path / "README.txt").read_text(encoding="utf-8")
    for name in bare:
        inside = read_message(files[name.replace(".xml", ".dxp.xml")])
        assert inside.envelope is not None
        assert inside.envelope.file_name == name
        assert inside.nodes == read_message(files[name]).nodes


def test_a_signer_has_its_say_before_a_message_goes_into_its_envelope(tmp_path: Path) -> None:
    signature = '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"></ds:Signature>'

    def sign(_: MessageKind, message: str) -> str:
        at = signature_position(message)
        return message[:at] + signature + message[at:]

    write_sample_files(tmp_path, sign=sign)

    assert all(
        signature in file.read_text(encoding="utf-8")
        for file in tmp_path.glob("*-*.xml")
        if not file.name.endswith(".dxp.xml")
    )
    assert "The messages are signed" in (tmp_path / "README.txt").read_text(encoding="utf-8")
