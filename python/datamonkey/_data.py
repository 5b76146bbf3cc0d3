"""What users give as an alignment or a tree."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import IO, Any, Mapping, Union

#: A path, an open file, the content, the id of a dataset, or the dataset.
Data = Union[str, bytes, "os.PathLike[str]", IO[str], IO[bytes], Mapping[str, Any]]


def id_of(data: Data) -> str | None:
    """The id of a dataset that the service has."""
    if isinstance(data, Mapping):
        return str(data["id"])
    if isinstance(data, str) and re.fullmatch("[a-zA-Z0-9]+", data) and not Path(data).is_file():
        return data
    return None


def content_of(data: Data, name: str) -> tuple[str, bytes]:
    """The name and the content of a file to upload. `name` is for data that have none."""
    if isinstance(data, bytes):
        return name, data
    if isinstance(data, str) and _is_content(data):
        return name, data.encode()
    if isinstance(data, (str, os.PathLike)):
        return Path(data).name, Path(data).read_bytes()
    if isinstance(data, Mapping):
        raise TypeError("This dataset is uploaded already.")
    content = data.read()
    name = Path(str(getattr(data, "name", name))).name
    return name, content.encode() if isinstance(content, str) else content


def _is_content(text: str) -> bool:
    """Whether it is a file's content: paths have one line, and do not begin or end as trees do."""
    return "\n" in text or text.startswith((">", "(", "#")) or text.rstrip().endswith(";")
