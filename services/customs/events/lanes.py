"""What a security lane reported, as event payload."""

from services.customs.domain.lanes.screening import ScreeningAnnouncement
from services.customs.events.declarations import head_of
from shared.contracts.customs.declarations import DeclarationScreened


def declaration_screened(announcement: ScreeningAnnouncement) -> DeclarationScreened:
    head = head_of(announcement)
    return DeclarationScreened(**head, lane=announcement.lane, passed=announcement.passed)
