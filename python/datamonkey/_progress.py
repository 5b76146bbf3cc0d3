"""A bar with the progress of a job, in terminals and notebooks."""

from __future__ import annotations

import contextlib
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from .models import Job


@contextlib.contextmanager
def progress_bar(wanted: bool | None) -> Iterator[Callable[[Job], None]]:
    """Calls of the result show a job's progress. By default only to people, and if tqdm is there."""
    if wanted is None:
        wanted = sys.stderr.isatty() or _is_notebook()
    tqdm = _tqdm() if wanted else None
    if tqdm is None:
        yield lambda job: None
        return
    with tqdm(total=100, bar_format="{desc} {percentage:3.0f}%|{bar}| {elapsed}", leave=False) as bar:

        def show(job: Job) -> None:
            progress = job.get("progress")
            words = [job["method"], job["state"]]
            if progress:
                words = [job["method"], progress["stage"], progress.get("counted") or ""]
                bar.n = 100 * progress["fraction"]
            bar.set_description_str(" ".join(words).strip(), refresh=False)
            bar.refresh()

        yield show


def _is_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")


def _tqdm() -> Any:
    with contextlib.suppress(ImportError), warnings.catch_warnings():
        # A plain bar takes the place of a widget that is missing.
        warnings.simplefilter("ignore")
        from tqdm.auto import tqdm

        return tqdm
    return None
