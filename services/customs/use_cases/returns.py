"""Goods come back: the application for them, and the tally of the parcel at the site."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from services.customs.domain.declarations.deciding import as_it_is, decided, state_of
from services.customs.domain.declarations.dossier import DossierFile
from services.customs.domain.declarations.errors import DeclarationNotFound
from services.customs.domain.declarations.steps import Step
from services.customs.domain.documents.chains import require_decided
from services.customs.domain.documents.content import DrawnDocument
from services.customs.domain.documents.kinds import MESSAGE_TYPE, DocumentKind
from services.customs.domain.documents.phases import FAILED, DocumentPhase
from services.customs.domain.documents.stored import NewDocument
from services.customs.domain.evidence.entries import ActKind
from services.customs.domain.messages.document import Document
from services.customs.domain.messages.numbering import short_no
from services.customs.domain.messages.parties import PartyRole, SiteParties
from services.customs.domain.messages.senders import Sender, sender_of, site_sender
from services.customs.domain.movements.errors import OperatorNotRegistered
from services.customs.domain.regimes.regime import RegimeTables
from services.customs.domain.returns.clock import ReturnClock, day_in_china, return_clock
from services.customs.domain.returns.drawing import (
    AskedReturn,
    country_code_of,
    draw_return,
    draw_tally,
)
from services.customs.domain.returns.errors import (
    GoodsNotDeparted,
    ListNotReturnable,
    NothingToReturn,
    ReturnDutiable,
    ReturnNotFound,
)
from services.customs.domain.returns.kept import (
    ExportedList,
    holding,
    require_replaceable,
    require_tally,
)
from services.customs.domain.returns.quantities import (
    ReturnableLine,
    all_of,
    return_lines,
    returnable_lines,
)
from services.customs.repository import declarations, lanes
from services.customs.repository import returns as repository
from services.customs.use_cases.declarations.loading import load_files
from services.customs.use_cases.declarations.rulebooks import Rulebooks
from services.customs.use_cases.declarations.saving import save_dossiers
from services.customs.use_cases.evidence import record_act
from services.customs.use_cases.registrations import require_site_parties
from shared.db import Reader, UnitOfWork
from shared.kernel.errors import refuse
from shared.kernel.identity import PARK
from shared.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class Returnable:
    """What of a list can still come back, and until when free of duty. `clock` None: customs has
    not released it.
    """

    list_id: str
    lines: tuple[ReturnableLine, ...]
    clock: ReturnClock | None


async def read_returnable(
    reader: Reader, *, declaration_id: str, tables: RegimeTables
) -> Returnable | None:
    """None: there is no list, or its content is not kept here."""
    exported = await repository.get_exported(reader, declaration_id)
    if exported is None or exported.content is None:
        return None
    returns = await repository.returns_of(reader, declaration_id)
    lines = returnable_lines(exported.content, holding(returns, exported.id))
    return Returnable(exported.id, lines, _clock(exported, exported.content, tables))


async def create_return(
    uow: UnitOfWork,
    *,
    declaration_id: str,
    asked: AskedReturn,
    countries: Mapping[str, str],
    tables: RegimeTables,
    rulebooks: Rulebooks,
    actor: str,
    now: datetime,
    real_now: datetime,
) -> str:
    """Returns its id. The declaration stays locked, so no two returns take the same goods.

    Raises DeclarationNotFound, StepNotAllowed, ListNotReturnable, GoodsNotDeparted,
    NothingToReturn, Invalid, DocumentUnderWay, ParkEnterpriseMissing, SenderWithoutClient.
    """
    file = await _lock_file(uow, declaration_id)
    state = state_of(file, now=now)
    state.require(Step.RETURN)
    exported = await repository.get_exported(uow, declaration_id)
    if exported is None or exported.content is None or not exported.invt_no:
        raise ListNotReturnable
    if not exported.has_left:
        raise GoodsNotDeparted(declaration_id=declaration_id)
    returns = await repository.returns_of(uow, declaration_id)

    require_replaceable(returns, asked.replaces, state.documents)
    held = holding(returns, exported.id, replaces=asked.replaces)
    lines = returnable_lines(exported.content, held)
    chosen = all_of(lines) if asked.lines is None else asked.lines
    if not chosen:
        raise NothingToReturn(declaration_id=declaration_id)
    drawn_lines = return_lines(lines, chosen)
    clock = _clock(exported, exported.content, tables)
    today = day_in_china(now)
    _require_free(clock, asked, today)
    mode = exported.content.head.get("tradeMode") or ""
    document_id = new_id("doc")
    drawn = draw_return(
        document_id,
        asked,
        exported.content,
        drawn_lines,
        invt_no=exported.invt_no,
        country_code=country_code_of(asked.country, countries),
        return_mode=tables.regime_on(mode, today).return_mode,
    )

    sender = await _sender_of_return(uow, file, rulebooks, now=now)
    drawn = replace(drawn, sender=sender)

    made = _new(file, document_id, drawn, about=exported.id, replaces=asked.replaces)
    await _save(uow, file, made, actor=actor, now=now, real_now=real_now)
    return document_id


async def _sender_of_return(
    uow: UnitOfWork, file: DossierFile, rulebooks: Rulebooks, *, now: datetime
) -> Sender:
    """Of the enterprises registered on the day: the park's declarant, or the merchant's own."""
    caller, merchant_id = uow.tenant, file.dossier.subject.merchant_id
    message_type, plan = MESSAGE_TYPE[DocumentKind.RETURN], rulebooks.books.plan
    await uow.act_as(PARK)
    if plan.role_of(message_type) is PartyRole.DECLARANT:
        site = await require_site_parties(uow, rulebooks.books, now=now)
        sender = site_sender(message_type, site)
    else:
        of_merchant = await rulebooks.of(uow, [merchant_id], now=now)
        sender = sender_of(message_type, plan, of_merchant[merchant_id].parties)
    await uow.act_as(caller)
    return sender


async def tally_return(
    uow: UnitOfWork,
    *,
    return_id: str,
    site: SiteParties,
    location: str | None,
    note: str | None,
    actor: str,
    now: datetime,
    real_now: datetime,
) -> bool:
    """The site has seen the parcel. False: it was tallied before, and nothing changes. A tally that
    was refused is made anew under another number, and leaves no more under its own.

    Raises ReturnNotFound, TallyNotAllowed, DocumentUnderWay, OperatorNotRegistered.
    """
    if site.operator is None:
        raise OperatorNotRegistered
    declaration_id = await repository.declaration_of(uow, return_id)
    if declaration_id is None:
        raise ReturnNotFound(return_id=return_id)
    file = await _lock_file(uow, declaration_id)
    states = state_of(file, now=now).documents
    returned = next(one for one in file.documents if one.id == return_id)
    tallies = [
        one for one in file.documents if one.kind is DocumentKind.TALLY and one.about == return_id
    ]
    last = tallies[-1] if tallies else None
    if last is not None:
        if states[last.id].phase not in {*FAILED, DocumentPhase.RETURNED}:
            return False
        require_decided(last.id, states[last.id])
    require_tally(states[return_id].phase)
    kept = await repository.returns_of(uow, declaration_id)
    content = next(one.content for one in kept if one.id == return_id)

    document_id = new_id("doc")
    number = returned.number if last is None else short_no(document_id)
    # The list has its number of customs in the application.
    drawn = draw_tally(content, site.operator, number=number, location=location, note=note)
    drawn = replace(drawn, sender=site_sender(MESSAGE_TYPE[DocumentKind.TALLY], site))

    replaces = last.id if last else None
    made = _new(file, document_id, drawn, about=return_id, replaces=replaces)
    await _save(uow, file, made, actor=actor, now=now, real_now=real_now)
    return True


def _clock(exported: ExportedList, content: Document, tables: RegimeTables) -> ReturnClock | None:
    if exported.exported_at is None:
        return None
    return return_clock(content.head.get("tradeMode") or "", exported.exported_at, tables)


def _require_free(clock: ReturnClock | None, asked: AskedReturn, today: date) -> None:
    """Raises Invalid: nobody shall find out by the bill that duty is due."""
    if asked.accepts_duty or clock is None:
        return
    dutiable = {"no_relief", "relief_over"} & {*clock.warnings(today, ())}
    if dutiable:
        refuse([ReturnDutiable.at("/accepts_duty", warning=dutiable.pop())])


async def _lock_file(uow: UnitOfWork, declaration_id: str) -> DossierFile:
    """Raises DeclarationNotFound, also for one of another merchant. Refusals of whole messages are
    rows of the park, so the file is read as the park.
    """
    caller = uow.tenant
    dossiers = await declarations.lock_dossiers(uow, [declaration_id])
    if not dossiers or caller not in {PARK, dossiers[0].subject.merchant_id}:
        raise DeclarationNotFound(declaration_id=declaration_id)
    await uow.act_as(PARK)
    (file,) = await load_files(uow, dossiers)
    await uow.act_as(caller)
    return file


def _new(
    file: DossierFile, document_id: str, drawn: DrawnDocument, *, about: str, replaces: str | None
) -> NewDocument:
    subject = file.dossier.subject
    return NewDocument(
        id=document_id,
        tenant_id=subject.merchant_id,
        declaration_id=subject.id,
        drawn=drawn,
        covers=(subject.id,),
        phase=DocumentPhase.QUEUED,
        send_at=None,
        replaces=replaces,
        about=about,
    )


async def _save(
    uow: UnitOfWork,
    file: DossierFile,
    made: NewDocument,
    *,
    actor: str,
    now: datetime,
    real_now: datetime,
) -> None:
    """With what it makes of the other documents: the one that it replaces leaves no more."""
    caller, subject = uow.tenant, file.dossier.subject
    await uow.act_as(PARK)
    parcels = await lanes.parcels_of(uow, [subject.id])
    made_now = decided(
        file,
        replace(as_it_is(file), new=(made,)),
        parcel=parcels.get(subject.id),
        now=now,
        real_now=real_now,
    )
    await save_dossiers(uow, [file], [made_now.change], now=now)
    await uow.act_as(caller)
    await record_act(
        uow,
        tenant_id=subject.merchant_id,
        declaration_id=subject.id,
        act=ActKind.RETURN,
        actor=actor,
        detail={"kind": made.drawn.kind, "number": made.drawn.number},
        now=now,
    )
