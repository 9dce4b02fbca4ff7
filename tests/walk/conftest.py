"""One clinic for all walks."""

from collections.abc import Iterator

import pytest

from tests.servers import BetweenServer
from tests.walk.clinic import WalkedClinic


@pytest.fixture(scope="session")
def walked_clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WalkedClinic]:
    """The demo clinic, with a nurse who waits to be let in."""
    folder = tmp_path_factory.mktemp("walk")
    with BetweenServer(folder / "server", f"sqlite:///{folder}/between.db", {"DEMO": "1"}) as server:
        clinic = WalkedClinic(server, folder)
        clinic.let_nora_wait()
        yield clinic
