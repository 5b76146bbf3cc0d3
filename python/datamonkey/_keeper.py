"""Keeps a service on this machine until its standard input ends, which the system closes when the
process that needs the service ends, whatever the reason. Prints the service's address.

usage: _keeper.py PROGRAM
"""

import collections
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.request


def main() -> None:
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit())
    folder = tempfile.mkdtemp(prefix="datamonkey-")
    try:
        with contextlib.suppress(KeyboardInterrupt, SystemExit):
            keep(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def keep(folder: str) -> None:
    # The service would read a file of settings in this folder or above.
    with open(os.path.join(folder, ".env"), "w"):
        pass
    settings = {
        "DATAMONKEY_DATA": os.path.join(folder, "data"),
        "SERVICE_DATAMONKEY_PORT": "0",
        # Nobody would look at one.
        "ESTIMATE_MAX_SECS": "0",
    }
    service = subprocess.Popen(
        [sys.argv[1], "serve"],
        cwd=folder,
        env={**os.environ, **settings},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    address = None
    try:
        assert service.stderr
        log: collections.deque[str] = collections.deque(maxlen=20)
        for line in service.stderr:
            log.append(line)
            if found := re.search(r"listening on (http\S+)", line):
                address = found[1]
                break
        if address is None:
            sys.stderr.writelines(log)
            return
        print(address, flush=True)
        threading.Thread(target=drain, args=[service], daemon=True).start()
        sys.stdin.read()
        stop_jobs(address + "/api/v1/jobs")
    finally:
        # The end of the service is no surprise from now on.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        service.terminate()
        service.wait()


def drain(service: "subprocess.Popen[str]") -> None:
    """Reads the log, which would otherwise fill its pipe. Without a service there is nothing to keep."""
    assert service.stderr
    for _ in service.stderr:
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def stop_jobs(jobs: str) -> None:
    """They would outlive the service."""
    with urllib.request.urlopen(jobs) as answer:
        listed = json.load(answer)["jobs"]
    for job in listed:
        if job["status"] in ("queued", "running"):
            request = urllib.request.Request(f"{jobs}/{job['job_id']}", method="DELETE")
            with contextlib.suppress(OSError):
                urllib.request.urlopen(request).close()


if __name__ == "__main__":
    main()
