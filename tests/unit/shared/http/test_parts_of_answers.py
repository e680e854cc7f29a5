"""What an answer is made of, each part against the rule of its specification."""

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Any

import pytest

from shared.documents.errors import Malformed
from shared.http import content_policy
from shared.http.conditions import etag_of
from shared.http.errors import (
    BodyTooSlow,
    HeadTooLarge,
    MethodNotAllowed,
    NotHttp,
    RateExceeded,
    RepeatedHeader,
    UnknownTransferCoding,
    UnsupportedCharset,
    UnsupportedContentCoding,
    _headers,
    problem,
    problem_response,
    status_of,
    title_of,
)
from shared.http.idempotency import IdempotencyKeyInvalid
from shared.http.openapi_examples import example_of
from shared.http.pages import Page
from shared.http.rates import Policy
from shared.http.replies import Reply, json_reply, representation, response_of
from shared.kernel.errors import (
    AirlaneError,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    Text,
    TooLarge,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (AirlaneError, 500),
        (Malformed, 400),
        (NotHttp, 400),
        (RepeatedHeader, 400),
        (Unauthenticated, 401),
        (Forbidden, 403),
        (NotFound, 404),
        (MethodNotAllowed, 405),
        (BodyTooSlow, 408),
        (Conflict, 409),
        (PreconditionFailed, 412),
        (TooLarge, 413),
        (UnsupportedContentCoding, 415),
        (Invalid, 422),
        (IdempotencyKeyInvalid, 422),
        (PreconditionRequired, 428),
        (TooManyRequests, 429),
        (RateExceeded, 429),
        (HeadTooLarge, 431),
        (UnknownTransferCoding, 501),
        (Unavailable, 503),
    ],
)
def test_a_kind_of_refusal_has_one_status_and_a_title_in_both_languages(
    kind: type[AirlaneError], status: int
) -> None:
    assert status_of(kind) == status
    assert title_of(status, "en").isascii()
    assert not title_of(status, "zh-CN").isascii()


class TestHeadersOfRefusals:
    @pytest.mark.parametrize(
        ("error", "headers"),
        [
            (NotFound(), {}),
            (Unavailable(), {"Retry-After": "1"}),
            (RateExceeded(Policy("p", 1, 1.0), 7.2), {"Retry-After": "8"}),
            (Unauthenticated(), {"WWW-Authenticate": 'Bearer realm="airlane"'}),
            (
                Forbidden(needs="a:read", needs_scope="a:read"),
                {
                    "WWW-Authenticate": 'Bearer realm="airlane", error="insufficient_scope",'
                    ' scope="a:read"'
                },
            ),
            (
                Forbidden(needs="operator"),
                {"WWW-Authenticate": 'Bearer realm="airlane", error="insufficient_scope"'},
            ),
            (MethodNotAllowed(method="PUT", allow="GET, HEAD"), {"Allow": "GET, HEAD"}),
            (MethodNotAllowed(method="PUT", allow=""), {}),
            (UnsupportedContentCoding(coding="br"), {"Accept-Encoding": "identity"}),
            (UnsupportedCharset(charset="gbk"), {}),
            (TooLarge(limit=1), {"Connection": "close"}),
            (HeadTooLarge(limit=1), {"Connection": "close"}),
            (BodyTooSlow(), {"Connection": "close"}),
            (UnknownTransferCoding(coding="gzip"), {"Connection": "close"}),
        ],
    )
    def test_a_refusal_says_what_its_status_demands(
        self, error: AirlaneError, headers: dict[str, str]
    ) -> None:
        assert _headers(error) == headers

    def test_a_token_that_is_bad_is_told_from_one_that_is_missing(self) -> None:
        class TokenExpired(Unauthenticated):
            code = "test.token_expired"

        assert _headers(TokenExpired()) == {
            "WWW-Authenticate": 'Bearer realm="airlane", error="invalid_token"'
        }


class TestProblems:
    class CrateKept(Conflict):
        code = "test.crate.kept"
        text = Text("{sku} is kept.", "{sku} 已保存。")
        members = ("existing_id", "absent")

    def test_named_parameters_are_members_and_others_are_not(self) -> None:
        shown = problem(
            self.CrateKept(sku="a", existing_id="crt_1"), locale="en", instance="/v1/crates"
        )

        assert shown["existing_id"] == "crt_1"
        assert "sku" not in shown
        assert "absent" not in shown
        assert shown["type"] == "/problems/test.crate.kept"
        assert shown["instance"] == "/v1/crates"

    def test_so_many_faults_are_shown_and_all_are_counted(self) -> None:
        faults = self.CrateKept(pointer="/a").problems * 5

        shown = problem(Invalid(problems=faults), locale="en", instance="/", errors_max=3)

        assert len(shown["errors"]) == 3
        assert shown["error_count"] == 5

    def test_a_path_that_cannot_be_encoded_is_shown_escaped(self) -> None:
        answer = problem_response(NotFound(), {"path": "/v1/\ud800灯"})

        assert json.loads(bytes(answer.body))["instance"] == "/v1/\ud800灯"
        assert answer.headers["content-language"] == "en"
        assert answer.headers["content-type"] == "application/problem+json"


class TestReplies:
    @dataclass
    class Crate:
        id: str

    def test_a_resource_has_the_etag_of_its_content_and_a_page_has_none(self) -> None:
        assert json_reply(self.Crate("1")).headers["etag"] == etag_of(b'{"id":"1"}')
        assert "etag" not in json_reply(Page[int](items=[1])).headers
        assert "etag" not in json_reply(self.Crate("1"), 201).headers

    def test_what_was_made_has_an_address_and_what_was_changed_a_content_location(self) -> None:
        made = representation(self.Crate("1"), 201, at="/v1/crates/1").named_headers()
        changed = representation(self.Crate("1"), 200, at="/v1/crates/1").named_headers()

        etag = etag_of(b'{"id":"1"}')
        assert made == {
            "content-location": "/v1/crates/1",
            "location": "/v1/crates/1",
            "etag": etag,
        }
        assert changed == {"content-location": "/v1/crates/1", "etag": etag}
        assert representation(self.Crate("1")).named_headers() == {"etag": etag}

    def test_an_answer_without_a_body_has_no_type(self) -> None:
        empty = response_of(Reply(204))

        assert empty.raw_headers == [(b"content-length", b"0")]
        assert dict(response_of(Reply(200, [])).raw_headers) == {
            b"content-length": b"2",
            b"content-type": b"application/json",
        }

    def test_a_type_that_was_chosen_stays(self) -> None:
        answer = response_of(
            Reply(200, b"{}", headers={"content-type": "application/problem+json"})
        )

        assert [v for n, v in answer.raw_headers if n == b"content-type"] == [
            b"application/problem+json"
        ]

    def test_headers_are_sent_in_small_letters(self) -> None:
        assert (b"x-crate", "é".encode("latin-1")) in response_of(
            Reply(200, None, headers={"X-Crate": "é"})
        ).raw_headers


class TestContentPolicy:
    def test_each_inline_script_is_named_by_its_digest_and_no_other_runs(self) -> None:
        scripts = [b"one()", b"two()\nthree()"]
        page = b"<p>" + b"".join(b"<script>%b</script>" % one for one in scripts) + b"</p>"

        policy = content_policy.of_page(page).decode()

        for script in scripts:
            digest = base64.b64encode(hashlib.sha256(script).digest()).decode()
            assert f"'sha256-{digest}'" in policy
        assert policy.count("sha256-") == 2
        assert "'unsafe-inline'" not in policy.partition("style-src")[0]

    def test_a_page_without_scripts_allows_none_inline(self) -> None:
        assert b"sha256" not in content_policy.of_page(b"<p>x</p>")


class TestExamples:
    SCHEMAS: Any = {  # noqa: RUF012 - a constant of the test
        "Line": {
            "type": "object",
            "required": ["sku"],
            "properties": {
                "sku": {"type": "string", "examples": ["85123A", "other"]},
                "note": {"type": "string"},
                "colour": {"anyOf": [{"type": "string", "examples": ["red"]}, {"type": "null"}]},
            },
        }
    }

    @pytest.mark.parametrize(
        ("schema", "example"),
        [
            ({"$ref": "#/components/schemas/Line"}, {"sku": "85123A", "colour": "red"}),
            (
                {"type": "array", "items": {"$ref": "#/components/schemas/Line"}},
                [{"sku": "85123A", "colour": "red"}],
            ),
            ({"$ref": "#/components/schemas/Line", "examples": ["x"]}, "x"),
            ({"const": 5, "examples": [6]}, 5),
            ({"enum": ["in", "out"], "type": "string"}, "in"),
            ({"oneOf": [{"type": "boolean"}, {"type": "string"}]}, False),
            ({"allOf": [{"type": "integer", "minimum": 3.0}]}, 3),
            ({"type": "integer"}, 1),
            ({"type": "number", "minimum": 0.5}, 0.5),
            ({"type": "boolean", "default": True}, True),
            ({"type": "string", "format": "date"}, "2026-11-22"),
            ({}, {}),
        ],
    )
    def test_an_example_is_made_of_those_of_the_parts(self, schema: Any, example: object) -> None:
        assert example_of(schema, self.SCHEMAS) == example

    def test_an_id_has_the_prefix_of_its_pattern(self) -> None:
        shown = example_of({"type": "string", "pattern": "^ord_[0-9a-f]{32}$"}, {})

        assert shown == "ord_0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"

    def test_a_text_without_an_example_is_a_programmers_fault(self) -> None:
        with pytest.raises(LookupError):
            example_of({"type": "string", "pattern": "^x$"}, {})
