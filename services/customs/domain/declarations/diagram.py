"""The states of a declaration as a page, drawn from the tables that decide:
`python -m services.customs.domain.declarations.diagram > docs/customs/states.md`.
"""

import sys
from collections.abc import Iterator
from typing import Final

from services.customs.domain.declarations.phase import Phase
from services.customs.domain.declarations.steps import CONFIRMED, STEPS, Step
from services.customs.domain.documents.kinds import MESSAGE_TYPE, RECEIPT_TYPE, DocumentKind
from services.customs.domain.documents.phases import (
    AT_PORT,
    CUSTOMS_MOVES,
    PORT_PHASES,
    DocumentPhase,
    Move,
    Standing,
)
from services.customs.domain.receipts.meanings import MEANING_OF_CODE, MEANING_OF_RETRY
from services.customs.domain.receipts.retry import CODES_BY_RETRY, Retry

# What we do ourselves, and what a receipt has no part in.
_OURS: Final = (
    ("[*]", "draft", "first document"),
    ("draft", "blocked", "faults found"),
    ("draft", "queued", "match holds"),
    ("blocked", "queued", "corrected"),
    ("queued", "draft", "a document is gone"),
    ("queued", "blocked", "match fails"),
    ("queued", "port", "message left"),
    ("queued", "send_failed", "the door refuses the message, or no key may sign it"),
    ("draft", "withdrawn", "order cancelled"),
    ("blocked", "withdrawn", "order cancelled"),
    ("queued", "withdrawn", "order cancelled"),
    ("send_failed", "queued", "passing fault"),
    ("rejected_technical", "queued", "passing fault, or corrected"),
    ("send_failed", "withdrawn", "order cancelled"),
    ("rejected_technical", "withdrawn", "order cancelled"),
    ("returned", "withdrawn", "order cancelled"),
    ("queued", "returned", "CEB303 or CEB505 returned"),
    ("queued", "rejected_technical", "CEB303 or CEB505 refused"),
    ("returned", "queued", "clone, or CEB303 and CEB505 corrected"),
    ("queued", "cancel_requested", "order cancelled while a message waits for its door"),
    ("port", "cancel_requested", "order cancelled"),
    ("entered", "cancel_requested", "order cancelled, or cancel"),
    ("cancel_requested", "entered", "CEB606 100, or the port refuses CEB605 for good"),
    ("cancel_requested", "cancelled", "CEB606 399"),
    ("cancel_requested", "withdrawn", "upload failed or returned"),
    ("cancel_requested", "closed", "899"),
    ("cancelled", "queued", "clone"),
    ("closed", "[*]", ""),
    ("withdrawn", "[*]", ""),
)
# Classes that no code has.
_OTHERS: Final = {
    Retry.TOO_LARGE: "of too_much, if it was alone in its message",
    Retry.UNDELIVERABLE: "no receipt: it never reached the port",
    Retry.UNCLASSIFIED: "any other",
}
_MODULE: Final = "services.customs.domain.declarations.diagram"
# The phases in which customs works on the list, drawn in one box.
_ENTERED: Final = ("accepted", "manual_review", "inspection", "concluded", "released")


def diagram() -> str:
    """The way of an export list, as Mermaid."""
    lines = [
        "stateDiagram-v2",
        "  state port {",
        "    [*] --> transmitted",
        *(f"    transmitted --> {phase} : {code}" for code, phase in PORT_PHASES.items()),
        "    transmitted --> rejected_technical : negative, CEB900",
        "  }",
        "  state entered {",
        *(f"    {name}" for name in _ENTERED),
        "  }",
        *(f"  {a} --> {b}{f' : {label}' if label else ''}" for a, b, label in _OURS),
        *(
            f"  {_name(source)} --> {move.target} : {code}"
            for code, move in CUSTOMS_MOVES[DocumentKind.LIST].items()
            for source in _sources(move)
        ),
    ]
    return "\n".join(lines)


def _name(standing: Standing) -> str:
    return "port" if standing is AT_PORT else standing.value


def _sources(move: Move) -> list[Standing]:
    """In the order of the phases. A list has no other than those of its own table."""
    known = {one.target for one in CUSTOMS_MOVES[DocumentKind.LIST].values()}
    there = [one for one in DocumentPhase if one in move.sources and one in known]
    return [
        *([AT_PORT] if AT_PORT in move.sources else []),
        *(one for one in there if one is not move.target),
    ]


def states_page() -> str:
    parts = [
        "# States of a declaration\n",
        f"Generated from the tables of the code: `python -m {_MODULE} > docs/customs/states.md`.\n",
        "## The way of an export list\n",
        "The port speaks of one upload, customs of the list. A code that is not drawn where",
        "the list stands is kept and marked as illegal; one in no table is marked as unknown.\n",
        f"```mermaid\n{diagram()}\n```\n",
        "## Steps\n",
        *_steps(),
        "\n## Receipts by document\n",
        *_receipts(),
        "\n## Return codes\n",
        *_codes(),
        "\n## Faults of an upload\n",
        *_faults(),
    ]
    return "\n".join(parts) + "\n"


def _steps() -> Iterator[str]:
    yield "| status | " + " | ".join(Step) + " |"
    yield "|---" * (len(Step) + 1) + "|"
    for status in Phase:
        cells = []
        for step in Step:
            mark = "confirm" if status in CONFIRMED.get(step, ()) else "yes"
            cells.append(mark if status in STEPS[step] else "")
        if any(cells):
            yield f"| {status} | " + " | ".join(cells) + " |"
    yield ""
    yield "`resend` needs a document whose newest upload failed or was not answered. `clone`"
    yield "and `amend` need an order that is not cancelled; `amend` no other change under way,"
    yield "and `clone` of a refused list a fault in its content. `repair` of what was returned or"
    yield "refused needs such a fault, too, or one in what comes before the list (CEB303, CEB505)."


def _receipts() -> Iterator[str]:
    yield "| document | message | receipt | code → phase |"
    yield "|---|---|---|---|"
    for kind in DocumentKind:
        moves = ", ".join(f"{code} → {move.target}" for code, move in CUSTOMS_MOVES[kind].items())
        yield f"| {kind} | {MESSAGE_TYPE[kind]} | {RECEIPT_TYPE[kind]} | {moves} |"


def _codes() -> Iterator[str]:
    yield "| code | meaning | 含义 | whose move | what to do |"
    yield "|---|---|---|---|---|"
    for code, one in MEANING_OF_CODE.items():
        yield f"| {code} | {one.text.en} | {one.text.zh} | {one.owner} | {one.remedy.en} |"


def _faults() -> Iterator[str]:
    yield "| class | meaning | 含义 | whose move | what to do | codes |"
    yield "|---|---|---|---|---|---|"
    for retry in Retry:
        one, codes = MEANING_OF_RETRY[retry], " ".join(CODES_BY_RETRY[retry])
        words = f"{one.text.en} | {one.text.zh} | {one.owner} | {one.remedy.en}"
        yield f"| {retry} | {words} | {codes or _OTHERS[retry]} |"


if __name__ == "__main__":
    sys.stdout.write(states_page())
