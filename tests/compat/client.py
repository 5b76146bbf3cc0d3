"""What tests/compat/client does once the client is there."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time

import datamonkey_client
from datamonkey_client.api import (
    FELApi,
    FileUploadAndQCApi,
    HealthApi,
    JobsApi,
    MethodsApi,
)

ALIGNMENT = b""">a\nATGAAACTGGACGGAACCTGG\n>b\nATGAAGCTGGATGGAACCTGG\n>c\nATAAAACTAGACGGAATCTGG\n>d\nATGAGACTGGACGGTACCTGC\n"""
TREE = b"((a:0.1,b:0.1):0.1,c:0.1,d:0.1);\n"
STILL = 240  # seconds after which whoever waits gives up, if nothing has moved


def start(program, data, **more):
    log = open(os.path.join(data, "log"), "w+")
    settings = {"SERVICE_DATAMONKEY_PORT": "0", "DATAMONKEY_DATA": data, "USER_TOKEN_ENABLED": "true"} | more
    service = subprocess.Popen([program, "serve"], env=os.environ | settings, stderr=log)
    patience = Patience("the service listens")
    while True:
        has_ended, said = service.poll() is not None, open(log.name).read()
        found = re.search(r"http://127\.0\.0\.1:\d+", said)
        if found:
            return service, found.group()
        assert not has_ended, said
        patience.pause(said)


class Patience:
    """Somebody who waits for as long as something moves: how fast the machine is nobody knows."""

    def __init__(self, what):
        self.what, self.seen, self.moved = what, None, time.monotonic()

    def pause(self, seen):
        if seen != self.seen:
            self.seen, self.moved = seen, time.monotonic()
        assert time.monotonic() - self.moved < STILL, f"still waiting: {self.what}. Last seen: {seen}"
        time.sleep(0.2)


def use(url):
    with datamonkey_client.ApiClient(datamonkey_client.Configuration(host=f"{url}/api/v1")) as client:
        health = HealthApi(client).get_health()
        assert health.status == "healthy", health
        methods = MethodsApi(client).get_methods_list()
        assert len(methods.methods) >= 14, methods

        data = FileUploadAndQCApi(client)
        meta = lambda name, kind: datamonkey_client.DatasetMeta(name=name, type=kind)
        first = data.post_dataset_with_http_info(
            meta=meta("genes.fasta", "fasta"), file=("genes.fasta", ALIGNMENT)
        )
        token = first.headers["x-session-token"]
        # The published schema names the list alone; `file` and `id` stand beside it.
        listed = data.get_datasets_list(user_token=token)
        (alignment,) = [dataset.id for dataset in listed.datasets]
        data.post_dataset(
            user_token=token, meta=meta("genes.nwk", "newick"), file=("genes.nwk", TREE)
        )
        listed = data.get_datasets_list(user_token=token).datasets
        (tree,) = [dataset.id for dataset in listed if dataset.id != alignment]
        shown = data.get_dataset_by_id(tree, user_token=token, include_content=True)
        assert shown.content == TREE.decode(), shown

        fel = FELApi(client)
        request = datamonkey_client.FelRequest(alignment=alignment, tree=tree, ci="No", srv="Yes")
        job = fel.start_fel_job(user_token=token, fel_request=request)
        patience = Patience("the job is over")
        status = JobsApi(client).get_job_by_id(job.job_id, user_token=token)
        while status.status in ("queued", "running"):
            shown = JobsApi(client).get_job_by_id_without_preload_content(job.job_id, user_token=token)
            shown = json.loads(shown.read())
            patience.pause((shown["state"], shown.get("progress")))
            status = JobsApi(client).get_job_by_id(job.job_id, user_token=token)
        assert status.status == "completed" and status.method == "fel", status
        # As text: the published type of results is not HyPhy's (docs/API.md, "Known quirks").
        answers = [
            fel.get_fel_job_by_id_without_preload_content(job_id=job.job_id, user_token=token),
            fel.get_fel_job_without_preload_content(user_token=token, fel_request=request),
        ]
        for answer in answers:
            assert answer.status == 200
            answered = json.loads(answer.read())
            assert answered["job_id"] == job.job_id
            result = answered["result"]
            assert result["input"]["number of sequences"] == 4, result["input"]
            assert result["input"]["number of sites"] == 7, result["input"]
            assert len(result["MLE"]["content"]["0"]) == 7, result["MLE"]

        try:
            JobsApi(client).get_job_by_id("0" * 64, user_token=token)
        except datamonkey_client.exceptions.NotFoundException as refused:
            assert refused.status == 404
        else:
            raise AssertionError("a job that is not there was answered")
        JobsApi(client).delete_job(job.job_id, user_token=token)
        data.delete_dataset(tree, user_token=token)
        assert len(data.get_datasets_list(user_token=token).datasets) == 1


def list_methods(url):
    """A client can read the list of analyses although HyPhy is missing."""
    with datamonkey_client.ApiClient(datamonkey_client.Configuration(host=f"{url}/api/v1")) as client:
        assert len(MethodsApi(client).get_methods_list().methods) >= 14


def with_service(then, **settings):
    with tempfile.TemporaryDirectory() as data:
        service, url = start(sys.argv[1], data, **settings)
        try:
            then(url)
        finally:
            service.terminate()
            service.wait(STILL)


def main():
    with_service(use)
    with_service(list_methods, HYPHY_PATH="/nowhere/hyphy")
    print("a client generated from the published OpenAPI: upload, FEL, result")


main()
