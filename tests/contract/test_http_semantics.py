"""What HTTP means here, on every operation of every service."""

import pytest

from tests.contract.examples import BODIES, EXAMPLES, World
from tests.contract.operations import Operation, operations

OPEN = [o for o in operations() if o.scope is None]
CLOSED = [o for o in operations() if o.scope is not None]


@pytest.mark.parametrize("operation", operations(), ids=str)
def test_every_operation_has_an_example(operation: Operation) -> None:
    assert set(operation.path_params) <= EXAMPLES.keys()
    assert operation.body is None or str(operation) in BODIES


@pytest.mark.parametrize("operation", CLOSED, ids=str)
async def test_every_example_is_accepted(operation: Operation, world: World) -> None:
    await world.resource("sku")
    await world.resource("declaration_id")
    address = await world.address(operation, fresh=True)
    body = BODIES[str(operation)](world) if str(operation) in BODIES else None
    headers = {"If-Match": "*"} if operation.is_conditional else {}
    answer = await world.send(operation, address=address, json=body, headers=headers)
    assert answer.is_success, answer.text
