"""Refusals while the database cannot serve: requests answer 503, consumers and jobs wait."""

from shared.kernel.errors import Text, Unavailable


class DatabaseUnavailable(Unavailable):
    """Connection lost, refused, or the server is starting or stopping."""

    code = "database.unavailable"
    text = Text("The database cannot be reached right now.", "数据库暂时不可用。")


class DatabaseBusy(Unavailable):
    """Deadlock, lock or statement timeout, or no connection free in time."""

    code = "database.busy"
    text = Text("The database is too busy right now.", "数据库繁忙。")


class DatabaseNotReady(Unavailable):
    """Its schema, rights or resources are not as this release needs them, or it is read-only."""

    code = "database.not_ready"
    text = Text("The database is being prepared right now.", "数据库正在准备中。")
    retry_after_s = 10
