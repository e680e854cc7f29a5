"""Closing a manifest: when it is due, and which shipments are on it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.routing.domain.flights.flight import Flight


@dataclass(frozen=True, slots=True)
class Candidate:
    """A shipment that holds room on the flight as its next leg. `is_cleared`: released and
    screened.
    """

    shipment_id: str
    gross_weight_g: int
    is_cleared: bool


@dataclass(frozen=True, slots=True)
class Manifest:
    """The shipments that fly, and those that stay. A manifest without shipments has no waybill."""

    on_board: tuple[str, ...]
    left_behind: tuple[str, ...]
    gross_weight_g: int


def is_due(flight: Flight, *, now: datetime) -> bool:
    return flight.has_open_manifest and flight.cut_off_at is not None and flight.cut_off_at <= now


def manifest_of(candidates: Iterable[Candidate]) -> Manifest:
    """Cleared shipments fly, the others lose their place."""
    cleared: list[Candidate] = []
    others: list[Candidate] = []
    for candidate in candidates:
        (cleared if candidate.is_cleared else others).append(candidate)
    return Manifest(
        on_board=tuple(candidate.shipment_id for candidate in cleared),
        left_behind=tuple(candidate.shipment_id for candidate in others),
        gross_weight_g=sum(candidate.gross_weight_g for candidate in cleared),
    )
