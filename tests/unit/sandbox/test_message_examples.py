"""The example messages of the documentation are what service and office write today."""

import re

import pytest

from services.customs.domain.messages.kinds.registry import KINDS, RECEIPTS
from tests.unit.sandbox.message_examples import FOLDER, examples

PAGE = FOLDER.parent / "messages.md"


@pytest.mark.parametrize("message_type", [*KINDS, *RECEIPTS, "DxpMsg"])
def test_an_example_is_what_is_written_today(message_type: str) -> None:
    """Else: python -m tests.unit.sandbox.message_examples"""
    text = (FOLDER / f"{message_type}.xml").read_text(encoding="utf-8")

    assert text == examples()[message_type]


def test_the_page_of_messages_shows_every_example() -> None:
    shown = re.findall(r"\(messages/(\w+)\.xml\)", PAGE.read_text(encoding="utf-8"))

    assert set(shown) == {file.stem for file in FOLDER.glob("*.xml")}
    assert set(shown) == {*KINDS, *RECEIPTS, "DxpMsg"}
