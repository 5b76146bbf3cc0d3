"""How the operations look to a type checker: mypy reads this file, and nothing runs it."""

from typing import assert_type

import pandas

import datamonkey as dm
from datamonkey.models import Job, ScreenReport, Summary


def blocking(client: dm.Client) -> None:
    assert_type(client.job("1"), Job)
    assert_type(client.summary("1", threshold=0.1), Summary)
    assert_type(client.run("fel", "a.fasta", pvalue=0.1), dm.Result)
    assert_type(client.screen(alignment=b">a"), ScreenReport)
    assert_type(dm.run("fel", alignment="a.fasta").table(), pandas.DataFrame)
    client.job(1)  # type: ignore[arg-type]


async def awaited(client: dm.AsyncClient) -> None:
    assert_type(await client.job("1"), Job)
    assert_type(await client.run("fel", "a.fasta"), dm.Result)
    async for event in client.events("1"):
        assert_type(event, dm.models.JobEvent)
