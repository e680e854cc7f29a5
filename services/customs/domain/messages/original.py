"""The message that a CEB900 is about: the port sends it back whole, as the text of oriBizMessage.
It may be cut off, and it could not be read, so only its first tag is looked for.
"""

import re
from dataclasses import dataclass
from typing import Final

# The root stands at the beginning. Comments before it are not ours.
_HEAD_CHARACTERS: Final = 8_192
_ROOT: Final = re.compile(r"<(?:[A-Za-z_][\w.-]{0,40}:)?(CEB[0-9]{3})(?:Message)?(?=[\s/>])")
_GUID: Final = re.compile(r"\sguid\s{0,9}=\s{0,9}[\"']\s{0,9}([^\"'<>&\s]{1,100})\s{0,9}[\"']")


@dataclass(frozen=True, slots=True)
class Original:
    """`guid`: of the root, in capitals as we write it."""

    message_type: str
    guid: str


def original_of(text: str) -> Original | None:
    """None: it has no root of a CEB message, or that has no guid."""
    head = text[:_HEAD_CHARACTERS]
    root = _ROOT.search(head)
    if root is None:
        return None
    tag, _, _ = head[root.end() :].partition(">")
    guid = _GUID.search(tag)
    return Original(root.group(1), guid.group(1).upper()) if guid else None
