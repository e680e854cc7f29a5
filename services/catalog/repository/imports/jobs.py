"""Write side of imports: queueing, claiming, progress, and what was found."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from services.catalog.domain.imports.job import (
    Columns,
    Counts,
    Failure,
    Import,
    ImportNotFound,
    Options,
    Stage,
    State,
)
from services.catalog.domain.imports.stored import failure_to_json, stored_import
from shared.db import (
    BIGINT,
    BOOLEAN,
    INSTANT,
    INTEGER,
    JSON,
    TEXT,
    TEXTS,
    Reader,
    UnitOfWork,
    sql,
)
from shared.kernel.identity import PARK
from shared.kernel.json import JsonObject

# How long a process may be silent before another takes its import over, in real time. Silence is
# no proof of death: `attempt` keeps a process that comes back from writing.
LEASE_S: Final = 10
_COLUMNS: Final = """
    id, tenant_id, kind, policy, mode, empty, is_dry_run, parents, file, filename, media_type,
    bytes, sha256, state, stage, shape, columns, rows_total, line, rows_read, rows_new,
    rows_changed, rows_unchanged, rows_failed, warnings, worked_ms, attempt, stuck, failure,
    same_file_as, created_at, started_at, finished_at
"""
_INSERT: Final = sql(
    """
    INSERT INTO catalog.imports (id, tenant_id, kind, policy, mode, empty, is_dry_run, parents,
        file, filename, media_type, bytes, sha256, state, stage, columns, same_file_as, created_at)
    SELECT :id, m.id, :kind, :policy, :mode, :empty, :is_dry_run, :parents, :file, :filename,
        :media_type, :bytes, :sha256, :state, :stage, :columns, :same_file_as, :now
    FROM catalog.merchants m WHERE m.id = :tenant
    """,
    id=TEXT,
    tenant=TEXT,
    kind=TEXT,
    policy=TEXT,
    mode=TEXT,
    empty=TEXT,
    is_dry_run=BOOLEAN,
    parents=TEXT,
    file=TEXT,
    filename=TEXT,
    media_type=TEXT,
    bytes=BIGINT,
    sha256=TEXT,
    state=TEXT,
    stage=TEXT,
    columns=JSON,
    same_file_as=TEXT,
    now=INSTANT,
)
_SAME_FILE: Final = sql(
    """
    SELECT id FROM catalog.imports
    WHERE tenant_id = :tenant AND sha256 = :sha256 AND state = 'done' AND NOT is_dry_run
        AND (kind, policy, mode, empty, parents) = (:kind, :policy, :mode, :empty, :parents)
        AND coalesce(columns -> 'constants', '{}') @> :constants
    ORDER BY id DESC LIMIT 1
    """,
    str,
    tenant=TEXT,
    sha256=TEXT,
    kind=TEXT,
    policy=TEXT,
    mode=TEXT,
    empty=TEXT,
    parents=TEXT,
    constants=JSON,
)
_READ: Final = sql(
    f"SELECT {_COLUMNS} FROM catalog.imports WHERE id = :id",  # noqa: S608 - constants
    stored_import,
    id=TEXT,
)
_LOCK: Final = sql(
    f"""
    SELECT {_COLUMNS} FROM catalog.imports
    WHERE id = :id AND (tenant_id = :tenant OR :tenant = '{PARK}') FOR UPDATE
    """,  # noqa: S608 - constants
    stored_import,
    id=TEXT,
    tenant=TEXT,
)
# Two that claim at once would not see that the other takes an import of the same merchant.
_CLAIM_ALONE: Final = sql(
    "SELECT pg_try_advisory_xact_lock(hashtext('catalog.imports.claim'))", bool
)
# Merchants take turns: one that has an import running waits with its others.
_CLAIM: Final = sql(
    f"""
    UPDATE catalog.imports SET state = CASE state WHEN 'queued' THEN 'running' ELSE state END,
        attempt = attempt + 1, stuck = stuck + 1, started_at = coalesce(started_at, :now),
        lease_until = now() + make_interval(secs => :lease_s)
    WHERE id = (
        SELECT i.id FROM catalog.imports i
        WHERE i.id <> ALL(:skip) AND ((i.state IN ('running', 'cancelling')
                AND i.lease_until < now())
            OR (i.state = 'queued' AND NOT EXISTS (
                SELECT FROM catalog.imports o WHERE o.tenant_id = i.tenant_id
                    AND o.state IN ('running', 'cancelling'))))
        ORDER BY i.id LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    RETURNING {_COLUMNS}
    """,  # noqa: S608 - names are the constants above
    stored_import,
    now=INSTANT,
    lease_s=INTEGER,
    skip=TEXTS,
)
# Only the latest attempt may go on, and only from where it believes the import to be.
_ADVANCE: Final = sql(
    f"""
    UPDATE catalog.imports SET line = :line, rows_read = rows_read + :read,
        rows_new = rows_new + :new, rows_changed = rows_changed + :changed,
        rows_unchanged = rows_unchanged + :unchanged, rows_failed = rows_failed + :failed,
        warnings = warnings + :warned, worked_ms = worked_ms + :worked_ms, stuck = 0,
        lease_until = now() + make_interval(secs => :lease_s)
    WHERE id = :id AND tenant_id = :tenant AND attempt = :attempt AND stage = :stage
        AND line = :from_line AND state IN ('running', 'cancelling')
    RETURNING {_COLUMNS}
    """,  # noqa: S608 - names are the constants above
    stored_import,
    id=TEXT,
    tenant=TEXT,
    attempt=INTEGER,
    stage=TEXT,
    from_line=BIGINT,
    line=BIGINT,
    read=BIGINT,
    new=BIGINT,
    changed=BIGINT,
    unchanged=BIGINT,
    failed=BIGINT,
    warned=BIGINT,
    worked_ms=BIGINT,
    lease_s=INTEGER,
)
_HEARTBEAT: Final = sql(
    """
    UPDATE catalog.imports SET lease_until = now() + make_interval(secs => :lease_s)
    WHERE id = :id AND attempt = :attempt AND state IN ('running', 'cancelling')
    """,
    id=TEXT,
    attempt=INTEGER,
    lease_s=INTEGER,
)
_OPENED: Final = sql(
    f"""
    UPDATE catalog.imports SET shape = :shape, columns = :columns, rows_total = :rows_total,
        line = greatest(line, :line)
    WHERE id = :id AND attempt = :attempt
    RETURNING {_COLUMNS}
    """,  # noqa: S608 - names are the constants above
    stored_import,
    id=TEXT,
    attempt=INTEGER,
    shape=JSON,
    columns=JSON,
    rows_total=BIGINT,
    line=BIGINT,
)
_WRITE_FROM_THE_START: Final = sql(
    f"""
    UPDATE catalog.imports SET stage = 'writing', line = :line, rows_read = 0, rows_new = 0,
        rows_changed = 0, rows_unchanged = 0, rows_failed = 0, warnings = 0
    WHERE id = :id AND attempt = :attempt
    RETURNING {_COLUMNS}
    """,  # noqa: S608 - names are the constants above
    stored_import,
    id=TEXT,
    attempt=INTEGER,
    line=BIGINT,
)
_END: Final = sql(
    """
    UPDATE catalog.imports SET state = :state, failure = :failure, lease_until = NULL,
        finished_at = CASE WHEN :is_final THEN :now ELSE finished_at END
    WHERE id = :id AND attempt = :attempt AND state IN ('running', 'cancelling')
    """,
    id=TEXT,
    attempt=INTEGER,
    state=TEXT,
    failure=JSON,
    is_final=BOOLEAN,
    now=INSTANT,
)
_PUT_BACK: Final = sql(
    """
    UPDATE catalog.imports SET lease_until = now(),
        stuck = stuck - CASE WHEN :was_tried THEN 0 ELSE 1 END,
        state = CASE state WHEN 'running' THEN 'queued' ELSE state END
    WHERE id = :id AND attempt = :attempt AND state IN ('running', 'cancelling')
    """,
    id=TEXT,
    attempt=INTEGER,
    was_tried=BOOLEAN,
)
_REQUEUE: Final = sql(
    """
    UPDATE catalog.imports SET state = :state, columns = :columns,
        finished_at = CASE WHEN :is_final THEN :now ELSE finished_at END
    WHERE id = :id AND tenant_id = :tenant
    """,
    id=TEXT,
    tenant=TEXT,
    state=TEXT,
    columns=JSON,
    is_final=BOOLEAN,
    now=INSTANT,
)


async def find_same_file(
    uow: UnitOfWork, *, tenant: str, sha256: str, options: Options, constants: Mapping[str, str]
) -> str | None:
    """The last import of these bytes with these options."""
    return await uow.fetch_value(
        _SAME_FILE,
        tenant=tenant,
        sha256=sha256,
        kind=options.kind.value,
        policy=options.policy.value,
        mode=options.mode.value,
        empty=options.empty,
        parents=options.parents.value,
        constants=dict(constants),
    )


async def add_import(uow: UnitOfWork, one: Import) -> bool:
    """False if there is no such merchant."""
    options, file = one.options, one.file
    added = await uow.execute(
        _INSERT,
        id=one.id,
        tenant=one.merchant_id,
        kind=options.kind.value,
        policy=options.policy.value,
        mode=options.mode.value,
        empty=options.empty,
        parents=options.parents.value,
        is_dry_run=options.is_dry_run,
        file=file.file,
        filename=file.name,
        media_type=file.media_type,
        bytes=file.bytes,
        sha256=file.sha256,
        state=one.state.value,
        stage=one.progress.stage.value,
        columns=one.columns.to_json(),
        same_file_as=one.same_file_as,
        now=one.created_at,
    )
    return bool(added)


async def read_import(reader: Reader, *, import_id: str) -> Import:
    """For the process that works on it. Raises ImportNotFound."""
    found = await reader.fetch_first(_READ, id=import_id)
    if found is None:
        raise ImportNotFound
    return found


async def lock_import(uow: UnitOfWork, *, import_id: str) -> Import | None:
    return await uow.fetch_first(_LOCK, id=import_id, tenant=uow.tenant)


async def claim_import(uow: UnitOfWork, *, skip: Collection[str], now: datetime) -> Import | None:
    """The next one that waits or whose process has died, for LEASE_S; none of `skip`. None, too,
    while another worker claims one.
    """
    if not await uow.fetch_value(_CLAIM_ALONE):
        return None
    return await uow.fetch_first(_CLAIM, now=now, lease_s=LEASE_S, skip=list(skip))


async def put_back(uow: UnitOfWork, one: Import, *, was_tried: bool = True) -> None:
    """For another process to take it at once. `one`: as it was claimed. `was_tried` False: this is
    no attempt that got nothing done.
    """
    await uow.execute(_PUT_BACK, id=one.id, attempt=one.attempt, was_tried=was_tried)


async def advance(
    uow: UnitOfWork, one: Import, counts: Counts, *, line: int, worked_ms: int
) -> Import | None:
    """The import with a chunk recorded. None: another process has taken it over."""
    return await uow.fetch_first(
        _ADVANCE,
        id=one.id,
        tenant=one.merchant_id,
        attempt=one.attempt,
        stage=one.progress.stage.value,
        from_line=one.progress.line,
        line=line,
        read=counts.read,
        new=counts.new,
        changed=counts.changed,
        unchanged=counts.unchanged,
        failed=counts.failed,
        warned=counts.warnings,
        worked_ms=worked_ms,
        lease_s=LEASE_S,
    )


async def keep_lease(uow: UnitOfWork, one: Import) -> bool:
    """False: another process has taken the import over, or it has ended."""
    kept = await uow.execute(_HEARTBEAT, id=one.id, attempt=one.attempt, lease_s=LEASE_S)
    return bool(kept)


async def record_shape(
    uow: UnitOfWork,
    one: Import,
    columns: Columns,
    *,
    shape: JsonObject,
    rows_total: int | None,
    line: int,
) -> Import | None:
    """The import with what its file is like; `line`: that of the header. None: as above."""
    return await uow.fetch_first(
        _OPENED,
        id=one.id,
        attempt=one.attempt,
        shape=shape,
        columns=columns.to_json(),
        rows_total=rows_total,
        line=line,
    )


async def begin_writing(uow: UnitOfWork, one: Import, *, line: int) -> Import | None:
    """After the stage that only checks: from the line of the header on, with counts at 0. None: as
    above.
    """
    assert one.progress.stage is Stage.CHECKING
    return await uow.fetch_first(_WRITE_FROM_THE_START, id=one.id, attempt=one.attempt, line=line)


async def end_import(
    uow: UnitOfWork, one: Import, state: State, *, failure: Failure | None, now: datetime
) -> bool:
    """False: another process has taken the import over."""
    ended = await uow.execute(
        _END,
        id=one.id,
        attempt=one.attempt,
        state=state.value,
        failure=None if failure is None else failure_to_json(failure),
        is_final=state.is_final,
        now=now,
    )
    return bool(ended)


async def update_state(uow: UnitOfWork, one: Import, *, now: datetime) -> None:
    """State and columns, as a request changed them under the row's lock."""
    await uow.execute(
        _REQUEUE,
        id=one.id,
        tenant=one.merchant_id,
        state=one.state.value,
        columns=one.columns.to_json(),
        is_final=one.state.is_final,
        now=now,
    )
