"""Events about refused submissions."""

from typing import Any

from shared.contracts.catalog.submissions import SubmissionFinding, SubmissionRefused
from shared.kernel.ids import new_id
from tests.support.events.building import built


def a_submission_refused(**changes: Any) -> SubmissionRefused:
    finding = SubmissionFinding(
        pointer="/hs_code",
        code="field.missing",
        detail={"en": "This field is required.", "zh-CN": "该字段为必填项。"},
        fix={"en": "Add it.", "zh-CN": "请补充该字段。"},
    )
    facts = {
        "submission_id": new_id("evt"),
        "merchant_id": new_id("mer"),
        "sku": "SKU-1",
        "findings": (finding,),
        "finding_count": 1,
    }
    return built(SubmissionRefused, facts, changes)
