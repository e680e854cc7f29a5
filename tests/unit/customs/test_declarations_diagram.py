"""The page of states is what the tables say, and its diagram leads from the start to an end."""

import re
from pathlib import Path

from services.customs.domain.declarations.diagram import diagram, states_page
from services.customs.domain.declarations.phase import Phase

PAGE = Path(__file__).parents[3] / "docs/customs/states.md"
# Named by the contract, but no declaration is in them.
UNUSED = {"validated", "signed"}


def test_the_page_is_the_generated_one() -> None:
    """Else: python -m services.customs.domain.declarations.diagram > docs/customs/states.md"""
    assert PAGE.read_text(encoding="utf-8") == states_page()


def test_every_status_is_drawn_and_leads_on() -> None:
    edges = re.findall(r"^ +(\S+) --> (\S+)", diagram(), re.MULTILINE)
    boxes = {"port": {"transmitted"}, "entered": {"accepted", "released"}}
    reached, waiting = set(), {"[*]"}
    while waiting:
        name = waiting.pop()
        reached.add(name)
        waiting |= {b for a, b in edges if a == name} - reached
        waiting |= boxes.get(name, set()) - reached

    assert set(Phase) - UNUSED <= reached


def test_every_move_of_the_brief_is_drawn() -> None:
    drawn = set(re.findall(r"^ +(\w+) --> (\w+) : (\d+)$", diagram(), re.MULTILINE))
    examined = ["manual_review", "inspection", "concluded"]

    assert {("port", "accepted", "120"), ("released", "closed", "899")} <= drawn
    for first in ["port", "accepted", *examined]:
        assert (first, "released", "800") in drawn
        assert (first, "returned", "100") in drawn
        assert {(a, b) for a, b, _ in drawn} >= {(first, b) for b in examined if b != first}
    assert not {b for a, b, _ in drawn if a in ("closed", "returned")}
    assert {b for a, b, _ in drawn if a == "released"} == {"closed"}
