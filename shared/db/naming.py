"""One naming convention for constraints and indexes, so that migrations can refer to them."""

from typing import Final

NAMING: Final = {
    "pk": "%(table_name)s_pk",
    "uq": "%(table_name)s_%(column_0_N_name)s_uq",
    "ix": "%(table_name)s_%(column_0_N_name)s_ix",
    "fk": "%(table_name)s_%(column_0_N_name)s_fk",
    "ck": "%(table_name)s_%(constraint_name)s_ck",
}
