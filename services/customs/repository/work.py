"""Whom declarations wait for, and the clocks of their goods, as they are stored."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.customs.domain.declarations.clocks import WARNING_SHARE, Clock, Running
from services.customs.domain.declarations.first_pass import FirstDecision
from services.customs.domain.declarations.standing import Standing
from shared.db import DOUBLE, INSTANT, INTEGER, JSON, TEXT, UnitOfWork, sql

# The version of the rules by which all this is worked out. Rows of an earlier one are filled anew.
WORK_RULES: Final = 1


@dataclass(frozen=True, slots=True)
class NotedAlarm:
    """Of one clock: how many alarms were noted before, and are now."""

    clock: Clock
    level_before: int
    level: int


@dataclass(frozen=True, slots=True)
class StandingChange:
    """Of one declaration. `first`: what customs decided first; None: nothing so far."""

    declaration_id: str
    standing: Standing
    first: FirstDecision | None


# Joined to rows `r` with a clock and when it began: its target then, if one is set.
TARGET: Final = """
    LEFT JOIN LATERAL (
        SELECT make_interval(secs => s.target_s) AS target FROM customs.clock_targets AS s
        WHERE s.clock = r.clock AND s.valid_from <= r.clock_at
        ORDER BY s.valid_from DESC LIMIT 1
    ) AS t ON true
"""
# What follows from the target, for a row `{row}` that may have had the same clock before.
CLOCK_COLUMNS: Final = """
    clock = r.clock, clock_at = r.clock_at,
    warn_at = r.clock_at + t.target * :warning_share, breach_at = r.clock_at + t.target,
    alarm_level = CASE WHEN ({row}.clock, {row}.clock_at)
        IS NOT DISTINCT FROM (r.clock, r.clock_at) THEN {row}.alarm_level ELSE 0 END
"""

_SAVE_GOODS_CLOCKS: Final = sql(
    f"""
    UPDATE customs.parcels AS p SET {CLOCK_COLUMNS.format(row="p")}
    FROM jsonb_to_recordset(:rows) AS r (id text, clock text, clock_at timestamptz)
    {TARGET}
    WHERE p.declaration_id = r.id
    """,  # noqa: S608 - constants
    rows=JSON,
    warning_share=DOUBLE,
)

_TO_FILL: Final = sql(
    """
    SELECT id FROM customs.declarations WHERE work_rules = 0 ORDER BY id LIMIT :rows_max
    """,
    str,
    rows_max=INTEGER,
)

_FILL: Final = sql(
    f"""
    UPDATE customs.declarations AS d SET
        waits_for = r.waits_for, owner = r.owner, wait_by = r.wait_by, work_rules = {WORK_RULES},
        is_first_pass = coalesce(d.is_first_pass, r.is_first_pass),
        first_decided_at = coalesce(d.first_decided_at, r.first_decided_at),
        {CLOCK_COLUMNS.format(row="d")}
    FROM jsonb_to_recordset(:rows) AS r (
        id text, waits_for text, owner text, wait_by timestamptz, clock text,
        clock_at timestamptz, is_first_pass boolean, first_decided_at timestamptz)
    {TARGET}
    WHERE d.id = r.id
    """,  # noqa: S608 - constants
    rows=JSON,
    warning_share=DOUBLE,
)

# Not asked for again.
_GIVE_UP: Final = sql(
    "UPDATE customs.declarations SET work_rules = -1 WHERE id = :id AND work_rules = 0", id=TEXT
)

# Both alarms at once if nobody looked in between.
_NOTE_ALARMS: Final = """
    UPDATE customs.{table} AS c
    SET alarm_level = CASE WHEN c.breach_at <= :now THEN 2 ELSE 1 END
    FROM (
        SELECT {id} AS id, alarm_level FROM customs.{table}
        WHERE alarm_at <= :now ORDER BY alarm_at LIMIT :rows_max FOR UPDATE SKIP LOCKED
    ) AS due
    WHERE c.{id} = due.id
    RETURNING c.clock, due.alarm_level AS level_before, c.alarm_level AS level
"""
_NOTE_LISTS: Final = sql(
    _NOTE_ALARMS.format(table="declarations", id="id"), NotedAlarm, now=INSTANT, rows_max=INTEGER
)
_NOTE_GOODS: Final = sql(
    _NOTE_ALARMS.format(table="parcels", id="declaration_id"),
    NotedAlarm,
    now=INSTANT,
    rows_max=INTEGER,
)


async def save_goods_clocks(uow: UnitOfWork, clocks: Iterable[tuple[str, Running | None]]) -> None:
    """By declaration, which is locked."""
    rows = [{"id": declaration_id, **_clock(running)} for declaration_id, running in clocks]
    await uow.execute(_SAVE_GOODS_CLOCKS, rows=rows, warning_share=WARNING_SHARE)


async def list_to_fill(uow: UnitOfWork, *, rows_max: int) -> list[str]:
    """Declarations of before, the oldest first."""
    return await uow.fetch_values(_TO_FILL, rows_max=rows_max)


async def fill(uow: UnitOfWork, changes: Sequence[StandingChange]) -> None:
    """The declarations are locked."""
    rows = [
        {
            "id": one.declaration_id,
            "waits_for": one.standing.work.waits_for if one.standing.work else None,
            "owner": one.standing.work.owner if one.standing.work else None,
            "wait_by": _text(one.standing.work.by if one.standing.work else None),
            "is_first_pass": one.first.is_first_pass if one.first else None,
            "first_decided_at": _text(one.first.at if one.first else None),
            **_clock(one.standing.running),
        }
        for one in changes
    ]
    await uow.execute(_FILL, rows=rows, warning_share=WARNING_SHARE)


async def give_up(uow: UnitOfWork, declaration_id: str) -> None:
    """It keeps what is stored of it."""
    await uow.execute(_GIVE_UP, id=declaration_id)


async def note_alarms(uow: UnitOfWork, *, now: datetime, rows_max: int) -> list[NotedAlarm]:
    """Of the clocks that have run for 70 % or all of their time: up to so many of lists, and of
    goods.
    """
    lists = await uow.fetch_all(_NOTE_LISTS, now=now, rows_max=rows_max)
    return lists + await uow.fetch_all(_NOTE_GOODS, now=now, rows_max=rows_max)


def _clock(running: Running | None) -> dict[str, object]:
    return {
        "clock": running.clock if running else None,
        "clock_at": _text(running.since if running else None),
    }


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
