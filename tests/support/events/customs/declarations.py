"""Events about declarations. Each carries what every declaration event carries, and the status and
the receipt that usually go with its fact.
"""

from typing import Any

from shared.contracts.customs.declarations import (
    DeclarationAccepted,
    DeclarationBlocked,
    DeclarationCancelDeclined,
    DeclarationCancelled,
    DeclarationCancelRequested,
    DeclarationClosed,
    DeclarationInspection,
    DeclarationReleased,
    DeclarationReturned,
    DeclarationScreened,
    DeclarationSubmitted,
    DeclarationWithdrawn,
)
from shared.kernel.ids import new_id
from tests.support.events.building import AT, built


def a_declaration_submitted(**changes: Any) -> DeclarationSubmitted:
    return built(DeclarationSubmitted, _facts("transmitted"), changes)


def a_declaration_blocked(**changes: Any) -> DeclarationBlocked:
    return built(DeclarationBlocked, _facts("blocked"), changes)


def a_declaration_accepted(**changes: Any) -> DeclarationAccepted:
    return built(DeclarationAccepted, _facts("accepted", return_status="120"), changes)


def a_declaration_inspection(**changes: Any) -> DeclarationInspection:
    return built(DeclarationInspection, _facts("inspection", return_status="500"), changes)


def a_declaration_screened(**changes: Any) -> DeclarationScreened:
    """Screened in lane 1, and passed."""
    return built(DeclarationScreened, _facts("accepted") | {"lane": 1, "passed": True}, changes)


def a_declaration_released(**changes: Any) -> DeclarationReleased:
    return built(DeclarationReleased, _facts("released", return_status="800"), changes)


def a_declaration_returned(**changes: Any) -> DeclarationReturned:
    return built(DeclarationReturned, _facts("returned", return_status="100"), changes)


def a_declaration_closed(**changes: Any) -> DeclarationClosed:
    return built(DeclarationClosed, _facts("closed", return_status="899"), changes)


def a_declaration_cancelled(**changes: Any) -> DeclarationCancelled:
    return built(DeclarationCancelled, _facts("cancelled", return_status="399"), changes)


def a_declaration_cancel_requested(**changes: Any) -> DeclarationCancelRequested:
    return built(DeclarationCancelRequested, _facts("cancel_requested"), changes)


def a_declaration_cancel_declined(**changes: Any) -> DeclarationCancelDeclined:
    return built(DeclarationCancelDeclined, _facts("accepted", return_status="100"), changes)


def a_declaration_withdrawn(**changes: Any) -> DeclarationWithdrawn:
    return built(DeclarationWithdrawn, _facts("withdrawn"), changes)


def _facts(status: str, *, return_status: str | None = None) -> dict[str, Any]:
    return {
        "declaration_id": new_id("dec"),
        "order_id": new_id("ord"),
        "shipment_id": new_id("shp"),
        "merchant_id": new_id("mer"),
        "at": AT,
        "status": status,
        "return_status": return_status,
    }
