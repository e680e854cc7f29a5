"""Optimistic locking: the ETag of a resource is its version in quotes (RFC 9110 §13.1.1)."""

from shared.kernel.errors import PreconditionFailed, PreconditionRequired


def check_version(if_match: str | None, *, current: int | str) -> None:
    """Does If-Match name the present version? `*` overwrites; weak tags never match.

    Raises PreconditionRequired without the header, PreconditionFailed when it names another one.
    """
    if if_match is None:
        raise PreconditionRequired
    present = f'"{current}"'
    named = [tag.strip() for tag in if_match.split(",")]
    if "*" not in named and present not in named:
        raise PreconditionFailed(etag=present)
