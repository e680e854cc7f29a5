"""Puts the worker of customs together: relay, consumer and jobs."""

from pathlib import Path
from typing import Final

from services.customs import jobs
from services.customs.clients import DropFolder
from services.customs.consumers import on_events
from services.customs.domain.codes import parse_code_tables
from services.customs.domain.parties import Parties, Party, is_party_code
from services.customs.domain.rulebook import Rulebook
from services.customs.settings import Settings
from shared.db import Database
from shared.kafka import Job, JobContext, Worker
from shared.kernel.clock import Clock, clock_from_env
from shared.settings import SettingsError, load

CODES: Final = Path(__file__).parent / "reference" / "codes.csv"


def rulebook_of(settings: Settings) -> Rulebook:
    """Raises SettingsError for a party code whose check character is wrong."""
    named = {
        "DECLARANT": settings.declarant_code,
        "MERCHANT": settings.merchant_code,
        "PLATFORM": settings.platform_code,
        "CARRIER": settings.carrier_code,
    }
    wrong = [f"CUSTOMS_{n}_CODE = {c!r}" for n, c in named.items() if not is_party_code(c)]
    if wrong:
        raise SettingsError([f"{one}: the check character is wrong." for one in wrong])
    parties = Parties(
        declarant=Party(settings.declarant_code, settings.declarant_name),
        merchant=Party(settings.merchant_code, settings.merchant_name),
        platform=Party(settings.platform_code, settings.platform_name),
        carrier=Party(settings.carrier_code, settings.carrier_name),
        dxp_id=settings.dxp_id,
        customs_code=settings.customs_code,
        port_code=settings.port_code,
    )
    return Rulebook(parties, parse_code_tables(CODES.read_text(encoding="utf-8")))


def jobs_of(settings: Settings, rulebook: Rulebook) -> list[Job]:
    folder = DropFolder(
        settings.single_window_dir, file_mode=int(settings.single_window_file_mode, base=8)
    )

    async def send_lists(context: JobContext) -> None:
        await jobs.send_lists(context.db, context.clock, rulebook=rulebook, single_window=folder)

    async def report_departures(context: JobContext) -> None:
        await jobs.report_departures(
            context.db, context.clock, rulebook=rulebook, single_window=folder
        )

    async def collect_answers(context: JobContext) -> None:
        await jobs.collect_answers(context.db, context.clock, single_window=folder)

    async def measure_lanes(context: JobContext) -> None:
        await jobs.measure_lanes(context.db, context.clock)

    return [
        Job("send-lists", every_s=settings.message_age_s, run=send_lists),
        Job("report-departures", every_s=0.5, run=report_departures),
        Job("collect-answers", every_s=0.5, run=collect_answers),
        Job("measure-lanes", every_s=5.0, run=measure_lanes),
    ]


def create_worker(settings: Settings | None = None, *, clock: Clock | None = None) -> Worker:
    settings = settings or load(Settings)
    clock = clock or clock_from_env()
    rulebook = rulebook_of(settings)
    return Worker(
        service="customs",
        settings=settings,
        db=Database.of(settings, schema="customs"),
        clock=clock,
        batch=on_events(rulebook, clock),
        jobs=jobs_of(settings, rulebook),
    )
