"""W3C Trace Context: what is continued, what is begun anew, and where a trace ends."""

import asyncio
import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.telemetry import trace
from shared.telemetry.trace import Trace

GIVEN = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
HEX = st.sampled_from("0123456789abcdef")
PARTS = st.tuples(
    st.text(HEX, min_size=2, max_size=2),
    st.text(HEX, min_size=32, max_size=32),
    st.text(HEX, min_size=16, max_size=16),
    st.text(HEX, min_size=2, max_size=2),
)


@given(PARTS, st.sampled_from(["", "-", "-more", "x"]))
def test_a_context_is_read_as_section_3_2_of_the_specification_says(
    parts: tuple[str, str, str, str], more: str
) -> None:
    version, trace_id, span_id, flags = parts
    is_valid = (
        version != "ff"
        and trace_id != "0" * 32
        and span_id != "0" * 16
        and (more == "" or (version != "00" and more.startswith("-")))
    )

    read = trace.parse("-".join(parts) + more)

    assert read == (Trace(trace_id, span_id, flags) if is_valid else None)


@given(PARTS)
def test_what_is_handed_on_is_version_00_and_can_be_read(parts: tuple[str, str, str, str]) -> None:
    given = Trace(*parts[1:])

    assert given.traceparent == "00-" + "-".join(parts[1:])


def test_a_child_has_the_trace_and_the_flags_of_its_parent_and_a_span_of_its_own() -> None:
    parent = Trace("a" * 32, "b" * 16, "00")

    child = parent.child()

    assert (child.trace_id, child.flags) == (parent.trace_id, "00")
    assert child.span_id != parent.span_id
    assert re.fullmatch("[0-9a-f]{16}", child.span_id)


@pytest.mark.parametrize("header", [None, "", "nonsense", GIVEN.upper()])
def test_without_a_context_a_new_trace_begins_and_is_sampled(header: str | None) -> None:
    one, other = trace.continued(header), trace.continued(header)

    assert one.trace_id != other.trace_id
    assert trace.parse(one.traceparent) == one
    assert one.flags == "01"


def test_no_id_is_ever_all_zeros(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "getrandbits", lambda bits: 0)

    assert trace.parse(trace.new().traceparent) is not None


class TestFollowing:
    def test_inside_of_the_block_the_trace_goes_on_and_afterwards_it_is_the_one_before(
        self,
    ) -> None:
        token = trace.enter(Trace("a" * 32, "b" * 16))
        try:
            with trace.following(GIVEN):
                inside = trace.current()
                written = trace.traceparent()
            after = trace.current()
        finally:
            trace.leave(token)

        assert inside is not None
        assert inside.trace_id == GIVEN[3:35]
        assert inside.span_id != GIVEN[36:52]
        assert written == inside.traceparent
        assert after == Trace("a" * 32, "b" * 16)

    def test_what_follows_nothing_begins_a_trace_of_its_own(self) -> None:
        token = trace.enter(Trace("a" * 32, "b" * 16))
        try:
            with trace.following(None):
                inside = trace.current()
        finally:
            trace.leave(token)

        assert inside is not None
        assert inside.trace_id != "a" * 32

    def test_a_block_that_fails_ends_its_trace(self) -> None:
        with pytest.raises(KeyError), trace.following(GIVEN):
            raise KeyError

        assert trace.current() is None
        assert trace.traceparent() is None

    def test_blocks_in_each_other_end_one_by_one(self) -> None:
        other = GIVEN.replace("4bf9", "5bf9")
        with trace.following(GIVEN):
            with trace.following(other):
                inner = trace.current()
            outer = trace.current()

        assert inner is not None
        assert outer is not None
        assert (inner.trace_id[:4], outer.trace_id[:4]) == ("5bf9", "4bf9")

    async def test_tasks_side_by_side_do_not_mix_their_traces(self) -> None:
        async def follow(header: str) -> bool:
            with trace.following(header):
                await asyncio.sleep(0)
                here = trace.current()
                return here is not None and here.trace_id == header[3:35]

        headers = [GIVEN.replace("4bf9", f"{n:04x}") for n in range(1, 6)]

        assert all(await asyncio.gather(*map(follow, headers)))

    def test_a_child_outside_of_any_trace_begins_one(self) -> None:
        assert trace.current() is None
        assert trace.parse(trace.child().traceparent) is not None
        with trace.following(GIVEN):
            assert trace.child().trace_id == GIVEN[3:35]
