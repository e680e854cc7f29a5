"""Why goods cannot go a way, in words for people."""

from dataclasses import dataclass

from shared.kernel.words import Words


@dataclass(frozen=True, slots=True)
class Refusal:
    """A finding: `code` is stable, `detail` says why, `fix` what would help."""

    code: str
    detail: Words
    fix: Words
