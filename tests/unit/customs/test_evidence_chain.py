"""Hashes, Merkle paths, blocks and the short ways between them."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.customs.domain.evidence.chain import Block, first_block, seal, skip_of, way_back
from services.customs.domain.evidence.hashing import (
    canonical_json,
    leaf_hash,
    merkle_paths,
    merkle_root,
    root_by_path,
)

NOW = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)


def tree_hash(leaves: list[bytes]) -> bytes:
    """RFC 6962 §2.1, word by word: MTH splits at the largest power of two below the size."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    k = 1 << ((len(leaves) - 1).bit_length() - 1)
    return hashlib.sha256(b"\1" + tree_hash(leaves[:k]) + tree_hash(leaves[k:])).digest()


def chain_of(blocks: int) -> list[Block]:
    chain = [first_block(NOW)]
    for number in range(1, blocks + 1):
        contents = [f"entry {number}.{n}".encode() for n in range(number % 3 + 1)]
        at = NOW + timedelta(seconds=number)
        chain.append(seal(chain[-1], chain[skip_of(number)], contents, at=at).block)
    return chain


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 8, 9, 31, 100])
def test_the_root_is_that_of_rfc_6962(size: int) -> None:
    contents = [str(n).encode() for n in range(size)]

    assert merkle_root([leaf_hash(one) for one in contents]) == tree_hash(contents)


@settings(max_examples=200)
@given(st.data())
def test_a_path_leads_to_the_root_and_nowhere_else(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 70))
    place = data.draw(st.integers(0, size - 1))
    leaves = [leaf_hash(str(n).encode()) for n in range(size)]
    root = merkle_root(leaves)
    (path,) = merkle_paths(leaves, [place])

    assert root_by_path(leaves[place], place, size, path) == root
    assert root_by_path(leaf_hash(b"another"), place, size, path) != root
    assert root_by_path(leaves[place], place, size, [*path, leaves[0]]) is None
    if path:
        assert root_by_path(leaves[place], place, size, path[:-1]) is None
        at = data.draw(st.integers(0, len(path) - 1))
        bent = [*path[:at], leaf_hash(b"bent"), *path[at + 1 :]]
        assert root_by_path(leaves[place], place, size, bent) != root


def test_canonical_json_has_one_spelling() -> None:
    written = canonical_json({"b": "中\n", "a": 1, "c": {"z": None, "y": "é"}})

    assert written == '{"a":1,"b":"中\\n","c":{"y":"é","z":null}}'.encode()


@pytest.mark.parametrize(
    "change",
    [
        {"number": 8},
        {"previous": b"\1" * 32},
        {"skip": b"\1" * 32},
        {"root": b"\1" * 32},
        {"entries": 9},
        {"sealed_at": NOW},
    ],
)
def test_the_hash_of_a_block_covers_all_of_it(change: dict[str, object]) -> None:
    block = chain_of(7)[7]

    assert replace(block, **change).hash != block.hash  # type: ignore[arg-type]


@settings(max_examples=200)
@given(st.integers(1, 47_500_000), st.data())
def test_every_block_of_a_way_is_named_by_one_above_it(head: int, data: st.DataObject) -> None:
    wanted = data.draw(st.sets(st.integers(0, head), max_size=3))

    way = way_back(head, wanted)

    assert way[0] == head
    assert wanted <= set(way)
    named = {below for above in way for below in (above - 1, skip_of(above))}
    assert set(way[1:]) <= named
    # Three years of a block every two seconds are 47 million, 26 binary digits: for each of them
    # at most as many skips as there are digits below it.
    assert len(way) <= 1 + 26 * 27 // 2 * max(len(wanted), 1)


def test_a_block_names_the_one_before_it_and_the_one_it_skips_to() -> None:
    chain = chain_of(12)

    assert chain[12].previous == chain[11].hash
    assert chain[12].skip == chain[8].hash
    assert chain[11].skip == chain[10].hash
