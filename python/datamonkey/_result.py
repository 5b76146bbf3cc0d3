"""The result of an analysis."""

from __future__ import annotations

import functools
import html
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .models import Job, Summary

if TYPE_CHECKING:
    import pandas

#: Rows of a table that notebooks show.
SHOWN_ROWS = 20


class Result:
    """The result of a job. Notebooks show what it says, and the first rows of its table."""

    def __init__(self, job: Job, summary: Summary, content: bytes, server: str, token: str | None) -> None:
        #: The job, with its parameters.
        self.job = job
        #: The findings, in the same form for every analysis.
        self.summary = summary
        self._content = content
        self._service = server, token

    @property
    def statement(self) -> str:
        """The findings in one sentence."""
        return self.summary["statement"]

    @property
    def warnings(self) -> list[str]:
        """What to consider before trusting the findings."""
        return self.summary["warnings"]

    @functools.cached_property
    def json(self) -> dict[str, Any]:
        """The engine's JSON."""
        content: dict[str, Any] = json.loads(self._content)
        return content

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of the main table."""
        return self._records["table"]

    @property
    def tables(self) -> dict[str, pandas.DataFrame]:
        """The tables of the summary, by the names of its fields. Needs pandas."""
        return {name: self.table(name) for name in self._records}

    def table(self, name: str = "table") -> pandas.DataFrame:
        """A table of the summary, by default the main one. Needs pandas."""
        try:
            import pandas
        except ImportError as error:
            raise ImportError(
                "Tables need pandas (pip install 'datamonkey[pandas]'). Without it, `rows` has the main "
                "table, and `summary` everything."
            ) from error
        if name not in self._records:
            raise KeyError(f"There is no table {name}. There are: {', '.join(self._records)}.")
        return pandas.DataFrame(self._records[name])

    @functools.cached_property
    def _records(self) -> dict[str, list[dict[str, Any]]]:
        """The fields of the summary that are tables, the main one first."""
        columns = [column["name"] for column in self.summary["table"]["columns"]]
        rows = [dict(zip(columns, row)) for row in self.summary["table"]["rows"]]
        lists = {
            name: value
            for name, value in self.summary.items()
            if isinstance(value, list) and value and all(isinstance(item, dict) for item in value)
        }
        return {"table": rows, **lists}

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the engine's JSON to a file."""
        Path(path).write_bytes(self._content)

    def ro_crate(self, path: str | os.PathLike[str]) -> None:
        """Writes the RO-Crate of the job to a ZIP file. The service must still have the job."""
        from ._client import Client

        with Client(*self._service) as client:
            Path(path).write_bytes(client.ro_crate(self.job["job_id"]))

    def __repr__(self) -> str:
        return f"<{self._by}: {self.statement}>"

    @property
    def _by(self) -> str:
        words = self.summary["name"], "by", self.summary["engine"], self.summary.get("engine_version")
        return " ".join(word for word in words if word)

    def _repr_html_(self) -> str:
        def cells(tag: str, values: Any) -> str:
            return (
                "<tr>" + "".join(f"<{tag}>{html.escape(_shown(value))}</{tag}>" for value in values) + "</tr>"
            )

        parts = [f"<p><b>{html.escape(self._by)}.</b> {html.escape(self.statement)}</p>"]
        if self.warnings:
            items = "".join(f"<li>{html.escape(warning)}</li>" for warning in self.warnings)
            parts.append(f"<ul>{items}</ul>")
        if self.rows:
            rows = "".join(cells("td", row.values()) for row in self.rows[:SHOWN_ROWS])
            parts.append(f"<table>{cells('th', self.rows[0])}{rows}</table>")
        if len(self.rows) > SHOWN_ROWS:
            parts.append(f"<p>The first {SHOWN_ROWS} of {len(self.rows)} rows.</p>")
        return "".join(parts)


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.4g}" if isinstance(value, float) else str(value)
