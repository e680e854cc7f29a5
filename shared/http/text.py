"""Text that people read: names, titles, reasons. Invisible characters are refused, because they
make two names look alike or a line read backwards.

Several scripts and most emoji need joiners (ZWJ, ZWNJ), so they are allowed after characters beyond
Latin. Marks that only guide the direction of a line (LRM, RLM, ALM) are harmless. A variation
selector chooses the form of one character, and tags follow a black flag. Anywhere else, or one
after the other, both can carry a whole text that nobody sees.
"""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

_REFUSED: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # control characters, NEL (U+0085) among them
    "\u00ad\u200b\u2060-\u2064\ufeff\u180e"  # invisible: soft hyphen, zero-width space …
    "\u034f\u2800\u3164\uffa0"  # blanks that count as letters, symbols or marks
    "\u2028\u2029"  # ends of lines and paragraphs
    "\u202a-\u202e\u2066-\u206f"  # overrides, embeddings and isolates of direction
    "\ufff9-\ufffb\ufffe\uffff"  # interlinear annotations, noncharacters
    "\ud800-\udfff]"
    "|(?:(?<![^\x00-\u02ff])[\u200c\u200d])"  # a joiner after Latin, or at the beginning
    "|(?:(?<=[\ufe00-\ufe0f\U000e0100-\U000e01ef])[\ufe00-\ufe0f\U000e0100-\U000e01ef])"
    "|(?:(?<![\U0001f3f4\U000e0020-\U000e007e])[\U000e0000-\U000e007f])"
)


def visible(text: str) -> str:
    """Returns the text. Raises PydanticCustomError (field.unseen_character) with the code point."""
    if not text.isascii() or not text.isprintable():
        _refuse_unseen(text)
    return text


def _refuse_unseen(text: str) -> None:
    if (found := _REFUSED.search(text)) is not None:
        raise PydanticCustomError(
            "unseen_character",
            "the text holds the invisible character {character}",
            {"character": f"U+{ord(found[0]):04X}", "position": found.start()},
        )


# One line, without white space around it.
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(visible),
]
