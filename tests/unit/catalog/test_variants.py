"""The rules of variants and of parents."""

from dataclasses import replace
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from services.catalog.clients.attributes import validator_of
from services.catalog.domain.parents.parent import Parent, needs_other_axes, parent_problems
from services.catalog.domain.products.details import Details
from services.catalog.domain.products.product import (
    Known,
    Product,
    batch_faults,
    product_problems,
    without_clashes,
)
from services.catalog.domain.products.variants import KnownParent, Variant, clashes
from services.catalog.domain.types.attributes import KnownType
from shared.kernel.errors import Invalid
from shared.kernel.money import Money
from tests.support.worlds.catalog import a_schema

SCHEMA = a_schema(lace={"type": "string"}) | {"required": ["length_in", "lace"]}
TRESSES = KnownType("tresses", 3, SCHEMA, validator_of(SCHEMA))
PRODUCT = Product(
    sku="WIG-1",
    title={"en": "Wig"},
    hs_code="6704190000",
    origin_country="CN",
    net_weight_g=100,
    gross_weight_g=120,
    size_mm=(300, 200, 50),
    price=Money(4999, "USD"),
    battery=False,
    synthetic=True,
)


def a_variant(options: dict[str, str], **changes: Any) -> Product:
    return replace(PRODUCT, variant=Variant("WIG", options), **changes)


def known(parent: KnownParent | None = None, **more: Any) -> Known:
    parents = {} if parent is None else {parent.sku: parent}
    return Known(frozenset(["670419"]), {"tresses": TRESSES}, parents, **more)


def found(product: Product, what: Known) -> set[tuple[str, str]]:
    return {(one.pointer, one.code) for one in product_problems(product, what)}


_axes = st.lists(st.sampled_from(["colour", "length", "lace", "cap"]), unique=True)


@given(axes=_axes.filter(bool), named=_axes)
def test_options_name_exactly_the_axes(axes: list[str], named: list[str]) -> None:
    product = a_variant(dict.fromkeys(named, "x"))

    missing = {
        (f"/options/{axis}", "catalog.variant.option_missing") for axis in set(axes) - set(named)
    }
    unknown = {
        (f"/options/{axis}", "catalog.variant.option_unknown") for axis in set(named) - set(axes)
    }
    assert found(product, known(KnownParent("WIG", tuple(axes)))) == missing | unknown


def test_a_parent_must_be_there() -> None:
    assert found(a_variant({}), known()) == {("/parent_sku", "catalog.product.unknown_parent")}


def test_options_of_another_variant_are_taken_and_ones_own_are_not() -> None:
    product = a_variant({"colour": "red"})
    parent, key = KnownParent("WIG", ("colour",)), Variant("WIG", {"colour": "red"}).key

    def with_holder(sku: str) -> set[tuple[str, str]]:
        return found(product, known(parent, taken={key: sku}))

    assert with_holder("WIG-2") == {("/options", "catalog.variant.options_taken")}
    assert with_holder("WIG-1") == set()


def test_the_order_of_options_makes_no_difference() -> None:
    one, other = {"a": "x", "b": "y"}, {"b": "y", "a": "x"}

    assert Variant("WIG", one).key == Variant("WIG", other).key


_attributes = st.fixed_dictionaries(
    {}, optional={"length_in": st.sampled_from([2, 20]), "lace": st.just("front")}
)


@given(own=_attributes, shared=_attributes, is_same_type=st.booleans())
def test_what_is_required_may_be_given_once_on_the_parent(
    own: dict[str, Any], shared: dict[str, Any], is_same_type: bool
) -> None:
    of_type = "tresses" if is_same_type else "other"
    product = a_variant({}, product_type="tresses", details=Details(attributes=own))

    problems = found(product, known(KnownParent("WIG", (), of_type, shared)))

    counting = shared | own if is_same_type else own
    expected = {
        (f"/attributes/{name}", "catalog.attribute.missing")
        for name in ("length_in", "lace")
        if name not in counting
    }
    if counting.get("length_in") == 2:
        expected.add(("/attributes/length_in", "catalog.attribute.too_small"))
    assert problems == expected


def test_a_variant_takes_no_type_from_its_parent() -> None:
    parent = KnownParent("WIG", (), "tresses", {"length_in": 20})

    assert found(a_variant({}), known(parent)) == set()
    with_own = a_variant({}, details=Details(attributes={"length_in": 20}))
    assert found(with_own, known(parent)) == {
        ("/attributes", "catalog.product.attributes_without_type")
    }


def test_a_parent_is_checked_for_what_it_says() -> None:
    def pointers(**changes: Any) -> list[tuple[str, str]]:
        parent = Parent("WIG", {"en": "Wig"}, changes.pop("axes", ("colour",)), **changes)
        return [(p.pointer, p.code) for p in parent_problems(parent, {"tresses": TRESSES})]

    part, wrong = Details(attributes={"lace": "front"}), Details(attributes={"lace": 1, "x": 1})
    assert pointers(product_type="tresses", details=part) == []
    assert sorted(pointers(product_type="tresses", details=wrong)) == [
        ("/attributes/lace", "catalog.attribute.wrong_type"),
        ("/attributes/x", "catalog.attribute.unknown"),
    ]
    assert pointers(details=part) == [("/attributes", "catalog.product.attributes_without_type")]
    assert pointers(product_type="none") == [("/product_type", "catalog.product.unknown_type")]
    assert pointers(axes=("a", "b", "a")) == [("/axes/2", "catalog.parent.axis_repeated")]


def test_axes_may_change_places() -> None:
    now = Parent("WIG", {"en": "Wig"}, ("a", "b"))

    assert not needs_other_axes(now, replace(now, axes=("b", "a")))
    assert needs_other_axes(now, replace(now, axes=("a",)))


# A small world: five variants, four options. `stored`: who has which option; distinct.
_skus = st.sampled_from("ABCDE")
_stored = st.dictionaries(st.sampled_from("rgby"), _skus, max_size=4).map(
    lambda held: {sku: option for option, sku in held.items()}
)
_moves = st.lists(
    st.tuples(_skus, st.sampled_from(["r", "g", "b", "y", None])),
    unique_by=lambda move: move[0],
    max_size=5,
)


def key_of(option: str | None) -> Any:
    return None if option is None else ("WIG", (("colour", option),))


@given(stored=_stored, moves=_moves)
@example(stored={"A": "r", "B": "g"}, moves=[("A", "g"), ("B", "r")])
@example(stored={"A": "r", "B": "g", "C": "b"}, moves=[("A", "g"), ("B", "b"), ("C", "r")])
@example(stored={"A": "r", "B": "g", "C": "b"}, moves=[("A", "g"), ("B", "b")])
@example(stored={"A": "r", "B": "g"}, moves=[("C", "r"), ("A", "g"), ("B", "r")])
@example(stored={"B": "r"}, moves=[("A", "r"), ("B", "r")])
def test_after_a_batch_no_two_variants_have_the_same_options(
    stored: dict[str, str], moves: list[tuple[str, str | None]]
) -> None:
    taken = {key_of(option): sku for sku, option in stored.items()}

    refused = clashes([(sku, key_of(option)) for sku, option in moves], taken)

    accepted: dict[str, str | None] = {s: o for s, o in moves if s not in refused}
    after = {sku: option for sku, option in {**stored, **accepted}.items() if option is not None}
    assert len(set(after.values())) == len(after), "two have the same"
    asked = dict(moves)
    for sku, other in refused.items():
        assert other != sku
        assert after[other] == asked[sku], "the reason is true in the end"
    # If everything could be saved, nothing is refused.
    wished = [o for o in {**stored, **asked}.values() if o is not None]
    if len(set(wished)) == len(wished):
        assert refused == {}
    # Whoever keeps what it has is never refused.
    assert not {sku for sku in refused if stored.get(sku) == asked[sku]}


def test_in_a_batch_the_first_valid_one_gets_the_options() -> None:
    red = {"colour": "red"}
    products = [
        a_variant(red, sku="A", origin_country="XX"),
        a_variant(red, sku="B"),
        a_variant(red, sku="C"),
        replace(PRODUCT, sku="D"),
    ]
    what = known(KnownParent("WIG", ("colour",)))

    faults = without_clashes(products, list(batch_faults(products, what)), what)

    assert faults[1] is None
    assert faults[3] is None
    assert isinstance(faults[2], Invalid)
    (problem,) = faults[2].problems
    assert (problem.code, problem.params["sku"]) == ("catalog.variant.options_taken", "B")
