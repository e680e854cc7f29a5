"""Puts the worker of customs together: relay, consumer and jobs."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from typing import Final

from services.customs import jobs
from services.customs.clients.doors.door import Door
from services.customs.clients.doors.envelope import enveloped
from services.customs.clients.doors.folder import FolderDoor, bare
from services.customs.clients.doors.http import HttpDoor
from services.customs.clients.signers.holding import Bound, Place
from services.customs.clients.signers.key_ring import KeyRing
from services.customs.clients.signers.rate import TokenBucket
from services.customs.clients.signers.remote import RemoteKey
from services.customs.clients.signers.software import (
    KeyNotUsable,
    certificate_in,
    make_test_key,
    rsa_key_in,
    sm2_key_in,
)
from services.customs.clients.single_window import DropFolder
from services.customs.consumers import declarations, movements
from services.customs.domain.messages.parties import Parties, Party, PartyRole, is_party_code
from services.customs.domain.messages.senders import Sender
from services.customs.domain.messages.values import CHINA
from services.customs.domain.registrations.registration import Particulars, seeded
from services.customs.rulebooks import books_of
from services.customs.settings import Settings
from services.customs.use_cases.declarations.facts import Fact, record_slice
from services.customs.use_cases.declarations.rulebooks import Rulebooks
from services.customs.use_cases.metrics import start_door
from services.customs.use_cases.movements.drawing import ARRIVALS, BILLS, DEPARTURES
from services.customs.use_cases.registrations import seed_park
from shared.contracts.catalog.orders import OrderCancelled, OrderPlaced
from shared.contracts.routing.flights import FlightDeparted
from shared.contracts.routing.shipments import ShipmentBooked, ShipmentDeparted, ShipmentUnroutable
from shared.db import Database, UnitOfWork
from shared.kafka import Job, Subscriptions, Worker
from shared.kafka.events import Apply
from shared.kernel.clock import Clock, clock_from_env, real_now
from shared.kernel.identity import PARK
from shared.settings import SettingsError, load

SUBSCRIPTIONS: Final[Subscriptions[Fact]] = {
    OrderPlaced: declarations.on_order_placed,
    OrderCancelled: declarations.on_order_cancelled,
    ShipmentBooked: declarations.on_shipment_booked,
    ShipmentUnroutable: declarations.on_shipment_unroutable,
    ShipmentDeparted: declarations.on_shipment_departed,
    FlightDeparted: movements.on_flight_departed,
}


def parties_of(settings: Settings) -> Parties:
    """Raises SettingsError for a party code whose check character is wrong."""
    named = {
        "DECLARANT": settings.declarant_code,
        "MERCHANT": settings.merchant_code,
        "PLATFORM": settings.platform_code,
        "CARRIER": settings.carrier_code,
        "OPERATOR": settings.operator_code,
    }
    wrong = [f"CUSTOMS_{n}_CODE = {c!r}" for n, c in named.items() if not is_party_code(c)]
    if wrong:
        raise SettingsError([f"{one}: the check character is wrong." for one in wrong])
    return Parties(
        declarant=Party(settings.declarant_code, settings.declarant_name),
        merchant=Party(settings.merchant_code, settings.merchant_name),
        platform=Party(settings.platform_code, settings.platform_name),
        carrier=Party(settings.carrier_code, settings.carrier_name),
        dxp_id=settings.dxp_id,
        customs_code=settings.customs_code,
        port_code=settings.port_code,
        operator=Party(settings.operator_code, settings.operator_name),
    )


def park_enterprises(settings: Settings, *, as_of: date) -> list[Particulars]:
    """The settings as registrations of the park. Those that are made up say so."""
    made_up = {field.default for field in Settings.model_fields.values()}
    named = (
        (PartyRole.DECLARANT, settings.declarant_code, settings.declarant_name),
        (PartyRole.FIRM, settings.merchant_code, settings.merchant_name),
        (PartyRole.OWNER, settings.merchant_code, settings.merchant_name),
        (PartyRole.PLATFORM, settings.platform_code, settings.platform_name),
        (PartyRole.LOGISTICS, settings.carrier_code, settings.carrier_name),
        (PartyRole.OPERATOR, settings.operator_code, settings.operator_name),
    )
    roles: dict[tuple[str, str], list[PartyRole]] = {}
    for role, code, name in named:
        roles.setdefault((code, name), []).append(role)
    return [
        seeded(
            Party(code, name),
            does,
            dxp_id=settings.dxp_id if PartyRole.DECLARANT in does else None,
            as_of=as_of,
            is_made_up=code in made_up,
        )
        for (code, name), does in roles.items()
    ]


def signer_of(settings: Settings) -> KeyRing | None:
    """Who signs messages; None: they leave unsigned.

    Raises SettingsError for files that do not make a key.
    """
    signer = settings.signer
    try:
        places = _places_of(settings)
    except KeyNotUsable as error:
        raise SettingsError([f"CUSTOMS_SIGNER_KIND = {signer.kind!r}: {error}."]) from error
    bound = Bound(
        waiting_max=signer.waiting_max, batch_max=signer.batch_max, patience_s=signer.patience_s
    )
    return KeyRing(places, bound=bound) if places else None


def _places_of(settings: Settings) -> list[Place]:
    """A place in the ring for each key. Raises KeyNotUsable."""
    signer = settings.signer
    if signer.kind == "test":
        declarant = Party(settings.declarant_code, settings.declarant_name)
        return [Place(make_test_key(declarant, now=real_now()))]
    if signer.kind in ("rsa", "sm2"):
        assert signer.key_file is not None
        assert signer.certificate_file is not None
        key_in = rsa_key_in if signer.kind == "rsa" else sm2_key_in
        return [Place(key_in(signer.key_file, signer.certificate_file))]
    token = signer.remote_token.get_secret_value() if signer.remote_token else None
    return [
        Place(
            RemoteKey(
                one.url,
                certificate_in(one.certificate_file),
                token=token,
                timeout_s=signer.remote_timeout_s,
            ),
            TokenBucket(per_minute=signer.rate_per_minute, burst=signer.batch_max),
        )
        for one in signer.remote_keys
        if signer.kind == "remote"
    ]


def applying(rulebooks: Rulebooks) -> Apply[Fact]:
    """What the worker does with the facts of a slice."""

    async def apply(uow: UnitOfWork, facts: Sequence[Fact], /, *, now: datetime) -> None:
        await record_slice(uow, facts, rulebooks=rulebooks, now=now, real_now=real_now())

    return apply


def jobs_of(settings: Settings, rulebooks: Rulebooks) -> list[Job]:
    parties = parties_of(settings)
    folder = DropFolder(
        settings.single_window_dir, file_mode=int(settings.single_window_file_mode, base=8)
    )
    door = _door_of(settings, folder)
    signer = signer_of(settings)
    start_door(door.name)
    send = partial(
        jobs.send_documents,
        park=Sender.of_declarant(parties),
        door=door,
        signer=signer,
        books=rulebooks.books,
    )
    draw = partial(jobs.draw_movements, books=rulebooks.books)
    match = partial(jobs.match_dossiers, rulebooks=rulebooks)
    ask = partial(jobs.request_cancellations, rulebooks=rulebooks)
    measure = partial(jobs.measure_movements, books=rulebooks.books)
    collect = partial(jobs.collect_answers, single_window=folder)
    note_keys = [] if signer is None else [partial(jobs.note_keys, signer=signer)]
    return [
        Job("send-documents", every_s=settings.message_age_s, run=send),
        Job("match-dossiers", every_s=5.0, run=match),
        Job("request-cancellations", every_s=5.0, run=ask),
        Job("report-arrivals", every_s=0.5, run=partial(draw, report=ARRIVALS)),
        Job("bind-bills", every_s=0.5, run=partial(draw, report=BILLS)),
        Job("report-departures", every_s=0.5, run=partial(draw, report=DEPARTURES)),
        Job("collect-answers", every_s=0.5, run=collect),
        Job("read-inbound", every_s=1.0, run=jobs.read_inbound),
        Job("seal-evidence", every_s=2.0, run=jobs.seal_evidence, exclusive=True),
        Job("fill-work", every_s=5.0, run=jobs.fill_work, exclusive=True),
        Job("note-alarms", every_s=5.0, run=jobs.note_alarms),
        Job("measure-doors", every_s=5.0, run=partial(jobs.measure_doors, door=door.name)),
        Job("measure-evidence", every_s=15.0, run=jobs.measure_evidence),
        Job("measure-movements", every_s=15.0, run=measure),
        Job("measure-summaries", every_s=60.0, run=jobs.measure_summaries),
        Job("measure-lanes", every_s=5.0, run=jobs.measure_lanes),
        *(Job("note-keys", every_s=15.0, run=one) for one in note_keys),
    ]


def _door_of(settings: Settings, folder: DropFolder) -> Door:
    """Raises SettingsError."""
    wrap = enveloped(settings.envelope_receiver) if settings.envelope == "dxp" else bare
    if settings.door == "folder":
        return FolderDoor(folder, wrap=wrap)
    if settings.door_url is None:
        raise SettingsError(["CUSTOMS_DOOR_URL is missing: the door http needs it."])
    return HttpDoor(settings.door_url, timeout_s=settings.door_timeout_s, wrap=wrap)


def create_worker(settings: Settings | None = None, *, clock: Clock | None = None) -> Worker:
    settings = settings or load(Settings)
    clock = clock or clock_from_env()
    rulebooks = Rulebooks(books_of(settings))
    db = Database.of(settings, schema="customs")

    async def seed() -> None:
        now = clock.now()
        enterprises = park_enterprises(settings, as_of=now.astimezone(CHINA).date())
        async with db.transaction(PARK) as uow:
            await seed_park(uow, enterprises=enterprises, now=now)

    return Worker(
        service="customs",
        settings=settings,
        db=db,
        clock=clock,
        subscriptions=SUBSCRIPTIONS,
        apply=applying(rulebooks),
        jobs=jobs_of(settings, rulebooks),
        prepare=seed,
    )
