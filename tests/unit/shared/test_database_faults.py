"""The table of PostgreSQL faults. Codes and their meanings are those of PostgreSQL's appendix A."""

import asyncpg
import pytest
from structlog.testing import capture_logs

from shared.db.errors import DatabaseBusy, DatabaseNotReady, DatabaseUnavailable
from shared.db.faults import DatabaseFault, fault_of_database, refusal_of
from shared.kafka.faults import Fault, fault_of


def _server_error(sqlstate: str, **fields: str) -> asyncpg.PostgresError:
    """As the driver makes it from the fields of the server's message."""
    error: asyncpg.PostgresError = asyncpg.PostgresError.new({"C": sqlstate, "M": "m", **fields})
    return error


@pytest.mark.parametrize(
    ("fault", "codes"),
    [
        (DatabaseFault.UNAVAILABLE, "08000 08003 08006 08P01 25P03 57P01 57P02 57P03 57P04 57P05"),
        (DatabaseFault.BUSY, "40001 40003 40P01 55006 55P03 57014 25P04"),
        (DatabaseFault.NOT_READY, "42P01 42703 42883 42704 42501 42P10 3F000 3D000 26000"),
        (DatabaseFault.NOT_READY, "28000 28P01 53000 53100 53200 53300 53400 58030"),
        (DatabaseFault.READ_ONLY, "25006"),
        (DatabaseFault.FORBIDDEN_CHARACTER, "22021 22P05"),
        (DatabaseFault.OUT_OF_RANGE, "22003 22008"),
        (None, "23505 23503 23502 23514 22012 22P02 22000 P0001 25P02 XX000 0A000"),
    ],
)
def test_the_sqlstate_decides(fault: DatabaseFault | None, codes: str) -> None:
    assert {
        code: fault_of_database(_server_error(code)) for code in codes.split()
    } == dict.fromkeys(codes.split(), fault)


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (asyncpg.InterfaceError("connection is closed"), DatabaseFault.UNAVAILABLE),
        (asyncpg.InterfaceError("pool is closing"), DatabaseFault.UNAVAILABLE),
        (asyncpg.TargetServerAttributeNotMatched("standby"), DatabaseFault.UNAVAILABLE),
        (ConnectionRefusedError(), DatabaseFault.UNAVAILABLE),
        (TimeoutError(), DatabaseFault.UNAVAILABLE),
        (asyncpg.OutdatedSchemaCacheError("x"), DatabaseFault.BUSY),
        (asyncpg.InvalidCachedStatementError("x"), DatabaseFault.BUSY),
        (
            asyncpg.InterfaceError("the server expects 1 argument for this query, 2 were passed"),
            None,
        ),
        (asyncpg.DataError("invalid input for query argument $1: 1 (expected str)"), None),
        (asyncpg.DataError("$1: 9 (value out of int32 range)"), DatabaseFault.OUT_OF_RANGE),
        (KeyError("id"), None),
    ],
)
def test_what_the_driver_finds_by_itself(error: Exception, fault: DatabaseFault | None) -> None:
    assert fault_of_database(error) is fault


@pytest.mark.parametrize("sqlstate", ["22003", "22008", "22021", "22P05"])
def test_an_event_whose_data_cannot_be_stored_is_given_up_at_once(sqlstate: str) -> None:
    assert fault_of(_server_error(sqlstate)) is Fault.INVALID


def test_a_broken_tenant_rule_is_a_bug_and_a_missing_right_is_not() -> None:
    broken = _server_error("42501", R="ExecWithCheckOptions")
    assert fault_of_database(broken) is None
    assert fault_of(broken) is Fault.FAILED
    assert fault_of_database(_server_error("42501", R="aclcheck_error")) is DatabaseFault.NOT_READY


@pytest.mark.parametrize(
    ("sqlstate", "refusal"),
    [
        ("42703", DatabaseNotReady),
        ("25006", DatabaseNotReady),
        ("53100", DatabaseNotReady),
        ("57014", DatabaseBusy),
        ("57P03", DatabaseUnavailable),
        ("23505", None),
        ("22003", None),
    ],
)
def test_what_passes_is_a_503_for_requests_and_never_a_dead_letter(
    sqlstate: str, refusal: type | None
) -> None:
    error = _server_error(sqlstate)
    assert type(refusal_of(error)) is (refusal or type(None))
    assert (fault_of(error) is Fault.TRANSIENT) is (refusal is not None)


def test_a_database_that_is_not_ready_is_logged_loudly_and_seldom() -> None:
    with capture_logs() as lines:
        refusal_of(_server_error("42P01", M='relation "catalog.orders" does not exist'))
    (line,) = lines
    assert (line["log_level"], line["seldom"]) == ("error", True)
    assert (line["sqlstate"], "catalog.orders" in line["error"]) == ("42P01", True)
