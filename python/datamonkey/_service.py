"""The service that runs analyses on this machine, if no other is named."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import sysconfig
import threading
from pathlib import Path

from ._errors import NoProgram

#: What a service on this machine takes from the environment. Settings of another service do not
#: apply to it, except those for the engine.
KEPT = (
    *("PATH", "HOME", "USER", "LANG", "TMPDIR", "LD_LIBRARY_PATH"),
    *("HYPHY_PATH", "DATAMONKEY_ENGINE", "LOCAL_MAX_THREADS"),
)


def program() -> str:
    """The program: `DATAMONKEY_PROGRAM`, else the one that was installed with this package."""
    named = os.environ.get("DATAMONKEY_PROGRAM")
    schemes = sysconfig.get_default_scheme(), sysconfig.get_preferred_scheme("user")
    installed = [os.path.join(sysconfig.get_path("scripts", scheme), "datamonkey") for scheme in schemes]
    for place in [named] if named else [*installed, "datamonkey"]:
        if found := shutil.which(place):
            return os.path.abspath(found)
    if named:
        raise NoProgram(f"There is no program {named}, which DATAMONKEY_PROGRAM names.")
    raise NoProgram(
        "The program datamonkey is missing. Install it (pip install datamonkey), name it in "
        "DATAMONKEY_PROGRAM, or name a service (server=…)."
    )


def environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    if "DATAMONKEY_ENGINE" not in kept and os.path.isdir("engine"):
        kept["DATAMONKEY_ENGINE"] = "engine"
    # The service runs in another folder.
    for name in ("HYPHY_PATH", "DATAMONKEY_ENGINE"):
        if name in kept and os.path.exists(kept[name]):
            kept[name] = os.path.abspath(kept[name])
    return kept


class OwnService:
    """A private service, for as long as this process lives. It starts when it is first needed.

    Its keeper is a process of its own, so that the service ends even if this process is killed.
    """

    def __init__(self) -> None:
        self.address: str | None = None
        self._keeper: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()

    def __call__(self) -> str:
        """Its address."""
        with self._lock:
            if self.address is None or self._keeper is None or self._keeper.poll() is not None:
                self._start()
            assert self.address
            return self.address

    def _start(self) -> None:
        script = Path(__file__).with_name("_keeper.py")
        self._keeper = subprocess.Popen(
            [sys.executable, "-I", str(script), program()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(),
            # Ctrl-C is for this process, which ends the others.
            start_new_session=True,
        )
        assert self._keeper.stdout
        self.address = self._keeper.stdout.readline().strip() or None
        if self.address is None:
            raise NoProgram("The service on this machine does not start (its messages are above).")

    def stop(self) -> None:
        """Ends its jobs and the service, and removes its data."""
        with self._lock:
            if self._keeper is not None:
                assert self._keeper.stdin
                self._keeper.stdin.close()
                self._keeper.wait()
            self.address = self._keeper = None


own_service = OwnService()
atexit.register(own_service.stop)
