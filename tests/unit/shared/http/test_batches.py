"""A batch: every item has its own answer, in its own place, as if it had come alone."""

from dataclasses import dataclass
from typing import Annotated, Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, TypeAdapter

from shared.documents.faults import ITEM_ERRORS_MAX
from shared.documents.fields import Body, DocumentedAs, WholeNumber
from shared.http.batches import (
    BatchOut,
    ItemDone,
    accepted,
    batch_reply,
    read_items,
)
from shared.http.call import Call
from shared.kernel.errors import AirlaneError, Conflict, Invalid, Locale, Text


class CrateIn(Body):
    sku: str = Field(min_length=1)
    count: WholeNumber


class CrateTaken(Conflict):
    code = "test.crate.taken"
    text = Text("The crate {sku} is taken.", "箱 {sku} 已被占用。")


class CrateFaulty(Invalid):
    code = "test.crate.faulty"


@dataclass(frozen=True)
class Crate:
    sku: str
    count: int


@dataclass
class ACall:
    """What a batch needs of its call."""

    path: str = "/v1/crates:batch"
    locale: Locale = "en"


def a_call(locale: Locale = "en") -> Call:
    return cast("Call", ACall(locale=locale))


def to_crate(item: CrateIn) -> Crate:
    if item.count == 13:
        raise CrateFaulty(pointer="/count")
    return Crate(item.sku, item.count)


def entries(items: Any, outcomes: Any, locale: Locale = "en") -> list[dict[str, Any]]:
    reply = batch_reply(a_call(locale), items, outcomes)
    assert reply.status == 207
    body = cast("dict[str, list[dict[str, Any]]]", reply.body)
    BatchOut.model_validate(body)
    return body["items"]


class TestReading:
    async def test_items_are_built_and_refusals_take_their_place(self) -> None:
        items = await read_items(
            CrateIn,
            [{"sku": "a", "count": 1}, {"sku": ""}, {"sku": "b", "count": 13}, 5],
            to_crate,
        )

        assert items[0] == Crate("a", 1)
        assert isinstance(items[1], Invalid)
        assert [p.pointer for p in items[1].problems] == ["/sku", "/count"]
        assert isinstance(items[2], CrateFaulty)
        assert isinstance(items[3], Invalid)
        assert accepted(items) == [Crate("a", 1)]

    async def test_a_fault_of_our_own_is_not_taken_for_a_refusal(self) -> None:
        def slips(_: CrateIn) -> Crate:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await read_items(CrateIn, [{"sku": "a", "count": 1}], slips)

    async def test_an_item_names_its_first_ten_faults_and_counts_them_all(self) -> None:
        (item,) = await read_items(
            CrateIn, [{f"unknown {n}": 1 for n in range(50)} | {"sku": "a", "count": 1}], to_crate
        )

        assert isinstance(item, Invalid)
        assert len(item.problems) == ITEM_ERRORS_MAX == 10
        assert item.problem_count == 50

    async def test_no_items_are_no_items(self) -> None:
        assert await read_items(CrateIn, [], to_crate) == []
        assert entries([], []) == []


class TestAnswering:
    def test_a_new_thing_is_201_and_a_known_one_200(self) -> None:
        shown = entries(
            ["x", "y"], [ItemDone("crt_1", is_new=True), ItemDone("crt_2", is_new=False)]
        )

        assert shown == [
            {"index": 0, "status": 201, "id": "crt_1"},
            {"index": 1, "status": 200, "id": "crt_2"},
        ]

    def test_a_refusal_is_what_the_item_alone_would_have_been_answered_with(self) -> None:
        (shown,) = entries(["x"], [CrateTaken(sku="a")])

        assert shown["status"] == shown["error"]["status"] == 409
        assert shown["error"]["code"] == "test.crate.taken"
        assert shown["error"]["detail"] == "The crate a is taken."
        assert shown["error"]["instance"] == "/v1/crates:batch#/items/0"
        assert "id" not in shown

    def test_refusals_are_in_the_callers_language(self) -> None:
        (shown,) = entries(["x"], [CrateTaken(sku="a")], "zh-CN")

        assert shown["error"]["detail"] == "箱 a 已被占用。"
        assert shown["error"]["title"] == "冲突"

    def test_what_is_kept_although_it_is_not_known_here_has_an_id_and_an_error(self) -> None:
        (shown,) = entries(["x"], [ItemDone("crt_1", refusal=CrateTaken(sku="a"))])

        assert (shown["status"], shown["id"]) == (409, "crt_1")
        assert shown["error"]["code"] == "test.crate.taken"

    async def test_an_item_shows_so_many_faults_although_its_refusal_holds_more(self) -> None:
        faults = CrateFaulty(pointer="/a").problems * 30

        (shown,) = entries(["x"], [Invalid(problems=faults)])

        assert len(shown["error"]["errors"]) == ITEM_ERRORS_MAX
        assert shown["error"]["error_count"] == 30

    def test_an_outcome_too_few_is_a_fault_of_ours(self) -> None:
        with pytest.raises(StopIteration):
            batch_reply(a_call(), ["x", "y"], [ItemDone("crt_1")])

    @given(st.lists(st.sampled_from(["unread", "new", "known", "refused", "kept"]), max_size=12))
    def test_every_item_has_its_own_answer_in_its_place(self, kinds: list[str]) -> None:
        made: dict[str, Any] = {
            "new": lambda n: ItemDone(f"crt_{n}"),
            "known": lambda n: ItemDone(f"crt_{n}", is_new=False),
            "refused": lambda n: CrateTaken(sku=str(n)),
            "kept": lambda n: ItemDone(f"crt_{n}", refusal=CrateTaken(sku=str(n))),
        }
        items: list[object | AirlaneError] = [
            Invalid() if kind == "unread" else kind for kind in kinds
        ]
        outcomes = [made[kind](n) for n, kind in enumerate(kinds) if kind != "unread"]

        shown = entries(items, outcomes)

        statuses = {"unread": 422, "new": 201, "known": 200, "refused": 409, "kept": 409}
        assert [entry["index"] for entry in shown] == list(range(len(kinds)))
        assert [entry["status"] for entry in shown] == [statuses[kind] for kind in kinds]
        for n, (kind, entry) in enumerate(zip(kinds, shown, strict=True)):
            if kind in ("new", "known", "kept"):
                assert entry["id"] == f"crt_{n}"
            if kind in ("refused", "kept"):
                assert entry["error"]["detail"] == f"The crate {n} is taken."


def test_items_are_published_as_their_model_and_taken_as_they_come() -> None:
    adapter = TypeAdapter(Annotated[dict[str, Any], DocumentedAs(CrateIn)])

    assert adapter.json_schema() == CrateIn.model_json_schema()
    assert adapter.validate_python({"anything": 1}) == {"anything": 1}
