"""kill -9, a few times here and two hundred in `make faults`: nothing is lost, and at most W come twice."""

import pytest

from delivery.kills import IN_FLIGHT, series


@pytest.mark.slow
@pytest.mark.parametrize("recovering", [False, True])
async def test_kill_9_loses_nothing(recovering: bool) -> None:
    found = await series(12, "at-least-once", recovering)
    assert found.lost == 0
    assert found.worst <= IN_FLIGHT
    assert found.listed == 0 or recovering


@pytest.mark.slow
async def test_at_most_once_never_doubles() -> None:
    found = await series(4, "at-most-once", False)
    assert found.lost == 0
    assert found.doubles == 0
    assert found.listed <= 4 * IN_FLIGHT
