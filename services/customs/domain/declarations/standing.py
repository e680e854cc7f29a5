"""What is stored of a declaration for those who look at many: whom it waits for, and the clocks
that run. It follows from its state and its parcel.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.customs.domain.declarations.case import Case
from services.customs.domain.declarations.clocks import Running, goods_clock, running_clock
from services.customs.domain.declarations.dossier import DossierFile, ParcelFacts
from services.customs.domain.declarations.first_pass import FirstDecision, first_decision
from services.customs.domain.declarations.milestones import new_milestones
from services.customs.domain.declarations.outstanding import Goods
from services.customs.domain.declarations.state import DeclarationState, declaration_state
from services.customs.domain.declarations.work import Work, work_of

NO_PARCEL: Final = ParcelFacts(is_queued=False, is_screened=False)


@dataclass(frozen=True, slots=True)
class Standing:
    """`running`: the clock of the list; `goods_running`: that of the goods."""

    work: Work | None
    running: Running | None
    goods_running: Running | None

    def stopped(self, running: Running | None, goods: Running | None) -> tuple[Running, ...]:
        """Of the clocks that ran before, of the list and of the goods."""
        pairs = (running, self.running), (goods, self.goods_running)
        return tuple(one for one, after in pairs if one is not None and _stops(one, after))


def standing_of(
    file: DossierFile,
    state: DeclarationState,
    place: ParcelFacts,
    *,
    list_id: str | None,
    status_at: datetime,
) -> Standing:
    """`status_at`: since when it has its status."""
    uploads = file.history.attempts.get(list_id, ()) if list_id else ()
    sent = [one.left_at or one.app_time for one in uploads]
    return Standing(
        work=work_of(state, _goods_of(file, place)),
        running=running_clock(
            state,
            status_at,
            max(sent, default=None),
            has_departed=place.has_departed,
            cut_off_at=file.dossier.cut_off_at,
        ),
        goods_running=goods_clock(
            state,
            sent_at=min(sent, default=None),
            arrived_at=place.arrived_at,
            departed_at=place.departed_at,
            is_reported=place.is_reported,
        ),
    )


def standing_as_it_is(
    file: DossierFile, case: Case, parcel: ParcelFacts | None
) -> tuple[Standing, FirstDecision | None]:
    """And what customs decided first, of all that is known. `case`: of the file as it is."""
    state = declaration_state(case)
    dossier = file.dossier
    standing = standing_of(
        file,
        state,
        parcel or NO_PARCEL,
        list_id=dossier.list_id,
        status_at=dossier.phase_at,
    )
    facts = ((one.fact, one.at) for one in new_milestones(case, state, ()))
    return standing, first_decision(case, (), facts)


def _stops(before: Running, after: Running | None) -> bool:
    return after is None or after.clock is not before.clock


def _goods_of(file: DossierFile, place: ParcelFacts) -> Goods:
    dossier = file.dossier
    return Goods(
        has_order=dossier.order is not None,
        has_waybill=dossier.waybill is not None,
        is_unroutable=dossier.is_unroutable,
        is_screened=place.is_screened,
        is_held=place.is_held,
        has_departed=place.has_departed,
        cut_off_at=dossier.cut_off_at,
    )
