"""Product types: new versions, and the types that products are checked against."""

import json
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

from services.catalog.clients.attributes import schema_fault, validator_of
from services.catalog.domain.reference import Reference
from services.catalog.domain.types.attributes import AttributeFault, KnownType
from services.catalog.domain.types.product_type import ProductType, StoredType, type_problems
from services.catalog.repository import types as repository
from shared.db import Reader, UnitOfWork
from shared.kernel.errors import refuse
from shared.kernel.json import JsonObject
from shared.kernel.preconditions import Precondition

_COMPILED_MAX: Final = 1_000


@dataclass(frozen=True, slots=True)
class _Compiled:
    schema: JsonObject
    faults: Callable[[JsonObject], Sequence[AttributeFault]]


class _CompiledSchemas:
    """By the digest of their text, so that it is right whatever database a schema comes from. What
    was used longest ago is forgotten.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[str, _Compiled] = OrderedDict()

    def get(self, digest: str) -> _Compiled | None:
        found = self._kept.get(digest)
        if found is not None:
            self._kept.move_to_end(digest)
        return found

    def add(self, digest: str, schema: JsonObject) -> _Compiled:
        made = _Compiled(schema, validator_of(schema))
        self._kept[digest] = made
        if len(self._kept) > _COMPILED_MAX:
            self._kept.popitem(last=False)
        return made


_COMPILED: Final = _CompiledSchemas()


@dataclass(frozen=True, slots=True)
class SavedType:
    """A type after the call; `is_new`: there was none of that code."""

    stored: StoredType
    is_new: bool = False


async def put_type(
    uow: UnitOfWork, *, given: ProductType, check: Precondition[StoredType], reference: Reference
) -> SavedType:
    """Adds a version, unless the newest is equal. Raises Invalid, Precondition…"""
    problems = type_problems(given, reference.hs_subheadings)
    if not problems and (fault := schema_fault(given.schema)) is not None:
        problems.append(fault)
    refuse(problems)
    stored = await repository.lock_current(uow, given.code)
    if stored is None:
        check(None)
        if await repository.insert_version(uow, given, version=1):
            return SavedType(StoredType(given, 1, is_current=True), is_new=True)
        # Somebody else created it a moment ago.
        stored = await repository.lock_current(uow, given.code)
        assert stored is not None
    is_applied = stored.type.is_same(given)
    check(stored, is_applied=is_applied)
    if is_applied:
        return SavedType(stored)
    version = stored.version + 1
    await repository.insert_version(uow, given, version=version)
    return SavedType(StoredType(given, version, is_current=True))


async def known_types(reader: Reader, codes: Collection[str]) -> dict[str, KnownType]:
    """The newest version of each type that exists, ready to check attributes.

    One statement for any number of codes, none for no codes. It asks for the newest versions each
    time, so every process checks against a new version from the moment it is committed. Schemas
    are read and compiled once in a process.
    """
    if not codes:
        return {}
    newest = await repository.current_versions(reader, sorted(codes))
    compiled = {one.digest: _COMPILED.get(one.digest) for one in newest}
    if unknown := [one for one in newest if compiled[one.digest] is None]:
        for read in await repository.read_schemas(reader, unknown):
            compiled[read.digest] = _COMPILED.add(read.digest, json.loads(read.schema))
    return {
        one.code: KnownType(one.code, one.version, made.schema, made.faults)
        for one in newest
        if (made := compiled[one.digest]) is not None
    }
