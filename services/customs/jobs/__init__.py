"""Periodic work of the worker, by what it is about."""

from services.customs.jobs.filling import fill_work
from services.customs.jobs.inbound import (
    collect_answers,
    read_inbound,
)
from services.customs.jobs.keys import note_keys
from services.customs.jobs.measuring import (
    measure_doors,
    measure_evidence,
    measure_lanes,
    measure_movements,
    measure_summaries,
    note_alarms,
    seal_evidence,
)
from services.customs.jobs.sending import (
    deliver,
    draw_movements,
    match_dossiers,
    request_cancellations,
    send_documents,
    signs_of,
)

__all__ = [
    "collect_answers",
    "deliver",
    "draw_movements",
    "fill_work",
    "match_dossiers",
    "measure_doors",
    "measure_evidence",
    "measure_lanes",
    "measure_movements",
    "measure_summaries",
    "note_alarms",
    "note_keys",
    "read_inbound",
    "request_cancellations",
    "seal_evidence",
    "send_documents",
    "signs_of",
]
