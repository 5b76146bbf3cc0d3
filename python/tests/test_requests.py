"""What is sent, and how often, by a transport in place of a service."""

import asyncio
from collections.abc import Callable

import httpx
import pytest

import datamonkey as dm

Answer = Callable[[httpx.Request], httpx.Response]
SERVER = "http://datamonkey.example"


class Service:
    """Gives one answer after the other, and keeps the requests."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def client(self, token: str | None = "secret") -> tuple[dm.Client, list[float]]:
        """A client of this service, and the pauses that it makes."""
        client = dm.Client(SERVER, token, transport=httpx.MockTransport(self))
        pauses: list[float] = []
        client._pause = pauses.append
        return client, pauses


def problem(status: int, **more: object) -> dict[str, object]:
    return {
        "type": "/docs/problems/busy",
        "title": "Busy",
        "status": status,
        "detail": "Come back later.",
        "code": status,
        **more,
    }


def refusal(status: int, after: int | None = None) -> httpx.Response:
    headers = {"Content-Type": "application/problem+json"}
    if after is not None:
        headers["Retry-After"] = str(after)
    return httpx.Response(status, json=problem(status, retry_after=after), headers=headers)


def test_a_request_is_repeated_until_it_succeeds() -> None:
    service = Service(
        httpx.ConnectError("refused"), httpx.ReadTimeout("slow"), httpx.Response(200, json={"jobs": []})
    )
    client, pauses = service.client()
    assert client.jobs() == []
    assert len(service.requests) == 3
    assert 0.125 <= pauses[0] <= 0.25 <= pauses[1] <= 0.5


@pytest.mark.parametrize("status", [409, 429, 503])
def test_retry_after_is_honoured(status: int) -> None:
    service = Service(
        refusal(status, after=7), refusal(status, after=9), httpx.Response(200, json={"jobs": []})
    )
    client, pauses = service.client()
    assert client.jobs() == []
    assert pauses == [7, 9]


def test_a_post_has_the_same_key_when_it_is_repeated() -> None:
    service = Service(
        refusal(503, after=1),
        httpx.Response(200, json={"job_id": "1"}),
        httpx.Response(200, json={"job_id": "2"}),
    )
    client, _ = service.client()
    client.cancel("1")
    client.cancel("2")
    keys = [request.headers["Idempotency-Key"] for request in service.requests]
    assert keys[0] == keys[1] != keys[2]
    assert len(keys[0]) == 36


def test_a_repeated_upload_has_the_whole_content() -> None:
    service = Service(
        httpx.ConnectError("refused"),
        httpx.Response(201, json={"datasets": [{"id": "1"}]}),
    )
    client, _ = service.client()
    assert client.upload(b">a\nATG\n", name="a.fasta") == {"id": "1"}
    for request in service.requests:
        assert b'filename="a.fasta"' in request.content
        assert b">a\nATG\n" in request.content
        assert b'{"name": "a.fasta", "type": "data"}' in request.content


@pytest.mark.parametrize("answer", [refusal(422), refusal(503), refusal(500), refusal(503, after=60)])
def test_what_a_repetition_does_not_help_is_a_problem_at_once(answer: httpx.Response) -> None:
    service = Service(answer)
    client, pauses = service.client()
    with pytest.raises(dm.Problem, match="Come back later."):
        client.jobs()
    assert pauses == []


def test_a_service_that_stays_away_is_unreachable() -> None:
    service = Service(*[httpx.ConnectError("refused")] * 6)
    client, pauses = service.client()
    with pytest.raises(dm.Unreachable, match="http://datamonkey.example does not answer: refused"):
        client.jobs()
    assert len(pauses) == 5


def test_an_answer_of_a_proxy_is_a_problem_too() -> None:
    service = Service(*[httpx.Response(502, text="<html>")] * 6)
    client, pauses = service.client()
    with pytest.raises(dm.Problem, match="answered 502 Bad Gateway") as found:
        client.jobs()
    assert found.value.status == 502
    assert len(pauses) == 5


def test_a_problem_has_the_fields_of_the_answer() -> None:
    errors = [{"field": "pvalue", "message": "pvalue is 3"}, {"field": "engine", "message": "engine is x"}]
    answer = httpx.Response(422, json=problem(422, errors=errors, request_id="r"))
    client, _ = Service(answer).client()
    with pytest.raises(dm.Problem) as found:
        client.jobs()
    refused = found.value
    assert (refused.status, refused.title, refused.detail) == (422, "Busy", "Come back later.")
    assert (refused.code, refused.errors, refused.request_id) == ("busy", errors, "r")
    assert str(refused) == "pvalue is 3\nengine is x"


def test_a_failed_job_raises_its_message() -> None:
    job = {
        "job_id": "1",
        "method": "fel",
        "state": "failed",
        "status": "error",
        "error_message": "Out of memory.",
    }
    running = {**job, "state": "running", "status": "running", "error_message": None}
    service = Service(
        httpx.Response(200, json=running, headers={"ETag": '"1"'}),
        httpx.Response(304),
        httpx.Response(200, json=job, headers={"ETag": '"2"'}),
    )
    client, pauses = service.client()
    with pytest.raises(dm.JobFailed, match="Out of memory.") as failed:
        client.wait("1")
    assert failed.value.job == job
    assert [request.headers.get("If-None-Match") for request in service.requests] == [None, '"1"', '"1"']
    assert [request.url.params.get("wait") for request in service.requests] == [None, "30", "30"]
    assert pauses == []


def test_the_token_is_kept_and_renewed(capsys: pytest.CaptureFixture[str]) -> None:
    uploaded = {"datasets": [{"id": "1"}]}
    service = Service(
        httpx.Response(201, json={"access": "tokens", "token": "first"}),
        httpx.Response(201, json=uploaded, headers={"X-Session-Token": "second"}),
        httpx.Response(201, json=uploaded),
    )
    client, _ = service.client(token=None)
    client.upload(b"x")
    client.upload(b"y")
    sent = [request.headers.get("Authorization") for request in service.requests]
    assert sent == [None, "Bearer first", "Bearer second"]
    assert client.token == "second"
    assert "DATAMONKEY_TOKEN=first" in capsys.readouterr().err


def test_events_go_on_where_they_broke_off() -> None:
    def events(*ids: int) -> httpx.Response:
        lines = "".join(f'id: {id}\nevent: state\ndata: {{"state": "{id}"}}\n\n' for id in ids)
        return httpx.Response(200, text=lines, headers={"Content-Type": "text/event-stream"})

    service = Service(events(1, 2), httpx.ConnectError("refused"), events(3), httpx.Response(204))
    client, pauses = service.client()
    assert [event["state"] for event in client.events("job")] == ["1", "2", "3"]
    sent = [request.headers.get("Last-Event-ID") for request in service.requests]
    assert sent == [None, "2", "2", "3"]
    assert len(pauses) == 3


def test_the_async_client_repeats_too() -> None:
    service = Service(
        httpx.ConnectError("refused"), refusal(503, after=2), httpx.Response(200, json={"jobs": []})
    )

    async def jobs() -> tuple[list[dm.models.Job], list[float]]:
        pauses: list[float] = []

        async def pause(seconds: float) -> None:
            pauses.append(seconds)

        async with dm.AsyncClient(SERVER, "secret", transport=httpx.MockTransport(service)) as client:
            client._pause = pause
            return await client.jobs(), pauses

    found, pauses = asyncio.run(jobs())
    assert found == []
    assert pauses[1:] == [2]


def test_a_list_has_all_pages() -> None:
    link = {"Link": '<?cursor=c&method=fel>; rel="next"'}
    pages = [
        httpx.Response(200, json={"jobs": [{"job_id": "1"}]}, headers=link),
        httpx.Response(200, json={"jobs": [{"job_id": "2"}]}),
    ]
    client, _ = (service := Service(*pages)).client()
    assert [job["job_id"] for job in client.jobs(method="fel")] == ["1", "2"]
    assert service.requests[1].url.params.multi_items() == [("cursor", "c"), ("method", "fel")]
    client, _ = Service(pages[0]).client()
    assert len(client.jobs(limit=1)) == 1


def test_a_crate_is_what_the_service_sends(tmp_path) -> None:
    service = Service(httpx.Response(200, content=b"PK", headers={"Content-Type": "application/zip"}))
    client, _ = service.client()
    assert client.ro_crate("1") == b"PK"
    assert service.requests[0].url == f"{SERVER}/api/v1/jobs/1/ro-crate"


def test_a_new_analysis_needs_no_change() -> None:
    """Its name, its address and its datasets come from the service."""
    method = {
        "id": "newest",
        "name": "NEWEST",
        "start_endpoint": "/api/v1/methods/newest-start",
        "parameters": [{"name": "alignment", "role": "dataset"}, {"name": "reference", "role": "dataset"}],
    }
    service = Service(
        httpx.Response(200, json={"methods": [method], "groups": []}),
        httpx.Response(201, json={"datasets": [{"id": "1"}]}),
        httpx.Response(200, json={"job_id": "j"}),
    )
    client, _ = service.client()
    assert client.start("newest", "0", reference=b">a\nATG\n", engine="hyphy") == {"job_id": "j"}
    started = service.requests[2]
    assert started.url == f"{SERVER}/api/v1/methods/newest-start?retry=true"
    assert started.read() == b'{"alignment":"0","engine":"hyphy","reference":"1"}'
