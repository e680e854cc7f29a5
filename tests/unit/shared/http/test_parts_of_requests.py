"""What a request says in its head and its query, each part against its specification."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from shared.http.errors import HeadTooLarge, RepeatedHeader
from shared.http.head import HEAD_BYTES_MAX, HEADERS_MAX, check_size, merged
from shared.http.idempotency import IdempotencyKeyInvalid, key_of
from shared.http.incoming import Incoming
from shared.http.locale import negotiate
from shared.http.query import QueryRule
from shared.kernel.errors import (
    Invalid,
)


class TestHead:
    def test_a_head_may_have_so_many_fields_and_bytes(self) -> None:
        check_size([(b"a", b"")] * HEADERS_MAX)
        check_size([(b"a" * 1024, b"b" * (HEAD_BYTES_MAX - 1024))])

        with pytest.raises(HeadTooLarge, match="100 header fields"):
            check_size([(b"a", b"")] * (HEADERS_MAX + 1))
        with pytest.raises(HeadTooLarge, match="65536 bytes"):
            check_size([(b"a" * 1024, b"b" * (HEAD_BYTES_MAX - 1023))])

    def test_values_of_a_repeated_list_are_joined_in_their_order(self) -> None:
        """RFC 9110 §5.3, and RFC 6265 §5.4 for cookies."""
        given = [(b"accept", b"a"), (b"cookie", b"x=1"), (b"accept", b"b"), (b"cookie", b"y=2")]

        assert merged(given) == {b"accept": b"a, b", b"cookie": b"x=1; y=2"}
        assert merged(given[:2]) == {b"accept": b"a", b"cookie": b"x=1"}

    def test_a_field_that_holds_one_value_may_not_come_twice_even_if_both_agree(self) -> None:
        for name in (b"host", b"authorization", b"content-length", b"if-modified-since"):
            with pytest.raises(RepeatedHeader) as refused:
                merged([(name, b"1"), (b"accept", b"a"), (name, b"1")])
            assert refused.value.problems[0].pointer == f"/header/{name.decode()}"


def incoming(**headers: bytes) -> Incoming:
    named = {name.replace("_", "-").encode(): value for name, value in headers.items()}
    return Incoming(SimpleNamespace(), named)  # type: ignore[arg-type]


class TestIncoming:
    @pytest.mark.parametrize(
        ("headers", "has_body"),
        [
            ({}, False),
            ({"content_length": b"0"}, False),
            ({"content_length": b"1"}, True),
            ({"content_length": b"x"}, True),
            ({"transfer_encoding": b"chunked"}, True),
            ({"transfer_encoding": b"chunked", "content_length": b"0"}, True),
        ],
    )
    def test_a_body_is_announced_by_its_length_or_its_coding(
        self, headers: dict[str, bytes], has_body: bool
    ) -> None:
        assert incoming(**headers).has_body is has_body

    @pytest.mark.parametrize(
        ("kind", "is_json"),
        [
            (b"application/json", True),
            (b"Application/JSON; charset=utf-8", True),
            (b"application/merge-patch+json", True),
            (b" application/json ", True),
            (b"application/jsonp", False),
            (b"text/json", False),
            (b"application/xml+jsonx", False),
            (b"json", False),
            (b"", False),
        ],
    )
    def test_json_is_named_by_its_type_or_its_suffix(self, kind: bytes, is_json: bool) -> None:
        assert incoming(content_type=kind).is_json is is_json

    def test_a_header_that_is_not_there_is_none_and_an_empty_one_is_empty(self) -> None:
        assert incoming().header(b"x") is None
        assert incoming(x=b"").header(b"x") == ""
        assert incoming(accept_language=b"").locale == "en"
        assert incoming(accept_language=b"zh").locale == "zh-CN"


class TestQuery:
    @pytest.mark.parametrize(("known", "said"), [({"b", "a"}, "a, b"), (set(), "–")])
    def test_a_refusal_lists_the_parameters_that_there_are(
        self, known: set[str], said: str
    ) -> None:
        request = Request({"type": "http", "query_string": b"x=1", "headers": []})

        with pytest.raises(Invalid) as refused:
            QueryRule(frozenset(known), frozenset()).check(request)

        assert refused.value.problems[0].params == {"name": "x", "known": said}

    RULE = QueryRule(frozenset({"limit", "status"}), frozenset({"status"}))

    def faults(self, query: bytes) -> list[tuple[str, str]]:
        request = Request({"type": "http", "query_string": query, "headers": []})
        try:
            self.RULE.check(request)
        except Invalid as refused:
            return [(p.code.removeprefix("request."), p.pointer) for p in refused.problems]
        return []

    @pytest.mark.parametrize(
        ("query", "faults"),
        [
            (b"limit=1&status=a&status=b", []),
            (b"limit=1&limit=1", [("repeated_parameter", "/query/limit")]),
            (b"Limit=1", [("unknown_parameter", "/query/Limit")]),
            (b"a%2Fb~=1", [("unknown_parameter", "/query/a~1b~0")]),
            (b"x=1&x=2", [("unknown_parameter", "/query/x")]),
            (b"limit=", []),
            (
                b"x=1&limit=1&limit=2",
                [("unknown_parameter", "/query/x"), ("repeated_parameter", "/query/limit")],
            ),
        ],
    )
    def test_every_parameter_is_known_and_comes_once_unless_it_is_a_list(
        self, query: bytes, faults: list[tuple[str, str]]
    ) -> None:
        assert self.faults(query) == faults


class TestLanguage:
    """Accept-Language, RFC 9110 §12.5.4."""

    @pytest.mark.parametrize(
        ("accepted", "locale"),
        [
            ("zh", "zh-CN"),
            ("zh-TW", "zh-CN"),
            ("ZH-Hans-CN", "zh-CN"),
            ("en;q=0.5, zh;q=0.6", "zh-CN"),
            ("en;q=0.6, zh;q=0.5", "en"),
            ("en, zh", "en"),
            ("zh, en", "zh-CN"),
            ("de, zh;q=0.1", "zh-CN"),
            ("de", "en"),
            ("*", "en"),
            ("de, *;q=0.5", "en"),
            ("zh;q=0", "en"),
            ("zh;q=x, en;q=0.1", "en"),
            ("zh;q=x", "en"),
            ("zh ; Q=0.9, en;q=0.8", "zh-CN"),
            ("zhx", "en"),
            (",,zh,,", "zh-CN"),
            ("", "en"),
            ("zh;level=1", "zh-CN"),
        ],
    )
    def test_the_one_with_the_highest_weight_that_we_speak(
        self, accepted: str, locale: str
    ) -> None:
        assert negotiate(accepted) == locale

    @given(st.text(max_size=30))
    def test_no_text_is_a_fault(self, accepted: str) -> None:
        assert negotiate(accepted) in ("en", "zh-CN")


def a_key(header: str = "k", **changes: Any) -> Any:
    given: dict[str, Any] = {
        "tenant": "mer_a",
        "method": "POST",
        "path": "/v1/orders",
        "query": b"",
        "body": b'{"a":1,"b":2}',
        "value": {"a": 1, "b": 2},
    }
    return key_of(header, **given | changes)


class TestIdempotencyKey:
    @pytest.mark.parametrize(
        ("one", "other"),
        [("k", '"k"'), (" k ", "k"), (r'"a\"b"', 'a"b'), (r'"a\\b"', "a\\b")],
    )
    def test_quoted_and_bare_it_is_the_same_key(self, one: str, other: str) -> None:
        assert a_key(one) == a_key(other)

    @pytest.mark.parametrize("header", ["", '""', " ", "a b", "ü", "a\tb", "k" * 256, '"', "灯"])
    def test_it_has_1_to_255_visible_ascii_characters(self, header: str) -> None:
        if header == '"':
            assert a_key(header) == a_key(r'"\""')
            return
        with pytest.raises(IdempotencyKeyInvalid):
            a_key(header)

    def test_it_may_have_255_characters_within_its_quotes(self) -> None:
        assert a_key("k" * 255) == a_key('"' + "k" * 255 + '"')

    @pytest.mark.parametrize(
        "change",
        [{"tenant": "mer_b"}, {"method": "PUT"}, {"path": "/v1/order"}],
    )
    def test_the_key_of_another_caller_or_operation_is_another_key(
        self, change: dict[str, Any]
    ) -> None:
        assert a_key(**change).hash != a_key().hash
        assert a_key(**change).fingerprint == a_key().fingerprint

    def test_the_parts_of_a_key_do_not_run_into_each_other(self) -> None:
        assert a_key("b", path="/v1/a").hash != a_key("1/ab", path="/v").hash
        assert a_key(path="/a", method="POST").hash != a_key(path="a", method="POST/").hash

    @pytest.mark.parametrize(
        ("change", "is_same"),
        [
            ({"body": b'{ "b": 2, "a": 1 }', "value": {"b": 2, "a": 1}}, True),
            ({"body": b'{"a":1,"b":3}', "value": {"a": 1, "b": 3}}, False),
            ({"body": b'{"a":1}', "value": {"a": 1}}, False),
            ({"query": b"dry=1"}, False),
            ({"body": b"", "value": None}, False),
        ],
    )
    def test_the_same_request_is_the_same_whatever_the_order_of_its_members(
        self, change: dict[str, Any], is_same: bool
    ) -> None:
        assert a_key(**change).hash == a_key().hash
        assert (a_key(**change).fingerprint == a_key().fingerprint) is is_same

    def test_a_long_body_counts_byte_by_byte(self) -> None:
        value = {"a": "x" * 70_000, "b": 1}
        body = json.dumps(value).encode()
        other = json.dumps(dict(reversed(value.items()))).encode()

        one = a_key(body=body, value=value)
        assert one.fingerprint == a_key(body=body, value=value).fingerprint
        assert one.fingerprint != a_key(body=other, value=value).fingerprint

    @given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20))
    def test_its_lock_is_a_bigint_and_its_own(self, header: str) -> None:
        key = a_key(header)

        assert -(2**63) <= key.lock < 2**63
        assert key.lock.to_bytes(8, signed=True).hex() == key.hash[:16]
