"""The operations of the API, each written once for both clients.

An operation is a generator. It yields the requests and pauses that it needs and is sent the
responses, so a client only has to carry these out (`_client.py`).
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import uuid
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, Union

import httpx

from ._data import Data, content_of, id_of
from ._errors import JobFailed, Problem, Unreachable
from ._progress import progress_bar
from ._result import Result
from .models import Dataset, Job, Method, Report, Screen, ScreenReport, Summary

T = TypeVar("T")

BASE = "/api/v1"
#: How often a request is repeated.
REPEATS = 5
#: The longest pause for which to wait, in seconds. What takes longer, such as a missing engine, is an
#: error at once.
LONGEST_PAUSE = 30.0
#: Fields of a start request that are not parameters of an analysis.
OTHER_FIELDS = {"engine", "partitions_of", "callback_url", "notify"}


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    form: Mapping[str, str] | None = None
    file: tuple[str, bytes] | None = None


@dataclass(frozen=True)
class Pause:
    seconds: float


Steps = Generator[Union[Request, Pause], Any, T]


class Connection:
    """What a client knows of its service."""

    def __init__(self, server: str, token: str | None, is_own: bool, progress: bool | None) -> None:
        self.server = server.rstrip("/")
        #: The session's token.
        self.token = token
        self.is_own = is_own
        self.progress = progress
        self.has_session = bool(token) or is_own
        self.known_methods: dict[str, Method] = {}

    def build(self, http: httpx.Client | httpx.AsyncClient, request: Request) -> httpx.Request:
        headers = dict(request.headers)
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        return http.build_request(
            request.method,
            self.server + BASE + request.path,
            params={name: _word(value) for name, value in request.query.items() if value is not None},
            headers=headers,
            json=request.json,
            data=request.form,
            files={"file": request.file} if request.file else None,
        )

    def received(self, response: httpx.Response) -> None:
        """Keeps a new token, unless another request has begun another session meanwhile."""
        fresh = response.headers.get("X-Session-Token")
        sent = response.request.headers.get("Authorization")
        if fresh and sent == (f"Bearer {self.token}" if self.token else None):
            self.token = fresh


def _word(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


# Requests


def send(client: Connection, request: Request) -> Steps[httpx.Response]:
    """Sends a request, and repeats it when that helps."""
    repeats = 0
    while True:
        pause = backoff(repeats)
        try:
            response: httpx.Response = yield request
        except httpx.TransportError as error:
            if repeats == REPEATS:
                raise Unreachable(f"{client.server} does not answer: {error}") from error
        else:
            if response.is_success or response.status_code == 304:
                return response
            asked = _asked_pause(response)
            if repeats == REPEATS or asked is None or asked > LONGEST_PAUSE:
                raise problem_of(response)
            pause = max(pause, asked)
        yield Pause(pause)
        repeats += 1


def backoff(repeats: int) -> float:
    """Seconds before a request is repeated, at random so that clients do not come all at once."""
    return float(0.25 * 2**repeats * random.uniform(0.5, 1))


def problem_of(response: httpx.Response) -> Problem:
    try:
        return Problem(response.json())
    except (ValueError, LookupError, TypeError):
        detail = f"{response.request.url} answered {response.status_code} {response.reason_phrase}"
        return Problem({"status": response.status_code, "detail": detail})


def _asked_pause(response: httpx.Response) -> float | None:
    """Seconds after which to repeat a request; none if that does not help.

    The service says `Retry-After` whenever it helps. Proxies before it may not.
    """
    after = response.headers.get("Retry-After", "")
    if after.isdigit():
        return float(after)
    is_service = response.headers.get("Content-Type") == "application/problem+json"
    return 0.0 if response.status_code in (429, 502, 503, 504) and not is_service else None


def get(client: Connection, path: str, **query: Any) -> Steps[Any]:
    response = yield from send(client, Request("GET", path, query))
    return response.json()


def post(client: Connection, path: str, body: Any = None, **query: Any) -> Steps[Any]:
    """A POST that the service carries out once, even if it has to be sent again."""
    request = Request("POST", path, query, _key(), json={} if body is None else body)
    return (yield from send(client, request)).json()


def _pages(client: Connection, path: str, name: str, filters: Mapping[str, Any]) -> Steps[list[Any]]:
    """All pages of a list, or the first one if `limit` says how long it is."""
    found: list[Any] = []
    query = filters
    while True:
        response = yield from send(client, Request("GET", path, query))
        found += response.json()[name]
        if "next" not in response.links or "limit" in filters:
            return found
        query = dict(httpx.URL(response.links["next"]["url"]).params)


def _key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid.uuid4())}


def _begin_session(client: Connection) -> Steps[None]:
    """Begins a session if the service has any, so that uploads at the same time are in the same one."""
    if client.has_session:
        return
    try:
        session = yield from post(client, "/session")
    except Problem as problem:
        # Without sessions, all callers share all data.
        if problem.status != 409:
            raise
        session = {}
    if not client.has_session:
        client.has_session = True
        client.token = session.get("token")
        if client.token:
            print(f"session: DATAMONKEY_TOKEN={client.token} finds these jobs again", file=sys.stderr)


# Datasets


def upload(client: Connection, data: Data, *, name: str | None = None, type: str = "data") -> Steps[Dataset]:
    """Upload an alignment, a tree, or a file with both: a path, an open file, or the content."""
    yield from _begin_session(client)
    file_name, content = content_of(data, name or type)
    form = {"meta": json.dumps({"name": name or file_name, "type": type})}
    request = Request("POST", "/datasets", headers=_key(), form=form, file=(file_name, content))
    response = yield from send(client, request)
    dataset: Dataset = response.json()["datasets"][0]
    return dataset


def datasets(client: Connection, /, **filters: Any) -> Steps[list[Dataset]]:
    """The datasets of the session. The filters are those of `GET /datasets`."""
    return (yield from _pages(client, "/datasets", "datasets", filters))


def dataset(client: Connection, dataset_id: str, *, include_content: bool = False) -> Steps[Dataset]:
    """A dataset with its report."""
    found: Dataset = yield from get(client, f"/datasets/{dataset_id}", include_content=include_content)
    return found


def report(client: Connection, dataset_id: str) -> Steps[Report]:
    """What the file holds, its problems and their remedies."""
    found: Report = yield from get(client, f"/datasets/{dataset_id}/report")
    return found


# Analyses


def methods(client: Connection) -> Steps[list[Method]]:
    """The analyses of this service, with their parameters."""
    answer = yield from get(client, "/methods")
    client.known_methods = {method["id"]: method for method in answer["methods"]}
    return list(client.known_methods.values())


def method(client: Connection, name: str) -> Steps[Method]:
    """An analysis of this service, with its parameters."""
    if not client.known_methods:
        yield from methods(client)
    if name not in client.known_methods:
        # The service says so.
        yield from post(client, "/jobs/batch", {"method": name, "items": []})
    return client.known_methods[name]


def start(
    client: Connection,
    method_name: str,
    /,
    alignment: Data | None = None,
    tree: Data | None = None,
    *,
    engine: str | None = None,
    retry: bool = True,
    **parameters: Any,
) -> Steps[Job]:
    """Start an analysis, or find the job that the same request started earlier.

    `retry` runs a job again that failed or was cancelled.
    """
    yield from _begin_session(client)
    analysis = yield from method(client, method_name)
    known = {parameter["name"]: parameter for parameter in analysis["parameters"]}
    _refuse_unknown(analysis, parameters.keys() - known.keys() - OTHER_FIELDS)
    body = {"alignment": alignment, "tree": tree, "engine": engine, **parameters}
    body = {name: value for name, value in body.items() if value is not None}
    for name in body.keys() & known.keys():
        if known[name]["role"] == "dataset":
            body[name] = yield from _dataset_id(client, body[name], name)
    path = analysis["start_endpoint"].removeprefix(BASE)
    job: Job = yield from post(client, path, body, retry=retry)
    return job


def _dataset_id(client: Connection, data: Data, kind: str) -> Steps[str]:
    found = id_of(data)
    if found is None:
        found = (yield from upload(client, data, type=kind))["id"]
    return found


def _refuse_unknown(analysis: Method, names: set[str]) -> None:
    """The service would only warn of them, after it has started the job."""
    if names:
        has = ", ".join(parameter["name"] for parameter in analysis["parameters"])
        errors = [
            {"field": name, "message": f"{analysis['name']} has no parameter {name}. It has: {has}."}
            for name in sorted(names)
        ]
        raise Problem(
            {"status": 422, "title": "A value is invalid", "type": "invalid-value", "errors": errors}
        )


def run(
    client: Connection,
    method_name: str,
    /,
    alignment: Data | None = None,
    tree: Data | None = None,
    *,
    engine: str | None = None,
    **parameters: Any,
) -> Steps[Result]:
    """Run an analysis, and return its result. The data are as `upload` takes them, or ids."""
    started = yield from start(client, method_name, alignment, tree, engine=engine, **parameters)
    try:
        ended = yield from wait(client, started["job_id"])
    except (KeyboardInterrupt, asyncio.CancelledError):
        yield from _interrupted(client, [started["job_id"]])
        raise
    return (yield from read(client, ended["job_id"]))


def _interrupted(client: Connection, jobs: list[str]) -> Steps[None]:
    """Nobody else waits for jobs of the own service."""
    if client.is_own:
        for job_id in jobs:
            yield from cancel(client, job_id)
    else:
        print("The jobs continue on the server; the same call finds them again.", file=sys.stderr)


# Jobs


def job(client: Connection, job_id: str) -> Steps[Job]:
    """A job, with its state and progress."""
    found: Job = yield from get(client, f"/jobs/{job_id}")
    return found


def jobs(client: Connection, /, **filters: Any) -> Steps[list[Job]]:
    """The jobs of the session, the newest first. The filters are those of `GET /jobs`."""
    return (yield from _pages(client, "/jobs", "jobs", filters))


def wait(client: Connection, job_id: str) -> Steps[Job]:
    """Wait until a job has a result. Raises `JobFailed` if it ends without one."""
    path = f"/jobs/{job_id}"
    with progress_bar(client.progress) as show:
        response = yield from send(client, Request("GET", path))
        while True:
            now: Job = response.json()
            show(now)
            if now["status"] == "completed":
                return now
            if now["status"] == "error":
                raise JobFailed(now)
            response = yield from _changed(client, path, response)


def _changed(client: Connection, path: str, known: httpx.Response) -> Steps[httpx.Response]:
    """The next version of what a response was about."""
    request = Request("GET", path, {"wait": 30}, {"If-None-Match": known.headers["ETag"]})
    while True:
        response = yield from send(client, request)
        if response.status_code != 304:
            return response


def cancel(client: Connection, job_id: str) -> Steps[Job]:
    """End a job, and keep it."""
    found: Job = yield from post(client, f"/jobs/{job_id}/cancel")
    return found


def delete(client: Connection, job_id: str) -> Steps[None]:
    """End a job, and remove it with its result."""
    yield from send(client, Request("DELETE", f"/jobs/{job_id}"))


def summary(client: Connection, job_id: str, *, threshold: float | None = None) -> Steps[Summary]:
    """The findings of a completed job, in the same form for every analysis."""
    found: Summary = yield from get(client, f"/jobs/{job_id}/summary", threshold=threshold)
    return found


def result(client: Connection, job_id: str) -> Steps[dict[str, Any]]:
    """The engine's JSON of a completed job."""
    found: dict[str, Any] = yield from get(client, f"/jobs/{job_id}/result")
    return found


def ro_crate(client: Connection, job_id: str) -> Steps[bytes]:
    """The RO-Crate of a completed job: a ZIP file with its data, result and provenance."""
    response = yield from send(client, Request("GET", f"/jobs/{job_id}/ro-crate"))
    return response.content


def read(client: Connection, job_id: str) -> Steps[Result]:
    """The result of a completed job, with its tables."""
    found = yield from job(client, job_id)
    digest = yield from summary(client, job_id)
    content = yield from send(client, Request("GET", f"/jobs/{job_id}/result"))
    return Result(found, digest, content.content, client.server, client.token)


# Screens


def start_screen(
    client: Connection,
    /,
    alignment: Data | None = None,
    tree: Data | None = None,
    *,
    engine: str | None = None,
    retry: bool = True,
    **request: Any,
) -> Steps[Screen]:
    """Start the usual analyses of an alignment of codons. The fields are those of `POST /screens`."""
    yield from _begin_session(client)
    body = {"engine": engine, **request}
    for name, data in (("alignment", alignment), ("tree", tree)):
        if data is not None:
            body[name] = yield from _dataset_id(client, data, name)
    started: Screen = yield from post(client, "/screens", body, retry=retry)
    return started


def wait_screen(client: Connection, screen_id: str) -> Steps[Screen]:
    """Wait until nothing of a screen is left to do."""
    path = f"/screens/{screen_id}"
    response = yield from send(client, Request("GET", path))
    while response.json()["state"] != "completed":
        response = yield from _changed(client, path, response)
    ended: Screen = response.json()
    return ended


def screen_report(client: Connection, screen_id: str) -> Steps[ScreenReport]:
    """What the analyses of a screen say together."""
    found: ScreenReport = yield from get(client, f"/screens/{screen_id}/report")
    return found


def screen(
    client: Connection,
    /,
    alignment: Data | None = None,
    tree: Data | None = None,
    *,
    engine: str | None = None,
    **request: Any,
) -> Steps[ScreenReport]:
    """Run the usual analyses of an alignment of codons, and return their common report."""
    started = yield from start_screen(client, alignment, tree, engine=engine, **request)
    screen_id = started["screen_id"]
    try:
        yield from wait_screen(client, screen_id)
    except (KeyboardInterrupt, asyncio.CancelledError):
        steps = (yield from get(client, f"/screens/{screen_id}"))["steps"]
        open_jobs = [step["job_id"] for step in steps if step["state"] in ("queued", "running")]
        yield from _interrupted(client, open_jobs)
        raise
    return (yield from screen_report(client, screen_id))
