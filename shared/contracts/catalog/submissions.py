"""Products that a merchant's system submitted and that were refused. Aggregate: submission, the id
of its event (`evt_…`).
"""

from typing import ClassVar

from shared.contracts.envelope import ContractModel, EventPayload
from shared.contracts.topics import CATALOG_PRODUCTS


class SubmissionFinding(ContractModel):
    """What is wrong. `pointer` is a JSON Pointer into the document; texts are by language."""

    pointer: str
    code: str
    detail: dict[str, str]
    fix: dict[str, str]


class SubmissionRefused(EventPayload):
    """Nothing was changed. `finding_count` counts the findings that are left out, too."""

    event_type: ClassVar[str] = "catalog.submission.refused"
    topic: ClassVar[str] = CATALOG_PRODUCTS

    submission_id: str
    merchant_id: str
    sku: str
    findings: tuple[SubmissionFinding, ...]
    finding_count: int
