"""From data to a result, by the program and its engines."""

import asyncio
import io
import json
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from conftest import ROOT

import datamonkey as dm
from datamonkey._service import own_service, program
from datamonkey._steps import Pause, Request


def found(result: dm.Result) -> list[int]:
    return [row["site"] for row in result.rows if row["class"]]


def test_a_table_has_the_values_of_the_summary(alignment: Path, tree: Path) -> None:
    result = dm.run("fel", alignment=alignment, tree=tree, engine="native")
    assert result.statement.startswith("FEL found positive (diversifying) selection at 2 of ")
    table = result.table()
    summary = result.summary["table"]
    assert list(table.columns) == [column["name"] for column in summary["columns"]]
    assert table["p-value"].tolist() == [row[5] for row in summary["rows"]]
    assert table["site"].tolist() == list(range(1, 19))
    assert found(result) == [2, 5, 8, 9, 12]
    assert result.tables["models"]["name"].tolist() == ["Nucleotide GTR", "Global MG94xREV"]
    assert result.json["MLE"]["content"]["0"][1][4] == pytest.approx(table["p-value"][1])
    assert result.job["state"] == "completed"


@pytest.mark.parametrize(
    "form", ["path", "name", "text", "bytes", "text file", "bytes file", "dataset", "id"]
)
def test_data_come_in_every_form(client: dm.Client, alignment: Path, tree: Path, form: str) -> None:
    data = {
        "path": lambda file: file,
        "name": str,
        "text": lambda file: file.read_text(),
        "bytes": lambda file: file.read_bytes(),
        "text file": open,
        "bytes file": lambda file: open(file, "rb"),
        "dataset": client.upload,
        "id": lambda file: client.upload(file)["id"],
    }[form]
    result = client.run("fel", data(alignment), data(tree), engine="native")
    assert found(result) == [2, 5, 8, 9, 12]
    # The same content is the same dataset, and the same request the same job.
    assert result.job["job_id"] == client.run("fel", alignment, tree, engine="native").job["job_id"]


def test_a_report_says_what_a_file_holds(client: dm.Client, alignment: Path) -> None:
    dataset = client.upload(alignment, name="eight sequences")
    report = client.report(dataset["id"])
    assert (report["sequences"], report["codons"]) == (8, 18)
    assert client.dataset(dataset["id"], include_content=True)["content"] == alignment.read_text()
    assert [d["name"] for d in client.datasets() if d["id"] == dataset["id"]] == ["eight sequences"]


def test_every_native_analysis_of_the_service_runs(client: dm.Client) -> None:
    """With nothing known but what the service says about its analyses."""
    native = [
        method for method in client.methods() if "native" in [engine["id"] for engine in method["engines"]]
    ]
    assert native
    for method in native:
        example = method["example"]
        data = {name: example[name]["content"] for name in ("alignment", "tree") if example.get(name)}
        result = client.run(method["id"], **data, engine="native")
        assert result.summary["method"] == method["id"]
        assert len(result.table()) == len(result.rows) > 0


def test_hyphy_runs_an_analysis_of_branches(client: dm.Client, alignment: Path, tree: Path) -> None:
    result = client.run("slac", alignment, tree, samples=10)
    assert (result.summary["engine"], result.job["parameters"]["samples"]) == ("hyphy", 10)
    assert len(result.rows) == 18


def test_async_runs_three_at_once(alignment: Path, tree: Path, serve: Callable[..., str]) -> None:
    """On a service with sessions, where all belong to the one that the first request begins."""

    async def run() -> tuple[list[dm.Result], list[dm.models.Job]]:
        async with dm.AsyncClient(serve(USER_TOKEN_ENABLED="true")) as client:
            names = ("fel", "slac", "fubar")
            results = await asyncio.gather(
                *(client.run(name, alignment, tree, engine="native") for name in names)
            )
            return results, await client.jobs()

    results, jobs = asyncio.run(run())
    assert [result.summary["name"] for result in results] == ["FEL", "SLAC", "FUBAR"]
    assert {job["job_id"] for job in jobs} == {result.job["job_id"] for result in results}
    assert found(results[0]) == [2, 5, 8, 9, 12]


def test_an_interruption_cancels_the_jobs_of_the_own_service_only(
    alignment: Path, tree: Path, serve: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    for server, is_cancelled, said in ((None, True, ""), (serve(), False, "The jobs continue")):
        with dm.Client(server) as client, dm.Client(server) as interrupted:
            do = interrupted._do

            def interrupt(step: Request | Pause) -> httpx.Response | None:
                # The first wait for a change.
                if isinstance(step, Request) and "wait" in step.query:
                    raise KeyboardInterrupt
                return do(step)

            interrupted._do = interrupt
            with pytest.raises(KeyboardInterrupt):
                interrupted.run("fel", alignment, tree, engine="native", resample=999)
            (job,) = [job for job in client.jobs() if job["parameters"].get("resample") == 999]
            assert (job["state"] == "cancelled") == is_cancelled
            assert capsys.readouterr().err.startswith(said)
            client.delete(job["job_id"])


def test_run_async_uses_the_own_service(alignment: Path, tree: Path) -> None:
    result = asyncio.run(dm.run_async("fel", alignment=alignment, tree=tree, engine="native"))
    assert found(result) == [2, 5, 8, 9, 12]


def test_calls_share_the_session_of_a_service(
    alignment: Path, tree: Path, serve: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    server = serve(USER_TOKEN_ENABLED="true")
    first = dm.run("fel", alignment=alignment, tree=tree, engine="native", server=server)
    second = dm.run("slac", alignment=first.job["alignment_id"], tree=tree, engine="native", server=server)
    said = capsys.readouterr().err
    token = said.partition("DATAMONKEY_TOKEN=")[2].split()[0]
    assert said.count("DATAMONKEY_TOKEN") == 1
    with dm.Client(server, token) as client:
        assert {job["job_id"] for job in client.jobs()} == {first.job["job_id"], second.job["job_id"]}
    with dm.Client(server) as other, pytest.raises(dm.Problem):
        other.job(first.job["job_id"])


def test_events_tell_of_a_job_from_beginning_to_end(client: dm.Client, alignment: Path, tree: Path) -> None:
    job = client.start("fel", alignment, tree, engine="native", pvalue=0.07)
    states = [event["state"] for event in client.events(job["job_id"])]
    assert (states[0], states[-1]) == ("queued", "completed")

    async def again() -> list[str]:
        async with dm.AsyncClient() as client:
            return [event["state"] async for event in client.events(job["job_id"])]

    assert asyncio.run(again()) == states


def test_a_cancelled_job_has_failed_and_can_run_again(client: dm.Client, alignment: Path, tree: Path) -> None:
    job = client.start("fel", alignment, tree, engine="native", resample=1000)
    assert client.cancel(job["job_id"])["state"] == "cancelled"
    with pytest.raises(dm.JobFailed) as failed:
        client.wait(job["job_id"])
    assert str(failed.value) == failed.value.job["error_message"]
    assert failed.value.job["state"] == "cancelled"
    client.delete(job["job_id"])
    with pytest.raises(dm.Problem, match="There is no job"):
        client.job(job["job_id"])


def test_a_screen_gives_one_report(client: dm.Client, alignment: Path, tree: Path) -> None:
    report = client.screen(alignment, tree, engine="native", recombination="skip", methods=["fel", "slac"])
    assert report["complete"]
    assert [analysis["name"] for analysis in report["analyses"]] == ["FEL", "SLAC"]
    assert [site["site"] for site in report["sites"]] == list(range(1, 19))


def test_a_result_is_saved_and_shown(client: dm.Client, alignment: Path, tree: Path, tmp_path: Path) -> None:
    result = client.run("fel", alignment, tree, engine="native")
    result.save(tmp_path / "fel.json")
    assert json.loads((tmp_path / "fel.json").read_text()) == result.json
    result.ro_crate(tmp_path / "fel.zip")
    with zipfile.ZipFile(tmp_path / "fel.zip") as crate:
        (described,) = (
            item for item in json.loads(crate.read("ro-crate-metadata.json"))["@graph"] if item["@id"] == "./"
        )
        assert result.statement in described["description"]
        assert json.loads(crate.read("result.json")) == result.json
    page = result._repr_html_()
    assert result.statement in page
    assert page.count("<tr>") == 19
    assert result.statement in repr(result)


def test_progress_is_shown_if_wanted(alignment: Path, tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with dm.Client(progress=True) as client:
        client.run("fel", alignment, tree, engine="native", pvalue=0.03)
    assert "fel Testing sites" in capsys.readouterr().err
    with dm.Client() as client:
        client.run("fel", alignment, tree, engine="native", pvalue=0.02)
    assert capsys.readouterr().err == ""


def test_without_pandas_the_rows_are_there(
    client: dm.Client, alignment: Path, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    result = client.run("fel", alignment, tree, engine="native")
    assert found(result) == [2, 5, 8, 9, 12]
    with pytest.raises(ImportError, match=r"pip install 'datamonkey\[pandas\]'"):
        result.table()


# Errors


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (("felx", {}), 'method is "felx", but there is no such analysis. GET /methods lists the analyses.'),
        (("fel", {"pvalue": 3}), "pvalue is 3; it must be a number from 0 to 1"),
        (("fel", {"engine": "x", "pvalue": 3}), "pvalue is 3; it must be a number from 0 to 1\nengine is"),
        (("fel", {"colour": "red"}), "FEL has no parameter colour. It has: alignment, tree,"),
        (("fel", {"tree": "0123"}), "There is no dataset 0123."),
    ],
)
def test_errors_are_the_sentences_of_the_service(
    client: dm.Client, alignment: Path, request_: tuple[str, dict[str, object]], sentence: str
) -> None:
    name, parameters = request_
    with pytest.raises(dm.Problem) as refused:
        client.run(name, alignment, **parameters)
    assert str(refused.value).startswith(sentence)
    assert refused.value.title
    assert refused.value.status in (404, 422)
    assert not [job for job in client.jobs() if job["method"] == name and job["state"] == "running"]


def test_a_missing_file_is_not_found(client: dm.Client) -> None:
    with pytest.raises(FileNotFoundError, match="missing.fasta"):
        client.upload("missing.fasta")


def test_a_missing_program_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATAMONKEY_PROGRAM", "/missing")
    with pytest.raises(dm.NoProgram, match="no program /missing"):
        program()


# The own service


def processes_in(folder: Path) -> list[str]:
    """The processes whose files are in a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            places = [os.readlink(process / "cwd"), (process / "cmdline").read_text()]
        except OSError:
            continue
        if any(str(folder) in place for place in places):
            found.append(process.name)
    return found


SCRIPT = """
import sys, threading
import datamonkey as dm
client = dm.Client()
job = client.start("fel", sys.argv[1], sys.argv[2], engine="native", resample=1000)
for event in client.events(job["job_id"]):
    if event["state"] == "running":
        break
print("runs", flush=True)
if sys.argv[3] == "exit":
    sys.exit()
client.run("fel", sys.argv[1], sys.argv[2], engine="native", resample=1000)
"""


@pytest.mark.parametrize("end", ["exit", "interrupt", "kill"])
def test_the_own_service_ends_with_its_process(alignment: Path, tree: Path, tmp_path: Path, end: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, alignment, tree, end],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert process.stdout.readline() == "runs\n"
    assert processes_in(tmp_path)
    if end != "exit":
        process.send_signal(signal.SIGINT if end == "interrupt" else signal.SIGKILL)
    _, said = process.communicate()
    assert process.returncode == {"exit": 0, "interrupt": -signal.SIGINT, "kill": -signal.SIGKILL}[end], said
    # The keeper has the same standard error, so that it has ended, too.
    assert list(tmp_path.iterdir()) == []
    assert processes_in(tmp_path) == []


def test_settings_of_another_service_do_not_apply(alignment: Path, tree: Path, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("USER_TOKEN_ENABLED=true\nMAX_SEQUENCES=1\n")
    code = "import datamonkey, sys; print(datamonkey.run('fel', *sys.argv[1:], engine='native').statement)"
    said = subprocess.run(
        [sys.executable, "-c", code, alignment, tree],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "MAX_SEQUENCES_FEL": "1", "PYTHONPATH": str(ROOT / "python")},
    )
    assert said.stdout.startswith("FEL found positive (diversifying) selection at 2 of "), said.stderr
    assert said.stderr == ""


def test_the_own_service_is_started_again(alignment: Path, tree: Path) -> None:
    first = dm.run("fel", alignment=alignment, tree=tree, engine="native").job
    own_service.stop()
    second = dm.run("fel", alignment=alignment, tree=tree, engine="native").job
    assert first["job_id"] == second["job_id"]
    assert first["created"] < second["created"]
