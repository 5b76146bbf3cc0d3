"""What can go wrong. The text of every error is a sentence for its reader."""

from __future__ import annotations

from typing import Any

from .models import FieldError, Job


class Error(Exception):
    """Any error of this package."""


class Problem(Error):
    """The service refuses a request (RFC 9457)."""

    def __init__(self, problem: dict[str, Any]) -> None:
        self.status: int = problem["status"]
        self.title: str = problem.get("title", "")
        self.detail: str = problem.get("detail", "")
        #: The kind of problem, such as `no-dataset`.
        self.code: str = problem.get("type", "").rpartition("/")[2]
        #: The fields that are wrong.
        self.errors: list[FieldError] = problem.get("errors") or []
        #: Seconds after which the request may succeed, if it may.
        self.retry_after: int | None = problem.get("retry_after")
        self.request_id: str | None = problem.get("request_id")
        lines = [error["message"] for error in self.errors]
        super().__init__("\n".join(lines) or self.detail or self.title)


class JobFailed(Error):
    """A job ended without a result."""

    def __init__(self, job: Job) -> None:
        self.job = job
        super().__init__(job.get("error_message") or f"The job is {job['state']}.")


class Unreachable(Error):
    """The service does not answer."""


class NoProgram(Error):
    """The program `datamonkey` is missing, or cannot start a service on this machine."""
