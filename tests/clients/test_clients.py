"""Every event of the real clients is stored once, whatever happens between them and the server."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.clients.clients import CLIENTS, PYTHON, Client
from tests.clients.faults import FAULTS, SHAKEN, SHAKEN_AND_KILLED, Act, Fault
from tests.clients.npm import Absent
from tests.clients.trial import Outcome, try_client, try_clients

QUICK = tuple(zip(PYTHON, (SHAKEN_AND_KILLED, SHAKEN, SHAKEN)))


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> list[Outcome]:
    """What became of each when one thing after the other went wrong; one server for all."""
    return try_clients(QUICK, tmp_path_factory.mktemp("quick") / "shop")


@pytest.mark.parametrize("number", range(len(QUICK)), ids=lambda number: QUICK[number][0].package)
def test_one_thing_after_the_other_goes_wrong(number: int, quick: list[Outcome]) -> None:
    outcome = quick[number]
    assert [seen.act for seen in outcome.seen if seen.act is not Act.PASS] == list(outcome.fault.acts)
    assert outcome.complaints() == []
    assert (outcome.duplicated, outcome.lost) == (0, 0)


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.title)
@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.title)
def test_every_client_under_every_fault(client: Client, fault: Fault, tmp_path: Path) -> None:
    try:
        outcome = try_client(client, fault, tmp_path / "shop")
    except Absent as reason:
        pytest.skip(f"{client.title}: {reason}")
    assert outcome.complaints() == []
    if client.keeps(fault):
        assert (outcome.duplicated, outcome.lost) == (0, 0)
