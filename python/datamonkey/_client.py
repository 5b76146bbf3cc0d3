"""The clients. Both have the operations of `_steps.py`; they differ in how they carry them out."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import os
import time
import types
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, overload
from urllib.parse import urlsplit

import httpx

from . import _steps
from ._errors import Unreachable
from ._service import own_service
from ._steps import Connection, Pause, Request, Steps
from .models import JobEvent

P = ParamSpec("P")
T = TypeVar("T")


class operation(Generic[P, T]):
    """An operation as a method: one that returns a value, or in `AsyncClient` one to await."""

    def __init__(self, steps: Callable[Concatenate[Connection, P], Steps[T]]) -> None:
        self.steps = steps

    @overload
    def __get__(self, client: None, owner: type) -> Callable[Concatenate[Connection, P], Steps[T]]: ...
    @overload
    def __get__(self, client: Client, owner: type) -> Callable[P, T]: ...
    @overload
    def __get__(self, client: AsyncClient, owner: type) -> Callable[P, Coroutine[Any, Any, T]]: ...
    def __get__(self, client: Any, owner: type) -> Any:
        # The class itself has the description, for `help`.
        return self.steps if client is None else client._method(types.MethodType(self.steps, client))


class Operations(Connection):
    """The operations of the API, for both clients."""

    def __init__(self, server: str | None, token: str | None, progress: bool | None) -> None:
        server = server or os.environ.get("DATAMONKEY_SERVER") or own_service()
        is_own = server == own_service.address
        token = token or (None if is_own else os.environ.get("DATAMONKEY_TOKEN"))
        super().__init__(server, token, is_own, progress)
        # A proxy does not reach this machine's services.
        here = urlsplit(self.server).hostname in ("localhost", "127.0.0.1", "::1")
        self._options: dict[str, Any] = {"timeout": httpx.Timeout(60, connect=10), "trust_env": not here}

    upload = operation(_steps.upload)
    datasets = operation(_steps.datasets)
    dataset = operation(_steps.dataset)
    report = operation(_steps.report)
    methods = operation(_steps.methods)
    method = operation(_steps.method)
    start = operation(_steps.start)
    run = operation(_steps.run)
    job = operation(_steps.job)
    jobs = operation(_steps.jobs)
    wait = operation(_steps.wait)
    cancel = operation(_steps.cancel)
    delete = operation(_steps.delete)
    summary = operation(_steps.summary)
    result = operation(_steps.result)
    read = operation(_steps.read)
    ro_crate = operation(_steps.ro_crate)
    screen = operation(_steps.screen)
    start_screen = operation(_steps.start_screen)
    wait_screen = operation(_steps.wait_screen)
    screen_report = operation(_steps.screen_report)


class Client(Operations):
    """A client of a service, whose operations return when they are done.

    It works in the session of `token`. By default these are `DATAMONKEY_SERVER` and `DATAMONKEY_TOKEN`.
    Without a server, the client uses one of its own on this machine. `progress` says whether to show
    the progress of jobs, by default in terminals and notebooks. `transport` replaces httpx's.
    """

    def __init__(
        self,
        server: str | None = None,
        token: str | None = None,
        *,
        progress: bool | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        super().__init__(server, token, progress)
        self._http = httpx.Client(transport=transport, **self._options)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def events(self, job_id: str) -> Iterator[JobEvent]:
        """What happens to a job, from its beginning to its end."""
        stream = _Events(job_id)
        while not stream.has_ended:
            with contextlib.suppress(httpx.TransportError):
                response = self._http.send(self.build(self._http, stream.request()), stream=True)
                with contextlib.closing(response):
                    if not response.is_success:
                        response.read()
                    stream.opened(response)
                    for line in response.iter_lines():
                        if event := stream.event(line):
                            yield event
            if not stream.has_ended:
                self._pause(stream.pause())

    def _method(self, steps: Callable[P, Steps[T]]) -> Callable[P, T]:
        @functools.wraps(steps)
        def call(*arguments: P.args, **options: P.kwargs) -> T:
            return self._carry_out(steps(*arguments, **options))

        return call

    def _carry_out(self, steps: Steps[T]) -> T:
        proceed: Callable[[], Request | Pause] = functools.partial(next, steps)
        while True:
            try:
                step = proceed()
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]
            try:
                proceed = functools.partial(steps.send, self._do(step))
            except BaseException as error:
                proceed = functools.partial(steps.throw, error)

    def _do(self, step: Request | Pause) -> httpx.Response | None:
        if isinstance(step, Pause):
            self._pause(step.seconds)
            return None
        response = self._http.send(self.build(self._http, step))
        self.received(response)
        return response

    def _pause(self, seconds: float) -> None:
        time.sleep(seconds)


class AsyncClient(Operations):
    """A client of a service, whose operations are awaited. Its arguments are those of `Client`."""

    def __init__(
        self,
        server: str | None = None,
        token: str | None = None,
        *,
        progress: bool | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        super().__init__(server, token, progress)
        self._http = httpx.AsyncClient(transport=transport, **self._options)

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes the connections."""
        await self._http.aclose()

    async def events(self, job_id: str) -> AsyncIterator[JobEvent]:
        """What happens to a job, from its beginning to its end."""
        stream = _Events(job_id)
        while not stream.has_ended:
            with contextlib.suppress(httpx.TransportError):
                response = await self._http.send(self.build(self._http, stream.request()), stream=True)
                async with contextlib.aclosing(response):
                    if not response.is_success:
                        await response.aread()
                    stream.opened(response)
                    async for line in response.aiter_lines():
                        if event := stream.event(line):
                            yield event
            if not stream.has_ended:
                await self._pause(stream.pause())

    def _method(self, steps: Callable[P, Steps[T]]) -> Callable[P, Coroutine[Any, Any, T]]:
        @functools.wraps(steps)
        async def call(*arguments: P.args, **options: P.kwargs) -> T:
            return await self._carry_out(steps(*arguments, **options))

        return call

    async def _carry_out(self, steps: Steps[T]) -> T:
        proceed: Callable[[], Request | Pause] = functools.partial(next, steps)
        while True:
            try:
                step = proceed()
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]
            try:
                proceed = functools.partial(steps.send, await self._do(step))
            except BaseException as error:
                proceed = functools.partial(steps.throw, error)

    async def _do(self, step: Request | Pause) -> httpx.Response | None:
        if isinstance(step, Pause):
            await self._pause(step.seconds)
            return None
        response = await self._http.send(self.build(self._http, step))
        self.received(response)
        return response

    async def _pause(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class _Events:
    """The stream of a job's events (WHATWG HTML, 9.2), which is opened again where it broke off."""

    def __init__(self, job_id: str) -> None:
        self.path = f"/jobs/{job_id}/events"
        self.has_ended = False
        self._last: str | None = None
        self._failures = 0

    def request(self) -> Request:
        return Request("GET", self.path, headers={} if self._last is None else {"Last-Event-ID": self._last})

    def opened(self, response: httpx.Response) -> None:
        # The service has no more events.
        self.has_ended = response.status_code == 204
        if not response.is_success:
            raise _steps.problem_of(response)

    def event(self, line: str) -> JobEvent | None:
        name, _, value = line.partition(":")
        if name == "id":
            self._last = value.strip()
        if name != "data":
            return None
        self._failures = 0
        event: JobEvent = json.loads(value)
        return event

    def pause(self) -> float:
        """Seconds to wait before opening it again."""
        self._failures += 1
        if self._failures > _steps.REPEATS:
            raise Unreachable(f"The stream of events at {self.path} breaks off again and again.")
        return _steps.backoff(self._failures - 1)
