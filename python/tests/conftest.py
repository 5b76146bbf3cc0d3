"""A service for the tests, and small data."""

import os
import re
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import datamonkey as dm

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "crates/hyphy/src/methods/examples"


@pytest.fixture
def alignment() -> Path:
    return EXAMPLES / "codons.fasta"


@pytest.fixture
def tree() -> Path:
    return EXAMPLES / "tree.nwk"


@pytest.fixture(scope="session")
def client() -> Iterator[dm.Client]:
    """A client of this process's own service."""
    with dm.Client() as client:
        yield client


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Starts services with other settings, and returns their addresses."""
    services = []

    def start(**settings: str) -> str:
        environment = {
            **os.environ,
            "DATAMONKEY_DATA": str(tmp_path / f"data{len(services)}"),
            "SERVICE_DATAMONKEY_PORT": "0",
            **settings,
        }
        service = subprocess.Popen(
            [os.environ["DATAMONKEY_PROGRAM"], "serve"],
            env=environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        services.append(service)
        log = ""
        for line in service.stderr:
            log += line
            if found := re.search(r"listening on (http\S+)", line):
                # A full pipe would stop the service.
                threading.Thread(target=service.stderr.read, daemon=True).start()
                return found[1]
        raise AssertionError(log)

    yield start
    for service in services:
        service.terminate()
        service.wait()
