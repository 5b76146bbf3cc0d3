"""Find natural selection in gene sequences, with HyPhy or the native engine of service-datamonkey.

    import datamonkey as dm

    result = dm.run("fel", alignment="a.fasta", tree="t.nwk", engine="native")
    print(result.statement)
    result.table()

Without `server` and `DATAMONKEY_SERVER`, analyses run on this machine.
"""

from __future__ import annotations

import asyncio
import functools
import os
from typing import Any

from . import models
from ._client import AsyncClient, Client
from ._data import Data
from ._errors import Error, JobFailed, NoProgram, Problem, Unreachable
from ._result import Result
from ._service import own_service

__all__ = [
    "AsyncClient",
    "Client",
    "Data",
    "Error",
    "JobFailed",
    "NoProgram",
    "Problem",
    "Result",
    "Unreachable",
    "models",
    "run",
    "run_async",
    "screen",
]


@functools.lru_cache(maxsize=16)
def _client(server: str | None, token: str | None) -> Client:
    """One client for each service, so that calls share its session."""
    return Client(server, token)


# Connections cannot be shared with a forked process.
os.register_at_fork(after_in_child=_client.cache_clear)


def run(
    method: str,
    /,
    alignment: Data | None = None,
    tree: Data | None = None,
    *,
    server: str | None = None,
    token: str | None = None,
    engine: str | None = None,
    **parameters: Any,
) -> Result:
    """Run an analysis, and return its result.

    `alignment` and `tree` are paths, open files, contents, or ids of datasets. `Client().methods()`
    lists the analyses and their parameters.
    """
    client = _client(*_where(server, token))
    return client.run(method, alignment, tree, engine=engine, **parameters)


async def run_async(
    method: str,
    /,
    alignment: Data | None = None,
    tree: Data | None = None,
    *,
    server: str | None = None,
    token: str | None = None,
    engine: str | None = None,
    **parameters: Any,
) -> Result:
    """The same as `run`, for `await`. Use one `AsyncClient` to run several in the same session."""
    where = await asyncio.to_thread(_where, server, token)
    async with AsyncClient(*where) as client:
        return await client.run(method, alignment, tree, engine=engine, **parameters)


def screen(
    alignment: Data | None = None,
    tree: Data | None = None,
    *,
    server: str | None = None,
    token: str | None = None,
    engine: str | None = None,
    **request: Any,
) -> models.ScreenReport:
    """Run the usual analyses of an alignment of codons, and return their common report."""
    client = _client(*_where(server, token))
    return client.screen(alignment, tree, engine=engine, **request)


def _where(server: str | None, token: str | None) -> tuple[str | None, str | None]:
    """The service of a call. The own one is started again if it has ended."""
    server = server or os.environ.get("DATAMONKEY_SERVER")
    return (server, token) if server else (own_service(), None)
