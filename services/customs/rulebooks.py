"""What rulebooks are made from, by the settings and the reference tables."""

from pathlib import Path
from typing import Final

from services.customs.clients.reference import platforms, regime_tables, sender_rules, tariff_of
from services.customs.domain.declarations.books import Books
from services.customs.domain.declarations.codes import parse_code_tables
from services.customs.domain.messages.senders import SendingPlan, sending_plan
from services.customs.domain.registrations.resolution import Place as RegisteredPlace
from services.customs.settings import Settings
from shared.settings import SettingsError

CODES: Final = Path(__file__).parent / "reference" / "codes.csv"


def books_of(settings: Settings) -> Books:
    """Raises SettingsError."""
    return Books(
        parse_code_tables(CODES.read_text(encoding="utf-8")),
        tariff_of(settings.tariff_file),
        platforms(),
        regime_tables(),
        sending_plan_of(settings),
        RegisteredPlace(settings.customs_code, settings.port_code),
    )


def sending_plan_of(settings: Settings) -> SendingPlan:
    """Raises SettingsError for a message that does not exist, or a role that may not send it."""
    try:
        return sending_plan(settings.sends, settings.senders, sender_rules())
    except ValueError as error:
        raise SettingsError([f"CUSTOMS_SENDS, CUSTOMS_SENDERS: {error}."]) from error
