"""Refused submissions as events."""

from typing import Final

from services.catalog.domain.submissions import Submission
from shared.contracts.catalog.submissions import SubmissionFinding, SubmissionRefused
from shared.kernel.errors import AirlaneError, FieldProblem

FINDINGS_MAX: Final = 100


def submission_refused(submission: Submission, refusal: AirlaneError) -> SubmissionRefused:
    problems = refusal.problems or (refusal.at("", **refusal.params),)
    return SubmissionRefused(
        submission_id=submission.id,
        merchant_id=submission.merchant_id,
        sku=submission.sku,
        findings=tuple([_finding(one) for one in problems[:FINDINGS_MAX]]),
        finding_count=max(refusal.problem_count, len(problems)),
    )


def _finding(problem: FieldProblem) -> SubmissionFinding:
    return SubmissionFinding(
        pointer=problem.pointer,
        code=problem.code,
        detail={
            "en": problem.text.render("en", problem.params),
            "zh-CN": problem.text.render("zh-CN", problem.params),
        },
        fix={
            "en": problem.fix.render("en", problem.params),
            "zh-CN": problem.fix.render("zh-CN", problem.params),
        },
    )
