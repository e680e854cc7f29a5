"""What a caller wants to be true of a thing before it is changed."""

from typing import Protocol, TypeVar

T_contra = TypeVar("T_contra", contravariant=True)


class Precondition(Protocol[T_contra]):
    """The caller's preconditions. A use case asks under the lock of the thing that it changes.

    `present` is the thing as it is, None if there is none. `is_applied`: it already is as the
    caller wants it. Raises PreconditionFailed or PreconditionRequired if they do not hold.
    """

    def __call__(self, present: T_contra | None, /, *, is_applied: bool = False) -> None: ...
